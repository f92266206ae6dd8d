"""What was computed comes back, in slices, and is known by its content."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from zoo import audio, features
from zoo.errors import ZooError
from zoo.features._extract import extract
from zoo.features._store import Store, Writer

NARROW = replace(features.get("log_mel"), num_dims=5)


def write(folder, arrays, dtype="float32", front_end=NARROW):
    folder.mkdir(parents=True, exist_ok=True)
    with Writer(folder, front_end, dtype) as writer:
        for name, frames in arrays.items():
            writer.add(name, frames)
    return Store(folder)


def arrays(seed=0, lengths=(7, 1, 30)):
    random = np.random.default_rng(seed)
    return {f"u{number}": random.normal(size=(length, 5)).astype(np.float32) for number, length in enumerate(lengths)}


@settings(max_examples=25, deadline=None)
@given(lengths=st.lists(st.integers(1, 40), min_size=1, max_size=12), seed=st.integers(0, 99))
def test_frames_come_back_as_they_were_given(tmp_path_factory, lengths, seed):
    given_ = arrays(seed, lengths)
    store = write(tmp_path_factory.mktemp("store"), given_)
    for name, frames in given_.items():
        assert store.num_frames(name) == len(frames)
        assert (store.frames(name) == frames).all()
        assert (store.frames(name, 2, 9) == frames[2:9]).all()
        assert len(store.frames(name, 0, 10_000)) == len(frames)


def test_half_precision_takes_half_the_room_and_comes_back_in_single(tmp_path):
    single, half = write(tmp_path / "a", arrays()), write(tmp_path / "b", arrays(), "float16")
    assert half.array.nbytes == single.array.nbytes // 2
    assert half.frames("u0").dtype == np.float32
    np.testing.assert_allclose(half.frames("u0"), single.frames("u0"), rtol=1e-3)


def test_a_slice_is_read_from_the_file_only(tmp_path):
    store = write(tmp_path, arrays())
    assert isinstance(store.array, np.memmap)
    assert np.shares_memory(store.frames("u2"), store.array)
    with pytest.raises(ValueError, match="read-only"):
        store.frames("u2")[0] = 0


def test_numpy_alone_can_read_the_frames(tmp_path):
    write(tmp_path, arrays())
    assert np.load(tmp_path / "frames.npy").shape == (38, 5)


def test_an_unknown_utterance_is_named(tmp_path):
    store = write(tmp_path, arrays())
    for ask in (store.frames, store.num_frames):
        with pytest.raises(ZooError, match="no features of 'u9'"):
            ask("u9")


def test_a_folder_without_features_is_named(tmp_path):
    with pytest.raises(ZooError, match="there are no features in"):
        Store(tmp_path / "absent")


def test_the_fingerprint_follows_content_and_settings(tmp_path):
    known = write(tmp_path / "a", arrays()).fingerprint
    assert write(tmp_path / "b", arrays()).fingerprint == known
    changed = arrays()
    changed["u1"] = changed["u1"] + np.float32(1e-6)
    assert write(tmp_path / "c", changed).fingerprint != known
    assert write(tmp_path / "d", arrays(), front_end=replace(NARROW, parameters={"hop": 1})).fingerprint != known
    assert write(tmp_path / "e", arrays(), "float16").fingerprint != known


@pytest.fixture
def corpus(tmp_path):
    folder = tmp_path / "corpus"
    folder.mkdir()
    random = np.random.default_rng(0)
    for number in range(6):
        rate = (16000, 22050)[number % 2]
        soundfile.write(folder / f"{number}.wav", 0.1 * random.normal(size=rate // 3), rate)
    return folder


def manifest(corpus):
    paths = sorted(path.name for path in corpus.iterdir())
    return pl.DataFrame({"utterance_id": [f"u{path[0]}" for path in paths], "path": paths})


@pytest.mark.parametrize("dtype", ["float32", "float16"])
def test_extraction_equals_computing_one_file_at_a_time(corpus, tmp_path, dtype):
    extract(manifest(corpus), corpus, tmp_path / "features", ["log_mel", "mfcc"], dtype)
    for name in ("log_mel", "mfcc"):
        store = Store(tmp_path / "features" / name)
        assert store.num_dims == features.get(name).num_dims
        assert store.parameters == features.get(name).facts
        for number in range(6):
            wanted = features.get(name).compute(audio.load(corpus / f"{number}.wav"))
            assert (store.frames(f"u{number}") == wanted.astype(dtype).astype(np.float32)).all()


def test_extraction_twice_gives_equal_bytes(corpus, tmp_path):
    for run in ("a", "b"):
        extract(manifest(corpus), corpus, tmp_path / run, ["log_mel"], "float32")
    for file in ("frames.npy", "index.parquet", "front_end.json"):
        assert (tmp_path / "a" / "log_mel" / file).read_bytes() == (tmp_path / "b" / "log_mel" / file).read_bytes()


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda path: path.unlink(), "is not a file"),
        (lambda path: path.write_bytes(b""), "is empty"),
        (lambda path: path.write_text("text"), "not readable audio"),
        (lambda path: soundfile.write(path, np.full(100, np.nan), 16000, subtype="FLOAT"), "not numbers"),
        (lambda path: soundfile.write(path, np.full(100, 1e30), 16000, subtype="FLOAT"), "'u3' are not finite"),
    ],
    ids=["gone", "empty", "text", "not numbers", "overflow"],
)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_broken_file_is_named_and_the_former_features_stay(corpus, tmp_path, damage, message):
    rows = manifest(corpus)
    extract(rows, corpus, tmp_path / "features", ["log_mel"], "float32")
    former = Store(tmp_path / "features" / "log_mel").fingerprint
    damage(corpus / "3.wav")
    with pytest.raises(ZooError, match=message) as caught:
        extract(rows, corpus, tmp_path / "features", ["log_mel", "mfcc"], "float32")
    assert "3" in caught.value.message
    assert Store(tmp_path / "features" / "log_mel").fingerprint == former
    assert sorted(path.name for path in tmp_path.iterdir()) == ["corpus", "features"]
    assert [path.name for path in (tmp_path / "features").iterdir()] == ["log_mel"]
