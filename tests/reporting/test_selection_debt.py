"""The section on selection debt says what is reported, repeated and nested, and the gap with its interval and p."""

from types import SimpleNamespace

import polars as pl

from zoo.reporting.selection_debt import debt_section, debts
from zoo.tables.selection_debt import FIGURES, SELECTION_DEBT


def row(figure, value, low=None, high=None, p=None, seeds=3, explored=None):
    facts = {
        "study": "s",
        "corpus": "ravdess",
        "model": "as_published",
        "twin": "nested",
        "task": "categorical",
        "scheme": "native",
        "protocol": "luna_jimenez",
        "metric": "uar",
        "selection": "nested" if figure == "nested" else "as_published",
        "how": "how",
        "num_speakers": 24,
        "origin": "recorded",
    }
    return facts | {
        "figure": figure,
        "value": value,
        "low": low,
        "high": high,
        "p": p,
        "num_seeds": seeds,
        "exploration": explored,
    }


def test_a_table_has_every_figure_and_marks_the_debt():
    rows = [
        row("published", 0.652, seeds=None),
        row("as_published", 0.49, 0.449, 0.53, seeds=1, explored="chosen by them"),
        row("nested", 0.461, 0.414, 0.508, explored="post-exploration: all of its speakers"),
        row("debt", 0.029, -0.007, 0.065, 0.113),
    ]
    results = SimpleNamespace(debt=SELECTION_DEBT.frame(rows))
    [(title, cells, marked)] = debts(results)
    assert "as_published (as published) and nested (nested) on ravdess, luna_jimenez" in title
    assert [line[1:3] for line in cells] == [
        ("0.652 ‡", "–"),
        ("0.490 [0.449, 0.530] ‡", "1"),
        ("0.461 [0.414, 0.508] †", "3"),
        ("+0.029 [-0.007, +0.065], p = 0.113", "3"),
    ]
    assert cells[marked][0].startswith("selection debt")
    assert [figure for figure in FIGURES if figure in {one["figure"] for one in rows}] == [
        one["figure"] for one in rows
    ]


def test_without_a_model_selected_as_published_there_is_no_section():
    assert not list(debt_section(SimpleNamespace(debt=pl.DataFrame())))
