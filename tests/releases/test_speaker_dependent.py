"""Models that nobody tested on new speakers say so wherever their figures stand, and are not published by accident."""

from functools import partial
from pathlib import Path

import pytest

from zoo.errors import REFUSED, ZooError
from zoo.releases import CARD
from zoo.releases.card import Card, read
from zoo.releases.index import entry_of
from zoo.releases.objections import overruled
from zoo.releases.publish import _require_new_speakers
from zoo.releases.readme import card_in_words, readme
from zoo.reporting.marks import signs
from zoo.reporting.results import with_interval
from zoo.tables.folds import MARK

SHIPPED = sorted((Path(__file__).parents[2] / "models/cnn/emodb").glob(f"*/{CARD}"))[-1]


@pytest.fixture
def card() -> Card:
    """A shipped card, as if nobody knew who speaks in its corpus."""
    known = read(SHIPPED)
    within = [
        one.model_copy(update={"protocol": "random_recordings", "low": None, "high": None, "num_speakers": 0})
        for one in known.scores.within
    ]
    return known.model_copy(
        update={
            "release": known.release.model_copy(update={"protocol": "random_recordings"}),
            "scores": known.scores.model_copy(update={"within": within}),
            "training": known.training.model_copy(update={"speakers": []}),
        }
    )


def test_its_card_says_so_above_the_figures_and_in_each(card: Card) -> None:
    text = card_in_words(card)
    assert f"**{MARK.capitalize()}: nobody knows who speaks in" in text
    figures = [line for line in text.splitlines() if "| random_recordings |" in line]
    assert figures and all(MARK in line for line in figures)
    assert "of unknown speakers" in text
    assert f"UAR {MARK}" in readme(card).partition("---\n\n")[0]  # what model hubs show
    assert MARK not in card_in_words(read(SHIPPED))


def test_figures_in_pages_and_terminals_have_a_sign_for_it() -> None:
    row = {"value": 0.5, "low": None, "high": None, "exploration": None, "protocol": "random_recordings"}
    assert with_interval(row) == f"0.500{signs(row)}" != "0.500"
    assert with_interval(row | {"protocol": "leave_speakers_out"}) == "0.500"


def test_it_is_published_only_by_force_and_has_no_figure_to_be_compared_by(card: Card) -> None:
    refusal = partial(_require_new_speakers, card)
    with pytest.raises(ZooError, match=MARK) as raised:
        list(overruled(False, refusal))
    assert raised.value.exit_code == REFUSED and "--force" in raised.value.hint
    assert any(MARK in objection for objection in overruled(True, refusal))
    _require_new_speakers(read(SHIPPED))
    assert card.uar is not None and entry_of(card, "1.0.0", {}).uar is None
