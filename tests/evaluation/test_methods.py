"""Figures of methods: what each achieves on a target, for whom, and what it loses under stress."""

import numpy as np
import polars as pl
import pytest
from fixtures.method_counts import counts, together

from zoo.errors import ZooError
from zoo.evaluation.gap import gap
from zoo.evaluation.methods import method_figures
from zoo.metrics.confusion import UAR
from zoo.study.exploration import Exploration
from zoo.tables.methods import read_csv, write_csv

SEES = "unlabelled utterances"


def row(figures, method="source_only", condition="as_is", metric="uar", group="all"):
    return figures.row(by_predicate=_is(method, condition, metric, group), named=True)


def _is(method, condition, metric, group):
    names = {"method": method, "condition": condition, "metric": metric, "group": group}
    return pl.all_horizontal(pl.col(name) == value for name, value in names.items())


def test_the_uar_is_over_classes_that_the_target_has():
    found = row(method_figures(counts(recall=1.0, classes=3), "s", 0.95))
    assert found["value"] == 1.0 and found["num_utterances"] == 10 * 3 * 12 and found["num_speakers"] == 10
    assert found["low"] < found["high"] == 1.0 and found["loss"] is None and found["loses"] is None


def test_every_cell_has_the_gap_between_the_sexes_with_its_interval():
    recall = np.where(np.arange(10) % 2, 0.9, 0.5)  # women are the odd ones
    figures = method_figures(counts(recall=recall, spread=0.03), "s", 0.95)
    found = row(figures, group="sex_gap")
    assert found["value"] == pytest.approx(
        row(figures, group="sex=female")["value"] - row(figures, group="sex=male")["value"]
    )
    assert 0.2 < found["low"] < found["value"] < found["high"] < 0.6
    assert found["interval"] == "jackknife over 5 and 5 speakers, Welch's t, 95 %"


def test_figures_are_split_by_elicitation_and_language():
    figures = method_figures(counts(recall=np.where(np.arange(10) < 4, 0.9, 0.4)), "s", 0.95)
    assert row(figures, group="elicitation=acted")["value"] == row(figures)["value"]
    polish, german = (row(figures, group=f"language={name}") for name in ("pl", "de"))
    assert polish["value"] > 0.8 > 0.5 > german["value"] and (polish["num_speakers"], german["num_speakers"]) == (4, 6)
    assert row(figures, group="language=pl", metric="macro_f1")["value"] > 0.8


def test_the_gap_holds_the_truth_as_often_as_it_says():
    """Where four women and five men are alike, 95 % of intervals hold 0; a share of 300 varies by 0.013 (std)."""
    random, held = np.random.default_rng(1), 0
    for _ in range(300):
        women, men = (_speakers(random, number) for number in (4, 5))
        found = gap(women, men, 0.95, UAR)
        held += found.low <= 0 <= found.high
    assert 0.91 <= held / 300 <= 0.985


def test_two_women_are_too_few_for_an_interval_of_the_gap():
    found = row(method_figures(counts(num_speakers=5), "s", 0.95), group="sex_gap")
    assert found["value"] is not None and found["low"] is None
    assert found["interval"] == "none: 2 speakers of a group, at least 3 are needed"


def _speakers(random, number):
    hits = random.binomial(15, np.clip(random.normal(0.6, 0.12, (number, 1)), 0, 1), (number, 4))
    sums = np.zeros((1, number, 4, 4), int)
    sums[0, :, range(4), range(4)] = hits.T
    sums[0, :, range(4), [1, 2, 3, 0]] = 15 - hits.T
    return sums


def test_a_method_that_collapses_under_a_stress_is_flagged_and_one_that_holds_is_not():
    stressed = {"condition": "skewed", "draws": 4}
    figures = method_figures(
        together(
            counts(),
            counts("prior", 0.8, SEES),
            counts("scaled", 0.7, SEES),
            counts(recall=0.6, **stressed),
            counts("prior", 0.3, SEES, **stressed),
            counts("scaled", 0.58, SEES, **stressed),
        ),
        "s",
        0.95,
    )
    collapsed, held = (row(figures, name, "skewed") for name in ("prior", "scaled"))
    assert collapsed["loses"] and 0.25 < collapsed["loss"] < 0.35 and collapsed["num_draws"] == 4
    assert held["loses"] is False and abs(held["loss"]) < 0.05
    assert row(figures, "source_only", "skewed")["loss"] == 0
    flagged = figures.filter(pl.col("loses"))
    assert flagged.select("method", "condition", "group").rows() == [("prior", "skewed", "all")]


def test_with_few_seen_a_method_is_compared_with_the_source_only_answers_to_the_same_utterances():
    few = counts("scaled", 0.4, SEES, condition="few=8", draws=5)
    found = row(method_figures(together(counts(recall=0.6), few), "s", 0.95), "scaled", "few=8")
    assert found["loses"] and found["loss"] == pytest.approx(0.2, abs=0.05)


def test_a_stress_with_other_utterances_than_source_only_had_is_an_error():
    other = counts("scaled", 0.4, SEES, condition="skewed", per_class=11)
    with pytest.raises(ZooError, match="source_only and scaled answered about different utterances"):
        method_figures(together(counts(condition="skewed"), other), "s", 0.95)


def test_speakers_who_are_labelled_in_a_draw_are_no_errors_of_it():
    """Two of ten are labelled in turn: everybody else is always right, so that the UAR is 1, of 8 speakers a draw."""
    drawn = [(0, 1), (2, 3), (4, 5), (6, 7), (8, 9)]
    few = counts("few_shot", 1.0, "5 labels a class", draws=5, left_out=drawn)
    figures = method_figures(few, "s", 0.95)
    assert row(figures, "few_shot")["value"] == 1.0
    assert (row(figures, "few_shot")["num_utterances"], row(figures, "few_shot")["num_speakers"]) == (8 * 48, 10)


def test_intervals_of_draws_are_as_wide_as_speakers_differ():
    """Draws do not make speakers more: with speakers unlike each other, 20 draws have about the interval of one."""
    recall = np.linspace(0.3, 0.9, 10)
    every = row(method_figures(counts("x", recall, SEES, per_class=60), "s", 0.95), "x")
    drawn = [((2 * draw) % 10, (2 * draw + 1 + draw // 5) % 10) for draw in range(20)]
    few = counts("few_shot", recall, "5 labels a class", per_class=60, draws=20, left_out=drawn)
    found = row(method_figures(few, "s", 0.95), "few_shot")
    assert found["high"] - found["low"] == pytest.approx(every["high"] - every["low"], rel=0.25)


def test_a_draw_that_leaves_nobody_of_a_group_is_not_averaged_over_for_it():
    few = counts("few_shot", 0.6, "1 labels a class", num_speakers=6, draws=2, left_out=[(1, 3, 5), (0,)])
    figures = method_figures(few, "s", 0.95)
    assert row(figures, "few_shot", group="sex=female")["num_draws"] == 1
    assert row(figures, "few_shot", group="sex=male")["num_draws"] == 2


def test_one_speaker_has_a_figure_and_no_interval_and_it_says_why():
    found = row(method_figures(counts(num_speakers=1), "s", 0.95))
    assert found["value"] is not None and found["low"] is None
    assert found["interval"] == "none: 1 speaker, at least 4 are needed"


def test_unknown_speakers_are_no_speakers():
    names = [f"unknown: {number}" for number in range(10)]
    figures = method_figures(counts(speakers=names), "s", 0.95)
    assert set(figures["num_speakers"]) == {0} and figures["low"].null_count() == len(figures)
    assert row(figures)["interval"].startswith("none: the speakers are unknown")


def test_a_figure_states_what_choices_have_seen_of_its_speakers():
    seen = {"nemo": Exploration(speakers=["01", "03"], alternatives=4, until="2026-11", choices="the rung")}
    figures = method_figures(counts(), "s", 0.95, seen)
    assert "2 of 10 of its speakers" in row(figures)["exploration"]
    assert row(figures, group="sex=male")["exploration"] is None


def test_csv_round_trip(tmp_path):
    figures = method_figures(together(counts(), counts(recall=0.3, condition="absent")), "s", 0.95)
    write_csv(figures, tmp_path / "methods.csv")
    back = read_csv(tmp_path / "methods.csv")
    assert back.drop("value", "low", "high", "loss").equals(figures.drop("value", "low", "high", "loss"))
    write_csv(figures.clear(), tmp_path / "methods.csv")
    assert read_csv(tmp_path / "methods.csv").columns == figures.columns
