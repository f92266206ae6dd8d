"""The manifest: what a corpus's audio holds, and every unusable file in one message."""

import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import soundfile

from zoo.checks.manifest import checks
from zoo.corpora import get
from zoo.errors import ZooError
from zoo.library.manifest import build, measure
from zoo.tables.manifest import MANIFEST

Sound = Callable[..., Path]
TOP = Path(__file__).parents[2]


def test_a_row_holds_what_names_state_and_audio_measures(emodb: Path) -> None:
    frame = build("emodb", emodb)
    assert frame.columns == list(MANIFEST.columns)
    assert frame["utterance_id"].to_list() == sorted(frame["utterance_id"])
    row = frame.row(0, named=True)
    stored = (emodb / "wav/03a01Fa.wav").read_bytes()
    samples, _ = soundfile.read(emodb / "wav/03a01Fa.wav", dtype="int16")
    expected = {
        "corpus": "emodb",
        "utterance_id": "03a01Fa",
        "path": "wav/03a01Fa.wav",
        "speaker_id": "03",
        "sex": "male",
        "age": 31,
        "language": "de",
        "licence": "CC-BY-4.0",
        "native_label": "happiness",
        "text_id": "a01",
        "take_group": "03a01F",
        "elicitation": "acted",
        "label_source": "acted",
        "agreement": 0.9,
        "duration_s": 0.2,
        "sampling_rate_hz": 16_000,
        "channels": 1,
        "level_dbfs": round(10 * np.log10(np.mean(np.square(samples / 32768))), 3),
        "peak": round(np.abs(samples.astype(int)).max() / 32768, 6),
        "dc_offset": round(np.mean(samples / 32768), 7),
        "clipped": 0.0,
        "sha256_file": hashlib.sha256(stored).hexdigest(),
        "sha256_samples": hashlib.sha256(samples.astype("<i2").tobytes()).hexdigest(),
        "origin": "recorded",
    }
    assert row == {name: expected.get(name) for name in MANIFEST.columns}


@pytest.mark.parametrize("corpus", ["crema_d", "emodb", "iemocap", "ravdess", "savee", "tess"])
def test_the_manifest_of_each_corpus_is_the_expected_one(corpus: str, request: pytest.FixtureRequest) -> None:
    folder: Path = request.getfixturevalue(corpus)
    manifest = build(corpus, folder)
    assert table(manifest) == (TOP / f"tests/corpora/expected/{corpus}.csv").read_text()
    names_agree = next(one for one in checks(get(corpus), [], False, None) if "match the file names" in one.title)
    assert names_agree.find is not None and names_agree.find(manifest) == []


def table(manifest: pl.DataFrame) -> str:
    """A manifest as words, without what hangs on the noise in its files."""
    vote = pl.concat_str(*(pl.element().struct.field(name) for name in ("source", "label", "count")), separator=" ")
    votes = pl.col("votes").list.eval(vote).list.join("; ")
    return (
        manifest.drop("level_dbfs", "peak", "dc_offset", "sha256_file", "sha256_samples")
        .with_columns(votes)
        .write_csv()
    )


def test_stereo_and_sampling_rate_are_as_stored(ravdess: Path) -> None:
    frame = build("ravdess", ravdess)
    assert set(frame["sampling_rate_hz"]) == {48_000}
    assert dict(zip(frame["utterance_id"], frame["channels"], strict=True))["03-01-02-01-01-01-24"] == 2
    assert frame["channels"].sum() == 6


def test_ratings_and_sexes_are_in_the_manifest(iemocap: Path) -> None:
    frame = build("iemocap", iemocap)
    assert frame["sex"].to_list() == ["female", "male", "male", "female"]
    assert frame["dominance_native"].to_list() == [3.0, 1.0, 3.0, 5.0]
    assert frame["dominance"].to_list() == [0.5, 0.0, 0.5, 1.0]
    assert frame["valence"].to_list() == [0.375, 0.833325, 0.5, 0.0]
    assert frame["votes"][3].to_list()[0] == {"source": "raters", "label": "ang", "count": 1.5}
    assert frame["duration_s"].to_list() == [1.3] * 4


def test_synthetic_corpora_are_marked(emodb: Path) -> None:
    (emodb / "SYNTHETIC.txt").touch()
    assert set(build("emodb", emodb)["origin"]) == {"synthetic"}


def test_the_same_samples_in_another_container_have_the_same_hash(emodb: Path) -> None:
    before = build("emodb", emodb)
    path = emodb / "wav/03a01Fa.wav"
    samples, rate = soundfile.read(path, dtype="int16")
    soundfile.write(path, samples, rate, format="FLAC", subtype="PCM_16")
    after = build("emodb", emodb)
    assert after["sha256_samples"].equals(before["sha256_samples"])
    assert after["sha256_file"][0] != before["sha256_file"][0]


def test_equal_content_gives_equal_bytes(emodb: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        MANIFEST.write(build("emodb", emodb), tmp_path / name, made_from={})
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_quiet_is_not_silent(emodb: Path, sound: Sound) -> None:
    sound(emodb / "wav/03a01Fa.wav", level=0.0012)  # -63 dBFS: the quietest of RAVDESS
    assert len(build("emodb", emodb)) == 8


def test_level_peak_offset_and_clipping_are_measured_over_all_channels(tmp_path: Path) -> None:
    samples = np.full((1000, 2), 0.25)
    samples[:10, 0], samples[10:20, 1] = 1.0, -1.0
    for subtype, container in (("PCM_16", "WAV"), ("PCM_24", "WAV"), ("FLOAT", "WAV"), ("PCM_16", "FLAC")):
        soundfile.write(tmp_path / "a", samples, 16_000, subtype=subtype, format=container)
        row = measure(tmp_path / "a")
        assert row["clipped"] == 0.01
        assert row["peak"] == pytest.approx(1.0, abs=4e-5)
        assert row["dc_offset"] == pytest.approx(0.25 * 0.99, abs=4e-5)
        assert row["level_dbfs"] == pytest.approx(10 * np.log10(0.0625 * 0.99 + 0.01), abs=0.002)
    soundfile.write(tmp_path / "a", np.full(1000, 0.999), 16_000, format="WAV")
    assert measure(tmp_path / "a")["clipped"] == 0


def test_the_same_samples_in_16_bits_and_more_have_the_same_hash(tmp_path: Path) -> None:
    whole = np.arange(-32768, 32768, 7, dtype=np.int16)
    hashes = set()
    for subtype, samples in (("PCM_16", whole), ("PCM_24", whole / 32768), ("FLOAT", whole / 32768)):
        soundfile.write(tmp_path / "a.wav", samples, 16_000, subtype=subtype)
        row = measure(tmp_path / "a.wav")
        hashes.add((row["sha256_samples"], row["level_dbfs"], row["dc_offset"]))
    assert len(hashes) == 1


def test_all_unusable_files_are_reported_in_one_message(emodb: Path, sound: Sound) -> None:
    wav = emodb / "wav"
    (wav / "03a01Fa.wav").write_text("once upon a time")
    (wav / "03b10Ec.wav").write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n")
    (wav / "08b09Lc.wav").write_bytes(b"")
    sound(wav / "09b10Aa.wav", level=0.0)
    soundfile.write(wav / "16b10Tb.wav", np.zeros((0, 1)), 16_000)
    soundfile.write(wav / "11b01Nc.wav", np.full(1600, np.nan), 16_000, subtype="FLOAT")
    with pytest.raises(ZooError) as error:
        build("emodb", emodb)
    message, hint = error.value.message, error.value.hint
    assert message.startswith(f"6 of 8 files in {emodb} cannot be used: ")
    for problem in (
        "wav/03a01Fa.wav is not readable audio",
        "wav/03b10Ec.wav is a Git LFS pointer",
        "wav/08b09Lc.wav is empty",
        "wav/09b10Aa.wav is silent",
        "wav/11b01Nc.wav contains values that are not numbers",
        "and 1 more",
    ):
        assert problem in message
    assert "git lfs pull" in hint
    assert "zoo data add emodb PATH" in hint
    assert "\n" not in message + hint


def test_a_labelled_turn_without_audio_is_reported(iemocap: Path) -> None:
    (iemocap / "Session1/sentences/wav/Ses01F_impro01/Ses01F_impro01_M001.wav").unlink()
    with pytest.raises(ZooError, match=r"1 of 4 files .*Ses01F_impro01_M001.wav is not a file"):
        build("iemocap", iemocap)


def test_a_missing_corpus_is_reported_with_how_to_obtain_it(tmp_path: Path) -> None:
    with pytest.raises(ZooError) as error:
        build("iemocap", tmp_path / "data" / "iemocap")
    assert "is missing" in error.value.message
    assert "zoo data add iemocap PATH" in error.value.hint
    assert "release form" in error.value.hint
    with pytest.raises(ZooError, match="holds no utterance"):
        build("emodb", tmp_path)


def stage(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, TOP / "stages/manifest.py", *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(TOP)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_stage_writes_the_table_or_two_lines(emodb: Path, tmp_path: Path) -> None:
    params = re.sub(r"(?m)^study: .*", "study: mine", (TOP / "params.yaml").read_text())
    (tmp_path / "params.yaml").write_text(re.sub(r"(?m)^data: .*", f"data: {tmp_path}", params))
    done = stage(tmp_path, "emodb")
    assert done.returncode == 0, done.stderr
    assert len(MANIFEST.read(tmp_path / "derived/mine/manifest/emodb.parquet")) == 8

    (emodb / "wav/03a01Fa.wav").write_bytes(b"")
    done = stage(tmp_path, "emodb")
    assert done.returncode == 1
    assert done.stderr.splitlines()[0].startswith("error: 1 of 8 files")
    assert done.stderr.splitlines()[1].startswith("hint: ")
    assert len(done.stderr.splitlines()) == 2

    done = stage(tmp_path, "emodbb")
    assert done.returncode == 2
    assert done.stderr.startswith("error: unknown corpus 'emodbb'\nhint: did you mean emodb")
    done = stage(tmp_path)
    assert (done.returncode, done.stderr) == (2, "usage: python stages/manifest.py CORPUS\n")
