"""`zoo publish --upgrade`: the same weights, as this version of zoo writes releases."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from safetensors.torch import load_file, save_file

from zoo.releases import CARD, GOLDEN, WEIGHTS, upgrade
from zoo.releases.card import read as read_card
from zoo.releases.catalogue import Catalogue
from zoo.releases.load import load

OLD = Path(__file__).parents[1] / "fixtures" / "format_1"  # a catalogue as zoo 0.1.0 left it, its lists shortened
RELEASE = Path("statistics/emodb")


@pytest.fixture
def old(project: Path) -> Path:
    """A catalogue of format 1 in the place of the project's."""
    shutil.rmtree("models", ignore_errors=True)
    return Path(shutil.copytree(OLD, "models"))


def test_a_catalogue_of_format_1_is_no_longer_read_but_upgraded(zoo, old):
    for words in (("list",), ("pull", "statistics@emodb"), ("publish", "mini")):
        result = zoo(*words)
        assert result.exit_code == 1
        assert "models/index.json is of format 1" in result.stderr
        assert "zoo publish --upgrade --to models" in result.stderr
    done = zoo("publish", "--upgrade")
    assert done.exit_code == 0, done.output
    assert "statistics@emodb:1.0.1 published in models" in done.stdout
    # the former version is no longer listed
    assert [(row.name, row.version) for row in Catalogue("models").index().releases] == [("statistics@emodb", "1.0.1")]
    assert "trained on recorded speech" in zoo("pull", "statistics@emodb").stdout


def test_an_upgrade_keeps_the_weights_and_all_facts(zoo, old):
    before, card = (
        load_file(old / RELEASE / "1.0.0" / WEIGHTS),
        json.loads((old / RELEASE / "1.0.0" / CARD).read_text()),
    )
    zoo("publish", "--upgrade")
    after, new = load_file(old / RELEASE / "1.0.1" / WEIGHTS), read_card(old / RELEASE / "1.0.1" / CARD)
    names = {"0.head.weight": "network.output.weight", "0.head.bias": "network.output.bias", "0.std": "deviation"}
    assert set(after) == {"0.head.weight", "0.head.bias", "0.std", "0.mean"}
    for name, value in after.items():
        assert value.equal(before[names.get(name, name.removeprefix("0."))])
    network = new.release.networks[0]
    assert network.hyperparameters == card["network"]["hyperparameters"]
    assert network.fold_epochs == card["network"]["recipe"]["fold_epochs"]
    assert new.release.tuned.mean_dev_score == card["network"]["tuned"]["mean_dev_uar"]
    assert new.release.sources == card["inputs"]
    assert new.training.sha256_samples == card["training"]["sha256_samples"]
    assert new.uar is not None and new.uar.value == card["scores"]["within"][0]["value"]
    assert (new.code.commit, new.upgraded.version) == (card["code"]["commit"], "1.0.0")


def test_what_is_up_to_date_is_left_alone(zoo, old):
    zoo("publish", "--upgrade")
    before = {path: path.read_bytes() for path in old.rglob("*") if path.is_file()}
    again = zoo("publish", "--upgrade", "stat*@*")
    assert "statistics@emodb:1.0.1 unchanged, already in models" in again.stdout
    assert {path: path.read_bytes() for path in old.rglob("*") if path.is_file()} == before


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
def test_a_damaged_release_is_not_upgraded(zoo, old, name, damage):
    path = old / RELEASE / "1.0.0" / name
    content = path.read_bytes()
    path.unlink()
    if damage == "cut":
        path.write_bytes(content[:-9])
    before = sorted(old.rglob("*.*"))
    result = zoo("publish", "--upgrade")
    assert result.exit_code == 1
    assert f"1.0.0/{name} is" in result.stderr and "Traceback" not in result.output
    assert [path for path in sorted(old.rglob("*.*")) if path.name != ".publish.lock"] == before


def test_usage_is_checked(zoo, old):
    assert "unknown release 'cnn@*'" in zoo("publish", "--upgrade", "cnn@*").stderr
    assert "--upgrade takes none of" in zoo("publish", "--upgrade", "--version", "2.0.0").stderr


@pytest.mark.parametrize("folder", sorted((Path(__file__).parents[2] / "models").glob("*/*/*")), ids=str)
def test_every_shipped_release_loads_and_answers_as_published(folder, tmp_path, monkeypatch):
    monkeypatch.setenv("ZOO_CACHE", str(tmp_path))
    model = load(folder)
    assert model.card.origin == "recorded" and model.card.full_name.endswith(folder.name)
    from zoo.runtime import golden

    known = golden.read(folder / GOLDEN)
    assert golden.difference(known, model.heard, model.networks) <= golden.TOLERANCE
    assert all(path.stat().st_size < 5_000_000 for path in folder.iterdir())
    sounds = [stored / np.float32(32768) for stored in known.samples]
    assert np.allclose(model.probabilities(sounds).sum(axis=1), 1)


def test_a_release_before_grids_and_default_steps_hears_as_it_did():
    from zoo.releases.format_1 import _input

    heard = _input({"name": "log_mel", "num_dims": 64, "parameters": {}})
    assert heard.spec.grid == {} and heard.spec.steps == [] and not {"grid", "steps"} & set(heard.facts)


def test_the_head_of_every_architecture_is_found(tmp_path):
    import torch

    from zoo.releases.format_1 import _rename_weights

    path = tmp_path / WEIGHTS
    save_file({name: torch.ones(1) for name in ("network.output.1.bias", "network.output.weight", "mean")}, path)
    _rename_weights(path)
    assert set(load_file(path)) == {"0.head.bias", "0.head.weight", "0.mean"}
