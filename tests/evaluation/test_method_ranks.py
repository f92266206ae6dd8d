"""Ranks and tests of methods that saw the same of the target; what saw more is in another list."""

import numpy as np
import pytest
from fixtures.method_counts import counts, together

from zoo.evaluation.friedman import friedman
from zoo.evaluation.method_ranks import method_ranks, method_tests
from zoo.evaluation.methods import method_figures
from zoo.study.exploration import Exploration
from zoo.tables import method_ranks as ranks_table
from zoo.tables import method_tests as tests_table

SEES, SEES_MORE = "unlabelled utterances", "unlabelled utterances, their speakers"
SKILLS = {
    SEES: {"by_corpus": 0.75, "coral": 0.65, "whitened": 0.5},
    SEES_MORE: {"by_speaker": 0.9, "by_speaker_mean": 0.8},
    "nothing": {"source_only": 0.4},
}
TARGETS = ("nemo", "savee", "tess")


@pytest.fixture(scope="module")
def table():
    return together(
        *(
            counts(name, recall, sights, target=target, spread=0.05)
            for target in TARGETS
            for sights, methods in SKILLS.items()
            for name, recall in methods.items()
        )
    )


@pytest.fixture(scope="module")
def ranks(table):
    return method_ranks(method_figures(table, "s", 0.95))


def test_methods_of_different_sights_never_share_a_list(ranks):
    """by_speaker is better than all; in the list of those that do not know who speaks, it is no rival."""
    for sights, methods in SKILLS.items():
        own = ranks.filter(sights=sights)
        if len(methods) == 1:  # nothing to be ranked with
            assert own.is_empty()
            continue
        assert own.sort("mean_rank")["method"].to_list() == list(methods)
        assert own.sort("mean_rank")["mean_rank"].to_list() == [1.0 + at for at in range(len(methods))]
        assert own.sort("mean_rank")["wins"].to_list() == [3] + [0] * (len(methods) - 1)
        assert set(own["num_methods"]) == {len(methods)} and set(own["num_cells"]) == {3}


def test_ranks_are_of_the_targets_as_they_are_and_of_cells_that_all_have_answered(table):
    more = together(
        table,
        counts("by_corpus", 0.1, SEES, target="nemo", condition="skewed"),
        counts("by_corpus", 0.1, SEES, target="crema_d"),
    )
    found = method_ranks(method_figures(more, "s", 0.95, {"tess": _seen()}))
    own = found.filter(sights=SEES, method="by_corpus").row(0, named=True)
    assert (own["mean_rank"], own["wins"], own["num_cells"], own["num_explored"]) == (1.0, 3, 3, 1)


def _seen():
    return Exploration(speakers="all", alternatives=3, until="2026-11", choices="the rung")


def test_equal_figures_share_their_rank_and_both_win():
    same = [counts(name, 1.0, SEES) for name in ("a", "b")]
    found = method_ranks(method_figures(together(*same, counts("c", 0.5, SEES)), "s", 0.95))
    assert found["mean_rank"].to_list() == [1.5, 1.5, 3.0] and found["wins"].to_list() == [1, 1, 0]


def test_models_are_ranked_apart(table):
    other = [counts(name, recall, SEES, model="tcn") for name, recall in (("by_corpus", 0.3), ("coral", 0.8))]
    found = method_ranks(method_figures(together(table, *other), "s", 0.95))
    assert found.filter(model="tcn").sort("mean_rank")["method"].to_list() == ["coral", "by_corpus"]


def test_each_target_has_a_test_of_its_own_with_its_speakers_as_blocks(table):
    found = method_tests(table, "s", {"tess": _seen()})
    own = found.filter(sights=SEES)
    assert own["target"].to_list() == list(TARGETS) and set(own["num_speakers"]) == {10}
    assert set(own["methods"]) == {"by_corpus,coral,whitened"} and set(own["df"]) == {2}
    assert own["p"].max() < 0.01
    assert own["exploration"].is_not_null().to_list() == [False, False, True]
    two = found.filter(sights=SEES_MORE)
    assert set(two["methods"]) == {"by_speaker,by_speaker_mean"} and two["p"].null_count() == 3
    assert two["how"][0].startswith("none: 2 methods")


def test_the_test_finds_a_difference_among_alike_methods_in_one_of_twenty_studies():
    """Of 300 targets; the share varies by 0.013 (std)."""
    cells = [
        counts(name, 0.6, SEES, target=f"t{seed}", spread=0.15, seed=seed)
        for seed in range(300)
        for name in ("a", "b", "c", "d")
    ]
    found = method_tests(together(*cells), "s")
    assert len(found) == 300 and 0.015 <= (found["p"] < 0.05).mean() <= 0.09


def test_few_shot_methods_are_tested_on_each_speaker_in_the_draws_that_do_not_label_it():
    drawn = [(0, 1), (0, 2), (0, 3)]
    methods = {"a": 0.9, "b": 0.6, "c": 0.3}
    shots = [counts(name, skill, "1 labels a class", draws=3, left_out=drawn) for name, skill in methods.items()]
    (own,) = method_tests(together(*shots), "s").to_dicts()
    assert own["num_speakers"] == 9 and own["statistic"] == pytest.approx(18.0)  # all nine agree: 9 * (3 - 1)


def test_one_speaker_has_no_test_and_it_says_why():
    alone = [counts(name, 0.6, SEES, num_speakers=1) for name in "abc"]
    (own,) = method_tests(together(*alone), "s").to_dicts()
    assert own["p"] is None and own["how"] == "none: 1 speaker, at least 4 are needed"


def test_friedman_agrees_with_scipy_where_figures_are_tied():
    from scipy.stats import friedmanchisquare

    figures = np.random.default_rng(3).random((9, 4)).round(1)
    found, theirs = friedman(figures), friedmanchisquare(*figures.T)
    assert (found.statistic, found.p) == pytest.approx((theirs.statistic, theirs.pvalue))
    assert friedman(np.ones((9, 4))).p is None


def test_csv_round_trip(table, ranks, tmp_path):
    ranks_table.write_csv(ranks, tmp_path / "method_ranks.csv")
    assert ranks_table.read_csv(tmp_path / "method_ranks.csv").equals(ranks)
    found = method_tests(table, "s")
    tests_table.write_csv(found, tmp_path / "method_tests.csv")
    assert tests_table.read_csv(tmp_path / "method_tests.csv")["p"].to_list() == pytest.approx(found["p"].to_list())
