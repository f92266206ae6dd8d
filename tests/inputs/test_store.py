"""Features are stored, read in slices, and identified by their content."""

import hashlib
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
import soundfile
from fixtures.sounds import WHOLE_FILES
from hypothesis import given, settings
from hypothesis import strategies as st

from zoo import audio, inputs
from zoo.errors import ZooError
from zoo.hashes import sha256_of
from zoo.inputs import extract as extraction
from zoo.inputs.contract import Spec
from zoo.inputs.extract import extract
from zoo.inputs.store import FACTS, FRAMES, INDEX, Store, Writer

LOG_MEL, MFCC = Spec("log_mel"), Spec("mfcc", steps=[("pre_emphasis", {})])
NARROW = replace(inputs.build(LOG_MEL), num_dims=5)


def write(folder, arrays, dtype="float32", wanted=NARROW):
    folder.mkdir(parents=True, exist_ok=True)
    with Writer(folder, wanted, dtype) as writer:
        for name, frames in arrays.items():
            writer.add(name, frames)
    return Store(folder)


def arrays(seed=0, lengths=(7, 1, 30)):
    random = np.random.default_rng(seed)
    return {f"u{number}": random.normal(size=(length, 5)).astype(np.float32) for number, length in enumerate(lengths)}


@settings(max_examples=25, deadline=None)
@given(lengths=st.lists(st.integers(1, 40), min_size=1, max_size=12), seed=st.integers(0, 99))
def test_frames_are_read_as_they_were_written(tmp_path_factory, lengths, seed):
    given_ = arrays(seed, lengths)
    store = write(tmp_path_factory.mktemp("store"), given_)
    for name, frames in given_.items():
        assert store.num_frames(name) == len(frames)
        assert (store.frames(name) == frames).all()
        assert (store.frames(name, 2, 9) == frames[2:9]).all()
        assert len(store.frames(name, 0, 10_000)) == len(frames)


def test_half_precision_takes_half_the_space_and_is_read_as_single(tmp_path):
    single, half = write(tmp_path / "a", arrays()), write(tmp_path / "b", arrays(), "float16")
    assert half.array.nbytes == single.array.nbytes // 2
    assert half.frames("u0").dtype == np.float32
    np.testing.assert_allclose(half.frames("u0"), single.frames("u0"), rtol=1e-3)


def test_a_slice_is_a_read_only_view_of_the_file(tmp_path):
    store = write(tmp_path, arrays())
    assert isinstance(store.array, np.memmap)
    assert np.shares_memory(store.frames("u2"), store.array)
    with pytest.raises(ValueError, match="read-only"):
        store.frames("u2")[0] = 0


def test_numpy_alone_can_read_the_frames(tmp_path):
    write(tmp_path, arrays())
    assert np.load(tmp_path / "frames.npy").shape == (38, 5)


def test_an_unknown_utterance_is_reported(tmp_path):
    store = write(tmp_path, arrays())
    for ask in (store.frames, store.num_frames):
        with pytest.raises(ZooError, match="no features of 'u9'"):
            ask("u9")


def test_a_folder_without_features_is_reported(tmp_path):
    with pytest.raises(ZooError, match="there are no features in"):
        Store(tmp_path / "absent")


def reindex(change):
    return lambda folder: change(pl.read_parquet(folder / INDEX)).write_parquet(folder / INDEX)


def reframe(change):
    return lambda folder: np.save(folder / FRAMES, change(np.load(folder / FRAMES)))


def shortened(name, size):
    return lambda folder: (folder / name).write_bytes((folder / name).read_bytes()[:size])


BROKEN = {
    "frames gone": (lambda folder: (folder / FRAMES).unlink(), FRAMES, "No such file"),
    "frames empty": (shortened(FRAMES, 0), FRAMES, "expected 8 bytes"),
    "a broken header": (shortened(FRAMES, 50), FRAMES, "array header"),
    "frames cut short": (shortened(FRAMES, 400), FRAMES, "greater than file size"),
    "frames junk": (lambda folder: (folder / FRAMES).write_bytes(b"junk" * 99), FRAMES, "magic string"),
    "one dimension": (reframe(lambda frames: frames[:, 0]), FRAMES, r"float32 of shape \(38,\)"),
    "three dimensions": (reframe(lambda frames: frames[:, :, None]), FRAMES, r"shape \(38, 5, 1\)"),
    "whole numbers": (reframe(lambda frames: frames.astype(np.int32)), FRAMES, "holds int32"),
    "objects": (reframe(lambda frames: frames.astype(object)), FRAMES, "objects"),
    "index junk": (lambda folder: (folder / INDEX).write_bytes(b"junk"), INDEX, "12 bytes"),
    "index cut short": (shortened(INDEX, 200), INDEX, "PAR1"),
    "index empty": (shortened(INDEX, 0), INDEX, "12 bytes"),
    "no place": (reindex(lambda index: index.with_columns(offset=pl.lit(None, pl.Int64))), INDEX, "offset has no"),
    "no length": (reindex(lambda index: index.with_columns(pl.col("num_frames").replace(7, None))), INDEX, "in 1 of 3"),
    "places in words": (reindex(lambda index: index.cast({"offset": pl.String})), INDEX, "offset is String, not Int64"),
    "another name": (reindex(lambda index: index.rename({"offset": "start"})), INDEX, "start, num_frames, not"),
    "a column more": (reindex(lambda index: index.with_columns(x=1)), INDEX, "num_frames, x, not"),
    "a column less": (reindex(lambda index: index.drop("num_frames")), INDEX, "utterance_id, copy, offset, not"),
    "facts gone": (lambda folder: (folder / FACTS).unlink(), FACTS, "No such file"),
    "facts cut short": (shortened(FACTS, 1), FACTS, "line 1 column 2"),
    "facts in a list": (lambda folder: (folder / FACTS).write_text("[]"), FACTS, "names and values"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_file_that_cannot_be_used_is_reported_in_one_line(tmp_path, name):
    damage, file, message = BROKEN[name]
    write(tmp_path, arrays())
    damage(tmp_path)
    with pytest.raises(ZooError, match=message) as caught:
        Store(tmp_path)
    assert caught.value.message.startswith(f"{tmp_path / file} cannot be used: ")
    assert len(caught.value.message) > len(f"{tmp_path / file} cannot be used: ")
    assert "\n" not in caught.value.message
    assert caught.value.hint == f"delete {tmp_path}, then dvc repro"


def test_a_store_without_utterances_can_be_read(tmp_path):
    assert len(write(tmp_path, {}).array) == 0


def test_the_fingerprint_is_defined_by_index_and_facts(tmp_path):
    # trained models are cached by this: if it changes, everything is trained again
    store = write(tmp_path, {"u0": np.zeros((2, 5), dtype=np.float32)})
    assert store.fingerprint == sha256_of(tmp_path / INDEX) + sha256_of(tmp_path / FACTS)
    assert pl.read_parquet_metadata(tmp_path / INDEX)["zoo.frames"] == hashlib.sha256(bytes(2 * 5 * 4)).hexdigest()


def test_the_fingerprint_depends_on_content_and_settings(tmp_path):
    known = write(tmp_path / "a", arrays()).fingerprint
    assert write(tmp_path / "b", arrays()).fingerprint == known
    changed = arrays()
    changed["u1"] = changed["u1"] + np.float32(1e-6)
    assert write(tmp_path / "c", changed).fingerprint != known
    assert write(tmp_path / "d", arrays(), wanted=replace(NARROW, facts={"hop": 1})).fingerprint != known
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
    names, labels = [f"u{path[0]}" for path in paths], [("fear", "joy")[int(path[0]) % 2] for path in paths]
    return pl.DataFrame({"utterance_id": names, "path": paths, "native_label": labels}).with_columns(**WHOLE_FILES)


@pytest.mark.parametrize("dtype", ["float32", "float16"])
@pytest.mark.parametrize("name", ["log_mel", "mfcc", "waveform"])
def test_extraction_equals_computing_one_file_at_a_time(corpus, tmp_path, name, dtype):
    spec = Spec(name, {}, [("trim", {}), ("level", {})], dtype)
    extract(manifest(corpus), corpus, tmp_path / "features", spec)
    store, wanted = Store(tmp_path / "features"), inputs.build(spec)
    assert store.num_dims == wanted.num_dims and store.facts == wanted.facts
    for number in range(6):
        [rows] = wanted.compute([audio.load(corpus / f"{number}.wav")])
        assert (store.frames(f"u{number}") == rows.astype(dtype).astype(np.float32)).all()


def test_a_speaker_s_recordings_are_heard_together_where_a_step_says_so(corpus, tmp_path):
    rows = manifest(corpus).with_columns(pl.Series("speaker_id", ["a", "b", "a", "b", "a", "b"]))
    spec = Spec("log_mel", {}, [("speaker_level", {})])
    extract(rows, corpus, tmp_path / "features", spec)
    store, wanted = Store(tmp_path / "features"), inputs.build(spec)
    assert wanted.transductive and store.facts["steps"][0]["transductive"] == "speaker"
    for numbers in ((0, 2, 4), (1, 3, 5)):
        sounds = [audio.load(corpus / f"{number}.wav") for number in numbers]
        for number, frames in zip(numbers, wanted.compute(sounds), strict=True):
            assert np.array_equal(store.frames(f"u{number}"), frames)
        assert not np.array_equal(store.frames(f"u{numbers[0]}"), wanted.compute(sounds[:1])[0])


def test_what_was_computed_before_an_interruption_is_kept_where_it_is_costly(corpus, tmp_path, monkeypatch):
    rows, spec, keep = manifest(corpus), Spec("log_mel", {}, [("level", {})], "float16"), tmp_path / "keep"
    extract(rows, corpus, tmp_path / "wanted", spec)
    honest, heard, fails = inputs.build, [], [True]

    def build(*given):
        found = honest(*given)

        def compute(utterances):
            if fails[0] and len(heard) == 4:
                raise KeyboardInterrupt
            heard.extend(utterances)
            return found.compute(utterances)

        return replace(found, costly=True, compute=compute)

    monkeypatch.setattr(inputs, "build", build)
    monkeypatch.setattr(extraction, "cpu_count", lambda: 1)
    with pytest.raises(KeyboardInterrupt):
        extract(rows, corpus, tmp_path / "features", spec, keep=keep)
    assert not (tmp_path / "features").exists() and len(list(keep.rglob("*.npy"))) == 4
    fails[0] = False
    next(keep.rglob("*.npy")).write_bytes(b"damaged")
    extract(rows, corpus, tmp_path / "features", spec, keep=keep)
    assert len(heard) == 4 + 2 + 1
    for file in (FRAMES, INDEX):
        assert (tmp_path / "features" / file).read_bytes() == (tmp_path / "wanted" / file).read_bytes()
    extract(rows, corpus, tmp_path / "again", spec, keep=keep)
    assert len(heard) == 7


def test_extraction_twice_gives_equal_bytes(corpus, tmp_path):
    for run in ("a", "b"):
        extract(manifest(corpus), corpus, tmp_path / run, LOG_MEL)
    for file in (FRAMES, INDEX, FACTS):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


def test_what_the_steps_removed_is_counted_by_emotion(corpus, tmp_path):
    speech = 0.1 * np.random.default_rng(0).normal(size=8000)
    soundfile.write(corpus / "1.wav", np.concatenate([np.zeros(16000), speech, np.zeros(8000)]), 16000)
    spec = Spec("log_mel", {}, [("trim", {"margin_ms": 100}), ("level", {})])
    removed = extract(manifest(corpus), corpus, tmp_path / "features", spec)
    assert removed["native_label"].to_list() == ["fear", "joy"] and removed["num_utterances"].to_list() == [3, 3]
    assert removed["removed_s"].to_list() == pytest.approx([0, 1.3], abs=0.02)
    assert removed["seconds"][1] == pytest.approx(2 + 2 / 3, abs=0.02)
    assert pl.read_csv(tmp_path / "features" / "removed.csv").equals(removed)
    as_recorded = extract(manifest(corpus), corpus, tmp_path / "features", Spec("log_mel"))
    assert as_recorded["removed_s"].to_list() == [0, 0]


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda path: path.unlink(), "is not a file"),
        (lambda path: path.write_bytes(b""), "is empty"),
        (lambda path: path.write_text("text"), "not readable audio"),
        (lambda path: soundfile.write(path, np.full(100, np.nan), 16000, subtype="FLOAT"), "not numbers"),
        (lambda path: soundfile.write(path, [3e38, -3e38] * 50, 16000, subtype="FLOAT"), "'u3' are not finite"),
    ],
    ids=["gone", "empty", "text", "not numbers", "overflow"],
)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_broken_file_is_reported_and_existing_features_are_kept(corpus, tmp_path, damage, message):
    rows = manifest(corpus)
    extract(rows, corpus, tmp_path / "features", LOG_MEL)
    former = Store(tmp_path / "features").fingerprint
    damage(corpus / "3.wav")
    with pytest.raises(ZooError, match=message) as caught:
        extract(rows, corpus, tmp_path / "features", MFCC)
    assert "3" in caught.value.message
    assert Store(tmp_path / "features").fingerprint == former
    assert sorted(path.name for path in tmp_path.iterdir()) == ["corpus", "features"]
