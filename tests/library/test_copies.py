"""Copies of one recording under other names are found by their sound, within a corpus and between two."""

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
import soundfile
import soxr

from zoo import fingerprint, synthetic
from zoo.cli.show_corpora import verification
from zoo.corpora import emodb, ravdess
from zoo.corpora.contract import Defect
from zoo.library import copies as library_copies
from zoo.library import verify
from zoo.library.places import fingerprint_file


@pytest.fixture
def here(tmp_path, monkeypatch):
    """The stand-in for EmoDB in data/, as if it were recorded, with one take as a copy of another one's sound."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "data/emodb"
    synthetic.write("emodb", folder)
    (folder / "SYNTHETIC.txt").unlink()
    paths = [
        folder / "wav" / f"{name}.wav" for name in sorted(emodb.PUBLISHED) if (folder / f"wav/{name}.wav").exists()
    ]
    for path in set((folder / "wav").glob("*.wav")) - set(paths):
        path.unlink()
    paths[5].write_bytes(copied(paths[0], tmp_path / "copy.wav").read_bytes())
    return paths


def copied(path: Path, to: Path) -> Path:
    samples, rate = soundfile.read(path)
    soundfile.write(to, 0.6 * soxr.resample(soxr.resample(samples, rate, 11_025), 11_025, rate)[1600:], rate)
    return to


def copies(name: str) -> list[verify.Finding]:
    return [one for one in verify.verify(name).findings if one.kind == "copy"]


def test_a_copy_within_a_corpus_is_found_unless_it_is_a_known_twin(here, monkeypatch):
    pair = tuple(f"wav/{here[place].name}" for place in (0, 5))
    assert [(one.paths, one.known) for one in copies("emodb")] == [(pair, False)]
    shown = verification(verify.verify("emodb"))
    assert "= " in shown and "by their sound" in shown
    twins = (here[0].stem, here[5].stem)
    known = {name: Defect("twin", "the same take", twins) for name in twins}
    monkeypatch.setattr(emodb, "CORPUS", replace(emodb.CORPUS, known_defects=known))
    assert [one.known for one in copies("emodb")] == [True]


def test_a_copy_in_another_corpus_is_found_and_fingerprints_are_kept(here, monkeypatch, tmp_path):
    folder = tmp_path / "data/ravdess"
    synthetic.write("ravdess", folder)
    (folder / "SYNTHETIC.txt").unlink()
    monkeypatch.setattr(ravdess, "CORPUS", replace(ravdess.CORPUS, sampling_rate_hz=16_000))
    theirs = sorted(folder.rglob("*.wav"))[3]
    copied(here[1], theirs)
    verify.verify("ravdess")
    found = [one.paths for one in copies("emodb") if one.paths[1].startswith("data/")]
    assert found == [(f"wav/{here[1].name}", theirs.relative_to(tmp_path).as_posix())]
    monkeypatch.setattr("zoo.fingerprint.of", lambda samples: pytest.fail("it was computed again"))
    assert len(copies("emodb")) == 2
    fingerprint_file("emodb").write_bytes(b"PAR1")
    with pytest.raises(pytest.fail.Exception):
        verify.verify("emodb")


def prints(*rows):
    """A frame of copies.COLUMNS of (id, samples, first byte of the fingerprint)."""
    return pl.DataFrame(
        [(name, f"{name}.wav", samples, bytes([first, *range(31)])) for name, samples, first in rows],
        schema=library_copies.COLUMNS,
        orient="row",
    )


def test_equal_samples_are_copies_of_another_corpus_but_not_once_more_within_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(fingerprint, "likeness", lambda one, other: float(one == other))
    here, there = prints(("a", "s", 1), ("b", "s", 1), ("c", "t", 1)), prints(("x", "t", 9))
    assert library_copies.within(here) == [("a", "c"), ("b", "c")]
    monkeypatch.setattr(library_copies, "kept", lambda name: there)
    assert library_copies.between("ravdess", here) == []  # nothing of it is left in data/
    (tmp_path / "data/emodb").mkdir(parents=True)
    assert library_copies.between("ravdess", here) == [("c.wav", "data/emodb/x.wav")]
