"""What a figure must state about choices that have seen its test speakers."""

from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

from zoo.study.exploration import Exploration

STUDIES = Path(__file__).parents[1] / "studies"
FACTS = {"alternatives": 12, "until": "2026-10", "choices": "dropout"}


def test_a_figure_of_speakers_that_nobody_has_looked_at_is_blind():
    seen = Exploration(speakers=["03", "10"], **FACTS)
    assert seen.of({"08", "09"}) is None
    assert "1 of 2 of its speakers were seen while 12 alternatives were compared, until 2026-10" in seen.of(
        {"03", "09"}
    )
    assert "all of its speakers" in seen.of({"03", "10"})
    assert "all of its speakers" in Exploration(speakers="all", **FACTS).of({"08"})


@pytest.mark.parametrize("wrong", [{"until": "October"}, {"alternatives": 0}, {"speakers": "some"}, {"speakers": []}])
def test_what_it_states_is_checked(wrong):
    with pytest.raises(ValidationError):
        Exploration(**{"speakers": "all", **FACTS, **wrong})


def test_the_study_soft_states_that_its_default_was_chosen_on_its_test_speakers():
    seen = yaml.safe_load((STUDIES / "soft.yaml").read_text(encoding="utf-8"))["exploration"]
    words = "all of its speakers were seen while 2 alternatives were compared, until 2026-11"
    assert words in Exploration(**seen["crema_d"]).of({"1001"})
