"""Releases that average over views: made from the samples alone, stated on the card, checked when they are loaded."""

import json
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from zoo.errors import ZooError
from zoo.inputs import changes
from zoo.inputs.changes import pitch, silence
from zoo.inputs.contract import Spec
from zoo.inputs.copies import copies
from zoo.releases import CARD, GOLDEN
from zoo.releases.card import card_text, read
from zoo.releases.load import load
from zoo.releases.package import package
from zoo.runtime import golden
from zoo.study import params
from zoo.study.study import Study

TOP = Path(__file__).parents[2]
EMODB = Path("derived/mini/zoo/statistics/emodb")
VIEWS = 3
SPEC = Spec("log_mel", steps=[("level", {})], copies=4)


@pytest.fixture
def several(project, retrained):
    """The project, whose model of EmoDB averages over three views; the card of the same without."""
    retrained(seed=1, spec=SPEC)
    plain = read(EMODB / CARD)
    values = params.load().model_dump()
    values["models"]["statistics"]["views"] = VIEWS
    study = Study.model_validate(values)
    package(study, study.derived / "zoo")
    return plain


@pytest.fixture
def sound():
    random, time = np.random.default_rng(4), np.arange(16_000) / 16_000
    return (0.3 * np.sin(2 * np.pi * 170 * time) * (time < 0.7) + 0.01 * random.normal(size=16_000)).astype(np.float32)


def test_a_release_answers_with_the_mean_over_the_samples_and_their_first_copies(several, sound):
    model = load(EMODB)
    drawn_by = f"{len(sound)} {np.abs(sound).argmax()}"
    (network,) = model.networks
    shares = []
    with torch.no_grad():
        for one in (sound, *copies(sound, drawn_by, 2, changes.build(None))):
            frames = torch.tensor(model.heard.compute([one])[0])[None]
            shares.append(network(frames, torch.tensor([frames.shape[1]]))[0].double().softmax(dim=0).numpy())
    np.testing.assert_allclose(model.probabilities([sound])[0], np.mean(shares, axis=0), atol=1e-6)
    assert np.abs(np.diff(shares, axis=0)).max(axis=1).min() > 1e-3
    assert model.embed(sound, 16_000).shape == (1, 128)


def test_neither_the_name_of_a_file_nor_its_level_nor_its_company_changes_an_answer(several, sound, tmp_path):
    model = load(EMODB)
    for name, factor in (("a", 1.0), ("b", 1.0), ("quiet", 0.5)):
        soundfile.write(tmp_path / f"{name}.wav", factor * sound, 16_000, subtype="FLOAT")
    alone = model(tmp_path / "a.wav")
    for one in model([tmp_path / "quiet.wav", tmp_path / "b.wav"]):
        assert one.probabilities == pytest.approx(alone.probabilities, abs=1e-6)


def test_the_card_states_views_and_what_they_cost(several, zoo):
    card = read(EMODB / CARD)
    assert json.loads((EMODB / CARD).read_text(encoding="utf-8"))["views"] == VIEWS
    assert card.release == several.release and card.identity != several.identity
    assert "over 3 views" not in card_text(several)
    assert "about 3 views of a recording" in (EMODB / "README.md").read_text(encoding="utf-8")
    assert "It costs 3 times as much" in zoo("show", "statistics@emodb").stdout
    edited = (EMODB / CARD).read_text(encoding="utf-8").replace('"views": 3', '"views": 2')
    (EMODB / CARD).write_text(edited, encoding="utf-8")
    with pytest.raises(ZooError, match=r"card\.json was changed"):
        load(EMODB)


def test_copies_that_are_no_longer_those_of_the_release_are_noticed(several, monkeypatch):
    known = golden.read(EMODB / GOLDEN)
    assert known.outputs[0].shape[0] == VIEWS * len(golden.TAKES)
    for one in (pitch, silence):
        monkeypatch.setattr(one, "changed", partial(twice, one.changed))
    with pytest.raises(ZooError, match="does not answer as it did"):
        load(EMODB)


def twice(changed, samples, random, most):
    return changed(samples, random, 2 * most)


def test_such_a_model_is_published_by_force_only_since_nothing_else_makes_copies(several, zoo):
    refused = zoo("publish", "mini", "--model", "statistics@emodb")
    assert refused.exit_code == 3
    assert "statistics@emodb averages over 3 views" in refused.stderr and "--force" in refused.stderr
    assert zoo("publish", "mini", "--model", "statistics@emodb", "--force").exit_code == 0


@pytest.mark.parametrize("path", sorted((TOP / "models").rglob(CARD)), ids=lambda path: path.parts[-4])
def test_releases_from_before_there_were_views_are_the_same_bytes(path):
    text = path.read_text(encoding="utf-8")
    card = read(path)
    assert card.views == 1 and "views" not in json.loads(card_text(card))
    # what else a later version of zoo has added may be written too
    assert json.loads(card_text(card)).keys() >= json.loads(text).keys()


def test_a_candidate_without_views_has_the_bytes_that_it_had(project):
    card = read(EMODB / CARD)
    values = json.loads((EMODB / CARD).read_text(encoding="utf-8"))
    assert "views" not in values and card_text(card) == (EMODB / CARD).read_text(encoding="utf-8")
    assert golden.read(EMODB / GOLDEN).outputs[0].shape[0] == len(golden.TAKES)
