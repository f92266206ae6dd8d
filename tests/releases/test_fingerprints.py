"""Releases know what they were trained on by its sound, so that copies under other names are found."""

from pathlib import Path

import pytest
import soundfile
import soxr

from zoo.errors import ZooError
from zoo.releases import FINGERPRINTS
from zoo.releases.card import read
from zoo.releases.fingerprints import read as fingerprints_of

RELEASE = "models/statistics/emodb/0.1.0"


@pytest.fixture
def copies(project, tmp_path):
    """A table of two copies, at 48 kHz and another level, of what statistics@emodb was trained on, and of others."""

    def make(corpus):
        for name in ("a", "b"):
            source = sorted((project / "derived/synthetic" / corpus).rglob("*.wav"))[ord(name)]
            samples, rate = soundfile.read(source)
            soundfile.write(tmp_path / f"{name}.ogg", 0.7 * soxr.resample(samples, rate, 48_000), 48_000)
        table = tmp_path / "mine.csv"
        table.write_text("path,label,speaker\na.ogg,anger,speaker_1\nb.ogg,anger,speaker_2\n")
        return table

    return make


def test_copies_of_training_data_under_other_names_are_refused(zoo, copies):
    zoo("publish", "mini")
    assert 100 < len(fingerprints_of(read(Path(RELEASE) / "card.json"), Path(RELEASE))) <= 110
    refused = zoo("evaluate", "statistics@emodb:0.1.0", copies("emodb"))
    assert refused.exit_code == 3 and "trained on other copies of 2 utterances" in refused.stderr
    asked = zoo("evaluate", "statistics@emodb:0.1.0", copies("emodb"), "--include-training-data", "--json")
    assert '"training_copies": 2' in asked.stdout
    others = zoo("evaluate", "statistics@emodb:0.1.0", copies("ravdess"), "--json")
    assert others.exit_code == 0 and '"training_copies": 0' in others.stdout


def test_where_nothing_is_known_it_is_said(zoo, copies, project):
    (project / "derived/synthetic/emodb").rename(project / "derived/synthetic/elsewhere")
    zoo("publish", "mini")
    (project / "derived/synthetic/elsewhere").rename(project / "derived/synthetic/emodb")
    assert FINGERPRINTS not in read(Path(RELEASE) / "card.json").files
    said = zoo("evaluate", "statistics@emodb:0.1.0", copies("emodb"))
    assert said.exit_code == 0 and "has no fingerprints" in said.stderr
    upgraded = zoo("publish", "--upgrade", "statistics@emodb")
    assert "statistics@emodb:0.1.1 (SYNTHETIC) published" in upgraded.stdout
    assert zoo("evaluate", "statistics@emodb:0.1.1", copies("emodb")).exit_code == 3
    assert "unchanged" in zoo("publish", "mini", "--model", "statistics").stdout


def test_a_damaged_file_of_fingerprints_is_one_message(zoo, copies):
    zoo("publish", "mini")
    pulled = Path(zoo("pull", "statistics@emodb:0.1.0").stdout.split(" is in ")[1].strip())
    card = read(pulled / "card.json")
    (pulled / FINGERPRINTS).write_bytes(b"PAR1")
    with pytest.raises(ZooError, match="cannot be read"):
        fingerprints_of(card, pulled)
