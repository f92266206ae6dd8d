"""`zoo publish --upgrade`: the same weights, as this version of zoo writes releases."""

from pathlib import Path

import numpy as np
import pytest

from zoo.releases import CARD, GOLDEN, WEIGHTS, upgrade
from zoo.releases.card import read as read_card
from zoo.releases.catalogue import Catalogue
from zoo.releases.load import load

ENCODERS = Path(__file__).parents[3] / "shared" / "encoders"


def test_what_is_up_to_date_is_left_alone(zoo, project):
    zoo("publish", "mini")
    before = {path: path.read_bytes() for path in Path("models").rglob("*") if path.is_file()}
    again = zoo("publish", "--upgrade", "stat*@*")
    assert "statistics@emodb:0.1.0 (SYNTHETIC) unchanged, already in models" in again.stdout
    assert {path: path.read_bytes() for path in Path("models").rglob("*") if path.is_file()} == before


def test_later_versions_add_files_without_retraining(zoo, project, monkeypatch):
    zoo("publish", "mini")

    def fingerprints(card, folder):
        (folder / "fingerprints.txt").write_text("of the training utterances")
        return card.model_copy(update={"files": {**card.files, "fingerprints.txt": card.files[WEIGHTS]}})

    monkeypatch.setattr(upgrade, "ADDITIONS", (fingerprints,))
    done = zoo("publish", "--upgrade", "*@emodb")
    assert "statistics@emodb:0.1.1 (SYNTHETIC) published in models" in done.stdout and "ravdess" not in done.stdout
    versions = [(row.name, row.version) for row in Catalogue("models").index().releases]
    assert versions == [("statistics@emodb", "0.1.0"), ("statistics@emodb", "0.1.1"), ("statistics@ravdess", "0.1.0")]
    old, new = (read_card(Path("models/statistics/emodb") / version / CARD) for version in ("0.1.0", "0.1.1"))
    assert new.files[WEIGHTS] == old.files[WEIGHTS] and new.release == old.release
    assert new.files["fingerprints.txt"].num_bytes == len("of the training utterances")
    pulled = zoo("pull", "statistics@emodb:0.1.1").stdout.split(" is in ")[1].strip()
    assert (Path(pulled) / "fingerprints.txt").is_file()
    # further files are verified like all others
    (Path("models/statistics/emodb/0.1.1") / "fingerprints.txt").unlink()
    (Path(pulled) / "fingerprints.txt").write_text("others")
    missing = zoo("pull", "statistics@emodb:0.1.1")
    assert missing.exit_code == 1 and "0.1.1/fingerprints.txt is missing" in missing.stderr


@pytest.mark.parametrize("name", [CARD, WEIGHTS])
@pytest.mark.parametrize("damage", ["cut", "gone"])
def test_a_damaged_release_is_not_upgraded(zoo, project, name, damage):
    zoo("publish", "mini")
    path = Path("models/statistics/emodb/0.1.0") / name
    content = path.read_bytes()
    path.unlink()
    if damage == "cut":
        path.write_bytes(content[:-9])
    before = sorted(Path("models").rglob("*.*"))
    result = zoo("publish", "--upgrade")
    assert result.exit_code == 1
    assert f"0.1.0/{name} is" in result.stderr and "Traceback" not in result.output
    assert sorted(Path("models").rglob("*.*")) == before


def test_usage_is_checked(zoo, project):
    zoo("publish", "mini")
    assert "unknown release 'cnn@*'" in zoo("publish", "--upgrade", "cnn@*").stderr
    assert "--upgrade takes none of" in zoo("publish", "--upgrade", "--version", "2.0.0").stderr


@pytest.mark.parametrize("folder", sorted((Path(__file__).parents[2] / "models").glob("*/*/*")), ids=str)
def test_every_shipped_release_loads_and_answers_as_published(folder, tmp_path, monkeypatch):
    monkeypatch.setenv("ZOO_CACHE", str(tmp_path))
    if (base := read_card(folder / CARD).release.base) is not None:
        if not (ENCODERS / base.name.replace("/", "--")).is_dir():
            pytest.skip(f"needs the encoder {base.name}")
        monkeypatch.setenv("ZOO_ENCODERS", str(ENCODERS))
    model = load(folder)
    assert model.card.origin == "recorded" and model.card.full_name.endswith(folder.name)
    from zoo.runtime import golden

    known = golden.read(folder / GOLDEN)
    assert golden.difference(known, model.heard, model.networks) <= golden.TOLERANCE
    assert all(path.stat().st_size < 5_000_000 for path in folder.iterdir())
    sounds = [stored / np.float32(32768) for stored in known.samples]
    assert np.allclose(model.probabilities(sounds).sum(axis=1), 1)
