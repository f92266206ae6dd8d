"""The readers on the real recordings, where they lie beside the repository."""

import csv
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from zoo.corpora import get

SHARED = Path(__file__).parents[2] / "../shared"
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not (SHARED / "corpora/unpack").is_file(), reason="no recorded corpora in ../shared"),
]


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("real")
    for name in ("emodb", "ravdess48k"):
        subprocess.run(
            [sys.executable, SHARED / "corpora/unpack", name, folder / name], check=True, capture_output=True
        )
    return folder


def test_emodb_has_its_official_counts_speakers_and_levels(unpacked: Path) -> None:
    from zoo.library.manifest import build

    corpus = get("emodb")
    recognition = corpus.recognise(unpacked / "emodb")
    assert recognition.root == unpacked / "emodb", recognition.reason
    frame = build("emodb", recognition.root)
    assert Counter(frame["native_label"]) == corpus.native_labels
    with (SHARED / "docs/tables/emodb_speakers.csv").open() as file:
        table = {row["speaker"]: row for row in csv.DictReader(file)}
    for speaker, number in Counter(frame["speaker_id"]).items():
        assert number == int(table[speaker]["total"])
        assert corpus.speakers[speaker].age == int(table[speaker]["age"])
        assert corpus.speakers[speaker].sex == {"F": "female", "M": "male"}[table[speaker]["sex"]]
    assert frame["agreement"].null_count() == 0
    assert frame["agreement"].min() == 0.8
    low, high = corpus.duration_range_s
    assert frame["duration_s"].is_between(low, high).all()
    assert set(frame["sampling_rate_hz"]) == {corpus.sampling_rate_hz}


def test_ravdess_has_its_official_counts_and_speakers(tmp_path: Path) -> None:
    corpus = get("ravdess")
    # names are all that a reader looks at: the 1440 files need not be unpacked
    for source in (SHARED / "corpora/ravdess16k").rglob("*.flac"):
        target = tmp_path / source.relative_to(SHARED / "corpora/ravdess16k").with_suffix(".wav")
        target.parent.mkdir(exist_ok=True)
        target.touch()
    recognition = corpus.recognise(tmp_path)
    assert recognition.root == tmp_path, recognition.reason
    found = list(corpus.utterances(tmp_path))
    assert Counter(utterance.native_label for utterance in found) == corpus.native_labels
    assert Counter(utterance.speaker_id for utterance in found) == dict.fromkeys(corpus.speakers, 60)


def test_ravdess_as_published_stereo_twins_and_odd_headers(unpacked: Path) -> None:
    from zoo.library.manifest import build

    frame = build("ravdess", unpacked / "ravdess48k")
    assert set(frame["sampling_rate_hz"]) == {48_000}
    defects = get("ravdess").known_defects
    stereo = set(frame.filter(frame["channels"] == 2)["utterance_id"])
    assert stereo == {name for name, what in defects.items() if what.kind == "stereo"}
    twins = frame.filter(frame["sha256_file"].is_duplicated())
    assert set(twins["utterance_id"]) == {name for name, what in defects.items() if what.kind == "twin"}
    assert twins["take_group"].n_unique() == 1
