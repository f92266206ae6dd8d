"""What a card says of its model's figures: every overall metric of its tasks, and each comparison seen from it."""

from dataclasses import replace

import polars as pl
import pytest

from zoo.releases.card import Compared
from zoo.releases.figures import Tables, scores_of
from zoo.releases.readme import _by_methods, _differences
from zoo.tables.differences import DIFFERENCES
from zoo.tables.methods import METHODS
from zoo.tables.scores import SCORES


def tables():
    scores = [
        {
            **dict.fromkeys(SCORES.columns, ""),
            **{"model": "cnn", "source": "emodb", "target": "emodb", "task": task, "metric": metric, "group": group},
            **{"mode": "trained", "value": 0.5, "low": 0.4, "high": 0.6, "num_utterances": 9, "num_speakers": 9},
            **{"num_seeds": 1, "source_origin": "recorded", "target_origin": "recorded"},
        }
        for task, metric, group in [
            ("categorical", "macro_f1", "all"),
            ("categorical", "uar", "all"),
            ("categorical", "recall", "class=fear"),
            ("categorical", "uar", "speaker=03"),
            ("dimensional", "ccc", "all"),
        ]
    ]
    differences = [
        {
            **dict.fromkeys(DIFFERENCES.columns, ""),
            **{"source": "emodb", "target": target, "task": "categorical", "metric": "uar", "mode": "trained"},
            **{"first": first, "second": second, "value": 0.1, "low": 0.02, "high": 0.3, "p": 0.01, "p_holm": 0.03},
            **{"detectable": 0.1, "num_speakers": 9},
        }
        for first, second, target in [
            ("bilstm", "cnn", "emodb"),
            ("cnn", "gru", "emodb"),
            ("bilstm", "gru", "emodb"),
            ("bilstm", "cnn", "ravdess"),
        ]
    ]
    return Tables(SCORES.frame(scores), DIFFERENCES.frame(differences))


def test_overall_figures_with_the_headline_first():
    found = scores_of(tables(), "cnn", "emodb")
    assert [(one.task, one.metric) for one in found.within] == [
        ("categorical", "uar"),
        ("categorical", "macro_f1"),
        ("dimensional", "ccc"),
    ]


def test_comparisons_are_this_model_minus_the_other():
    first, second = scores_of(tables(), "cnn", "emodb").differences
    assert (first.other, first.value, first.low, first.high, first.p) == ("bilstm", -0.1, -0.3, -0.02, 0.03)
    assert (second.other, second.value) == ("gru", pytest.approx(0.1))


def test_methods_carry_what_they_saw_and_where_they_lose_on_the_card_and_in_its_text():
    def row(method, condition, sights="unlabelled utterances", **more):
        return {
            **dict.fromkeys(METHODS.columns, ""),
            **{"model": "cnn", "source": "emodb", "target": "nemo", "method": method, "rung": 1, "control": False},
            **{"condition": condition, "sights": sights, "metric": "uar", "group": "all", "value": 0.5, "low": 0.4},
            **{"high": 0.6, "loss": None, "loses": None, "exploration": None, "source_origin": "recorded"},
            **{"target_origin": "recorded", "num_utterances": 9, "num_speakers": 9, "num_draws": 1},
        } | more

    rows = [
        row("source_only", "as_is", "nothing", rung=0),
        row("by_corpus", "as_is", value=0.6),
        row("by_corpus", "skewed", value=0.3, loss=0.2, loses=True),
        row("by_corpus", "few=8", value=0.49, loss=0.01, loses=False),
        row("by_corpus", "as_is", group="sex=female"),
        row("by_corpus", "as_is", source="ravdess"),
    ]
    found = scores_of(replace(tables(), methods=METHODS.frame(rows)), "cnn", "emodb").methods
    assert [(one.method, one.sights, one.value, one.losses) for one in found] == [
        ("source_only", "nothing", 0.5, {}),
        ("by_corpus", "unlabelled utterances", 0.6, {"skewed": 0.2}),
    ]
    text = "\n".join(_by_methods(found))
    assert "| nemo | 1 | by_corpus | unlabelled utterances | 0.600 [0.400, 0.600] | skewed 0.20 |" in text
    assert "not to be ranked with each other" in text


def test_a_comparison_says_what_choices_have_seen_of_its_speakers():
    both = tables()
    words = "post-exploration: all of its speakers were seen while 12 alternatives were compared, until 2026-10"
    marked = both.differences.with_columns(exploration=pl.when(pl.col("second") == "gru").then(pl.lit(words)))
    blind, seen = scores_of(Tables(both.scores, marked), "cnn", "emodb").differences
    assert (blind.exploration, seen.exploration) == (None, words)
    *_, first, second = _differences([blind, seen])
    assert "post-exploration" not in first and "[+0.020, +0.300] post-exploration |" in second
    older = seen.model_dump(exclude={"exploration"})
    assert Compared.model_validate(older).exploration is None
