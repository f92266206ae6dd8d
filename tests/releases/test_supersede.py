"""What `zoo publish` refuses: a model worse than the release it would supersede, and code that no commit has."""

import json
import subprocess
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import soundfile

from zoo.errors import ZooError
from zoo.evaluation import gate
from zoo.releases import PREDICTIONS, supersede
from zoo.releases.card import read
from zoo.releases.catalogue import Catalogue
from zoo.releases.objections import require_no_worse
from zoo.releases.publish import publish
from zoo.releases.pull import pull
from zoo.tables import predictions as table

CANDIDATES = Path("derived/mini/zoo")
CLASSES = ["anger", "boredom", "disgust", "fear", "happiness", "neutral", "sadness"]


def answers_of(skill: float, noise: int) -> pl.DataFrame:
    """Predictions of emodb's model for 10 speakers; of a greater skill more of them are right."""
    draw, size = np.random.default_rng(noise), 400
    labels = np.random.default_rng(0).integers(7, size=size)
    logits = draw.normal(size=(size, 7))
    logits[np.arange(size), labels] += skill
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    rows = [
        {
            "model": "statistics",
            "source": "emodb",
            "target": "emodb",
            "protocol": "leave_one_speaker_out",
            "fold": str(at % 10),
            "seed": 1,
            "sights": "nothing",
            "trained_scheme": "native",
            "task": "categorical",
            "scheme": "native",
            "utterance_id": f"u{at:04d}",
            "speaker_id": f"{at % 10:02d}",
            "label": CLASSES[labels[at]],
            "predicted": CLASSES[int(shares[at].argmax())],
            "probabilities": shares[at].tolist(),
            "source_origin": "synthetic",
            "target_origin": "synthetic",
        }
        for at in range(size)
    ]
    return table.PREDICTIONS.frame(rows)


@pytest.fixture
def trained(retrained):
    """Train (so to speak) and test emodb's model. with_predictions: whether its study has them. Returns its UAR."""

    def again(skill: float, seed: int, with_predictions: bool = True, **changes) -> float:
        found = answers_of(skill, seed)
        uar = gate.figure(found)
        retrained(seed, round(uar, 6), found if with_predictions else None, **changes)
        return uar

    return again


def published(zoo, *words):
    return zoo("publish", "mini", "-m", "statistics@emodb", *words)


def test_a_worse_model_is_refused_with_both_figures_and_p_and_forced_on_its_card(zoo, trained):
    good = trained(2.0, 1)
    assert published(zoo).exit_code == 0
    bad = trained(0.2, 2)
    result = published(zoo)
    assert result.exit_code == 3
    assert f"UAR {bad:.3f} against {good:.3f} of 0.1.0 (paired over 10 speakers: " in result.stderr
    assert "p < 0.001" in result.stderr and "it is worse" in result.stderr and "--force" in result.stderr
    assert [entry.version for entry in Catalogue("models").index().releases] == ["0.1.0"]
    assert pull("statistics@emodb").found.version == "0.1.0"
    assert published(zoo, "--force").exit_code == 0
    folder = pull("statistics@emodb:0.2.0").folder
    (objection,) = read(folder / "card.json").forced
    assert f"{bad:.3f} against {good:.3f} of 0.1.0" in objection
    assert "**Published with `--force`**" in (folder / "README.md").read_text(encoding="utf-8")
    assert "forced" not in json.loads((pull("statistics@emodb:0.1.0").folder / "card.json").read_text())


def test_a_better_or_equal_model_is_published_and_what_was_compared_is_said(zoo, trained):
    trained(1.5, 1)
    published(zoo)
    trained(1.5, 2)
    equal = published(zoo)
    assert equal.exit_code == 0 and "of 0.1.0 (paired over 10 speakers: " in equal.stderr
    trained(3.0, 3)
    assert "of 0.2.0 (paired over 10 speakers: +" in published(zoo).stderr


def test_without_predictions_the_figures_are_compared_and_it_says_so(zoo, trained):
    trained(2.0, 1, with_predictions=False)
    published(zoo)
    trained(1.9, 2)
    near = published(zoo)
    assert near.exit_code == 0
    assert "their figures alone, since no predictions.parquet of 0.1.0 gives its figure" in near.stderr
    trained(0.5, 3, with_predictions=False)
    worse = published(zoo)
    assert worse.exit_code == 3 and "their figures alone, since no predictions.parquet of this one" in worse.stderr


def test_predictions_of_another_protocol_are_not_paired(zoo, trained):
    trained(2.0, 1)
    published(zoo)
    trained(2.0, 2, protocol="luna_jimenez")
    assert "it was tested by leave_one_speaker_out, this one by luna_jimenez" in published(zoo).stderr


@pytest.mark.parametrize("part", [{"classes": CLASSES[:4]}, {"scheme": "core4"}])
def test_other_classes_do_not_supersede_under_the_same_name(zoo, released, part):
    catalogue, former = Catalogue("models"), read(pull("statistics@emodb").folder / "card.json")
    places = [(catalogue, entry) for entry in catalogue.index().releases]
    release = former.release.model_copy(update=part)
    card = former.model_copy(update={"version": None, "identity": "f" * 64, "release": release})
    with pytest.raises(ZooError, match=f"not compared with {former.version}; it answers with other classes"):
        require_no_worse(card, "0.9.0", places, [])


def test_nothing_is_compared_with_what_had_no_new_speakers_or_is_of_another_origin(zoo, released):
    catalogue, former = Catalogue("models"), read(pull("statistics@emodb").folder / "card.json")
    places = [(catalogue, entry) for entry in catalogue.index().releases]
    said: list[str] = []
    release = former.release.model_copy(update={"protocol": "random_recordings"})
    card = former.model_copy(update={"version": None, "identity": "f" * 64, "release": release})
    require_no_worse(card, "0.9.0", places, said)
    assert "one of them had no new speakers" in said[0]
    recorded = card.model_copy(update={"origin": "recorded"})
    assert supersede.superseded(recorded, "1.0.0", places) is None


@pytest.mark.parametrize(("old", "new", "objection"), [(0.6, None, "it has no UAR"), (None, None, ""), (None, 0.1, "")])
def test_what_has_no_figure_does_not_supersede_what_has_one(zoo, released, monkeypatch, old, new, objection):
    former = read(pull("statistics@emodb").folder / "card.json")
    scores = {former.version: old, None: new}
    known = {
        version: None if value is None else former.uar.model_copy(update={"value": value})
        for version, value in scores.items()
    }
    monkeypatch.setattr(supersede.tested, "headline", lambda card: known[card.version])
    found = supersede._by_figures(former.model_copy(update={"version": None}), former, "")
    assert found.objection == objection


def test_only_what_would_supersede_is_compared(zoo, trained):
    trained(2.0, 1)
    published(zoo, "--version", "0.5.0")
    trained(0.2, 2)
    assert published(zoo, "--version", "0.4.0").exit_code == 0
    assert published(zoo, "--version", "0.6.0").exit_code == 0  # the same content as 0.4.0
    assert pull("statistics@emodb").found.version == "0.5.0"


def test_uncommitted_code_is_refused_and_forced_on_the_card(zoo, project):
    code = Path("zoo/mine.py")
    code.parent.mkdir()
    code.write_text("# as committed\n", encoding="utf-8")
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b"]
    for words in (["init", "-q"], ["add", "zoo"], ["commit", "-qm", "code"]):
        subprocess.run([*git, *words], check=True)
    code.write_text("# changed\n", encoding="utf-8")
    refused = published(zoo)
    assert refused.exit_code == 3 and "changes that are not committed" in refused.stderr
    assert not Path("models/index.json").exists()
    assert published(zoo, "--force").exit_code == 0
    assert "not committed" in read(pull("statistics@emodb").folder / "card.json").forced[0]
    subprocess.run([*git, "commit", "-qam", "more"], check=True)
    assert zoo("publish", "mini", "-m", "statistics@ravdess").exit_code == 0
    card = read(pull("statistics@ravdess").folder / "card.json")
    assert card.forced == [] and "dirty" not in card.code.commit


def test_an_architecture_that_this_zoo_lacks_is_named(zoo, released, monkeypatch):
    from zoo import architectures

    card = read(Path("models/statistics/emodb/0.1.0/card.json"))
    digest = card.architectures["statistics"]
    assert digest in Path("models/statistics/emodb/0.1.0/README.md").read_text(encoding="utf-8")
    whole = architectures.REGISTRY.has
    monkeypatch.setattr(type(architectures.REGISTRY), "has", lambda self, name: name != "statistics" and whole(name))
    pulled = zoo("pull", "statistics@emodb:0.1.0")
    assert pulled.exit_code == 0 and "needs the architecture 'statistics'" in pulled.stderr
    soundfile.write("a.wav", np.random.default_rng(1).normal(0, 0.1, 16_000), 16_000)
    used = zoo("predict", "a.wav", "--model", "statistics@emodb:0.1.0")
    assert used.exit_code == 1 and f"zoo/architectures/statistics.py, sha256 {digest}" in used.stderr


def test_an_architecture_of_another_source_is_named(zoo, released, monkeypatch):
    assert "is not the file that" not in zoo("pull", "statistics@emodb:0.1.0").stderr
    monkeypatch.setattr("zoo.releases.architectures.sha256_of", lambda path: "0" * 64)
    noted = zoo("pull", "statistics@emodb:0.1.0").stderr
    assert "zoo/architectures/statistics.py is not the file that statistics@emodb:0.1.0 was published with" in noted


def test_what_is_published_carries_its_predictions(project, trained):
    trained(2.0, 1)
    publish(CANDIDATES, Catalogue("models"))
    found = pl.read_parquet(pull("statistics@emodb:0.1.0").folder / PREDICTIONS)
    assert len(found) == 400 and found["sex"].null_count() == found["logits"].null_count() == 400
