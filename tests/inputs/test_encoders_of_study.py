"""The encoders of a study beside its plan: another one makes its stages stale, one that is not here makes none."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from fixtures import checkpoints

from zoo import inputs
from zoo.dependencies import plan
from zoo.dependencies.closure import TOP
from zoo.errors import ZooError
from zoo.inputs import encoders_of_study, of_encoder
from zoo.inputs.contract import encoder_of
from zoo.inputs.store import ENCODER, FACTS, INDEX, Store, Writer
from zoo.study import params

pytest.importorskip("transformers")
NAME = "someone/tiny"
ENTRY = {"input_type": "encoder_layers", "checkpoint": NAME}


@pytest.fixture
def study(monkeypatch, tmp_path):
    """A study of a model on an encoder and of one without, and its encoder, in the current folder."""
    shutil.copytree(checkpoints.tiny(), tmp_path / "encoders" / "someone--tiny")
    monkeypatch.setenv("ZOO_ENCODERS", str(tmp_path / "encoders"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.chdir(tmp_path)
    found = params.load(TOP / "studies" / "embedded.yaml")
    models = {
        "plain": {"architecture": "statistics", "input": "log_mel"},
        "probe": {"architecture": "layer_probe", "input": "base"},
    }
    values = found.model_dump() | {"inputs": {"log_mel": {}, "base": ENTRY}, "models": models}
    values["train"]["augmentation"] |= {"encoder_layers": {}}
    return type(found).model_validate(values)


def brought(study, folder="plan"):
    place = Path(folder)
    shutil.rmtree(place, ignore_errors=True)
    encoders_of_study.bring(study, place / plan.ENCODERS)
    return place


def digests(study, folder):
    return {place.as_posix(): found.digest for place, found in plan.closures(study, folder)}


def with_config(**changes):
    path = Path("encoders/someone--tiny/config.json")
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def with_other_weights():
    checkpoints.whisper(Path("encoders/someone--tiny"), seed=3)


@pytest.mark.parametrize("change", [lambda: with_config(activation_function="relu"), with_other_weights])
def test_another_encoder_makes_stale_whatever_may_load_it(study, change):
    before = digests(study, brought(study))
    assert digests(study, brought(study)) == before
    change()
    after = digests(study, brought(study))
    stale = {place for place in before if before[place] != after[place]}
    features = {f"features/{corpus}/base.json" for corpus in study.corpora}
    assert stale == {*features, "check_features.json", "tune.json", "train/probe.json", "package.json"}


@pytest.mark.parametrize("entry", [ENTRY, {"input_type": "joined", "parts": {"a": ENTRY, "egemaps": {}}}])
def test_what_is_written_is_what_the_input_s_store_has(study, entry):
    study = study.model_copy(update={"inputs": {"log_mel": {}, "base": entry}})
    [path] = brought(study).rglob("*.json")
    assert json.loads(path.read_text()) == encoder_of(inputs.of_study(study.inputs, "base"))


def test_a_study_without_an_encoder_looks_for_none(study, monkeypatch):
    monkeypatch.setattr(encoders_of_study, "locate", None)
    assert not brought(study.model_copy(update={"inputs": {"log_mel": {}}})).exists()


def test_without_the_encoder_that_of_the_features_is_meant_and_without_both_none(study):
    wanted = inputs.of_study(study.inputs, "base")
    known = digests(study, brought(study))
    shutil.rmtree("encoders/someone--tiny")
    assert not brought(study).exists()
    folder = study.derived / "features" / study.corpora[-1] / "base"
    written(folder, wanted)
    assert digests(study, brought(study)) == known
    (folder / ENCODER).write_text("damaged")
    assert not brought(study).exists()


@pytest.mark.parametrize("entry", [{"checkpoint": 3}, {"revision": "abc"}, {"checkpoint": "no"}, {"parts": {"a": 1}}])
def test_an_entry_that_is_wrong_is_left_to_its_stage(study, entry):
    assert not brought(study.model_copy(update={"inputs": {"base": ENTRY | {"checkpoint": "other"} | entry}})).exists()


def test_a_store_knows_its_encoder_and_is_refused_for_another_configuration(study, tmp_path):
    before = inputs.of_study(study.inputs, "base")
    store = written(tmp_path / "base", before)
    store.require(before, "inputs.base")
    with_config(activation_function="relu")
    after = inputs.of_study(study.inputs, "base")
    assert after.facts == before.facts
    with pytest.raises(ZooError, match=r"base are not of inputs.base as it is now: the encoder's configuration differ"):
        store.require(after, "inputs.base")
    again = written(tmp_path / "again", after)
    for file in (INDEX, FACTS):
        assert (again.folder / file).read_bytes() == (store.folder / file).read_bytes()
    # the layers after the rows of `encoder_states` may differ where the rows do not
    assert again.fingerprint != store.fingerprint


def test_the_default_encoder_is_that_of_the_input(study, monkeypatch):
    asked = []
    monkeypatch.setattr(encoders_of_study, "locate", lambda *given: asked.append(given) or absent())
    brought(study.model_copy(update={"inputs": {"encoder_states": {}}}))
    assert asked == [(of_encoder.Options().checkpoint, None, bring) for bring in (False, True)]


def absent():
    raise ZooError("there is none", "")


def written(folder, wanted):
    folder.mkdir(parents=True)
    with Writer(folder, wanted, "float32") as writer:
        writer.add("one", np.zeros((1, wanted.num_dims), np.float32))
    return Store(folder)
