"""Releases from which models start: brought beside the plan, named on the card, under the strictest of all terms."""

from pathlib import Path, PurePosixPath
from types import SimpleNamespace

import pytest

from zoo.audit.sameness import Utterance
from zoo.dependencies import plan
from zoo.errors import ZooError
from zoo.hashes import sha256_of
from zoo.releases import CARD
from zoo.releases.card import read
from zoo.releases.readme import readme
from zoo.releases.start import bring, facts_of, pulled
from zoo.runtime.release import StartOf
from zoo.scoring.training_data import overlap_of
from zoo.study import params
from zoo.training.start import WEIGHTS
from zoo.training.start import read as read_start

TOP = Path(__file__).parents[2]
EMODB = Path("derived/mini/zoo/statistics/emodb")
NAME = "statistics@ravdess:2.0.1"
START = StartOf.stated(
    "statistics@ravdess", ["ravdess"], ["01"], ["ab" * 32], None, None, version="2.0.1", identity="cd" * 32
)


@pytest.fixture
def study(project, monkeypatch):
    """The project's study, with a model that starts from a shipped release, and one that starts from that."""
    monkeypatch.setenv("ZOO_CATALOGUES", str(TOP / "models"))
    values = params.load().model_dump()
    on_it = {"architecture": "statistics", "input": "log_mel", "start": {"model": "tuned", "corpus": "emodb"}}
    values["models"] |= {"tuned": on_it | {"start": {"release": NAME}}, "on_it": on_it}
    return type(params.load()).model_validate(values)


def test_a_release_is_brought_and_verified_and_what_starts_from_it_depends_on_it(study):
    plan.write(study, lambda folder: bring(study, folder / plan.STARTS))
    folder = study.derived / "plan" / "starts" / "tuned"
    found, card = read_start(folder), pulled(NAME)[0]
    assert found.facts.identity == card.identity and found.facts.version == "2.0.1"
    assert found.facts.weights_sha256 == sha256_of(folder / WEIGHTS) == card.files[WEIGHTS].sha256
    assert found.facts.corpora == ["ravdess"]
    assert set(found.facts.sha256_samples) == set(card.training.sha256_samples)
    assert set(found.facts.speakers) == {f"ravdess/{name}" for name in card.training.speakers}
    assert found.weights().tensors["mean"].shape == (64,)
    before = dict(plan.closures(study))
    facts = folder / "start.json"
    facts.write_text(facts.read_text().replace(card.identity, "0" * 64))
    after = dict(plan.closures(study))
    stale = {place.as_posix() for place in before if before[place] != after[place]}
    assert stale == {"tune.json", "train/tuned.json", "train/on_it.json"}


def test_a_release_that_is_not_there_is_named(study):
    values = study.model_dump()
    values["models"]["tuned"]["start"]["release"] = "statistics@ravdess:7.0.0"
    other = type(study).model_validate(values)
    with pytest.raises(ZooError, match=r"there is no statistics@ravdess:7\.0\.0"):
        plan.write(other, lambda folder: bring(other, folder / plan.STARTS))


def test_the_card_names_what_it_started_from_and_has_the_strictest_terms(project, retrained):
    plain = read(EMODB / CARD)
    retrained(seed=1, start=START)
    card = read(EMODB / CARD)
    assert card.release.start == START and card.identity != plain.identity
    assert (plain.data.licence, plain.data.commercial_use) == ("CC-BY-4.0", True)
    assert (card.data.licence, card.data.commercial_use) == ("CC-BY-NC-SA-4.0", False)
    assert card.data.title == plain.data.title and card.data.language == plain.data.language
    text = readme(card)
    assert f"started from the release `{NAME}`, identity {'cd' * 32}, trained on ravdess" in text
    assert "license: cc-by-nc-sa-4.0" in text and "commercial use: not allowed" in text
    assert "started from" not in readme(plain) and "RAVDESS" in card.data.terms


def test_what_a_release_started_from_is_known_to_what_starts_from_it(project, retrained):
    retrained(start=START)
    card = read(EMODB / CARD)
    facts = facts_of(card)
    assert facts.corpora == ["emodb", "ravdess"] and facts.version == card.version
    assert {"ravdess/01", "emodb/03"} <= set(facts.speakers)
    assert {"ab" * 32, *card.training.sha256_samples} == set(facts.sha256_samples)


def test_a_pool_is_its_corpora_and_an_unknown_corpus_is_an_error(project):
    card = read(EMODB / CARD)
    speakers = card.training.model_copy(update={"speakers": ["nemo/1", "emodb/03"]})
    assert facts_of(card.model_copy(update={"training": speakers})).corpora == ["emodb", "nemo"]
    strange = card.training.model_copy(update={"speakers": ["elsewhere/1", "emodb/03"]})
    with pytest.raises(ZooError, match="trained on elsewhere, a corpus that this zoo does not know"):
        facts_of(card.model_copy(update={"training": strange}))


def test_an_evaluation_sees_whom_the_first_weights_have_heard(project, retrained):
    data = SimpleNamespace(corpus="ravdess", origin="synthetic", rows=[])
    asked = [Utterance(PurePosixPath("a.wav"), "01", "ab" * 32, b"")]
    assert overlap_of(read(EMODB / CARD), data, asked, None).num_utterances == 0
    retrained(start=START)
    found = overlap_of(read(EMODB / CARD), data, asked, None)
    assert (found.num_utterances, found.speakers) == (1, ("01",))
