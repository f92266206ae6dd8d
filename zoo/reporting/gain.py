"""The section on gain: what another distance from the microphone changes."""

from collections.abc import Iterator

import polars as pl

from zoo import metrics, pages
from zoo.reporting.results import Results, Row, with_interval
from zoo.tables.gain_figures import CHANGED

INDEPENDENT = "independent_6_db"
EVEN = ("minus_20_db", "minus_10_db", "plus_10_db", "plus_20_db")
EMOTIONS = ("anger", "sadness")  # the loudest and the quietest, as listeners know them
HEAD = (
    "model",
    "corpus",
    "as recorded",
    "gain drawn for each utterance",
    *(
        "answers changed by " + name.replace("minus_", "\u2212").replace("plus_", "+").replace("_db", " dB")
        for name in EVEN
    ),
    *(f"recall of {emotion}, as recorded \u2192 drawn" for emotion in EMOTIONS),
)


def gain_section(results: Results) -> Iterator[pages.Section]:
    """A row a model and corpus; no section if the study tests nothing under another gain."""
    if results.gain.is_empty():
        return
    rows = [
        _cells(results, model, corpus, task)
        for (corpus, model, task), _ in sorted(results.gain.group_by("source", "model", "task"))
    ]
    yield pages.Section(
        "Another gain",
        [
            pages.paragraph(
                "How loud a recording is depends on the microphone and its distance more than on the emotion. Here "
                "every test utterance is multiplied by one factor, with nothing clipped, and asked about again: by "
                "the same gain for all, and by gains drawn for each utterance with a standard deviation of 6 dB."
            ),
            pages.table(HEAD, rows, "The headline figure of each model's task. Recall: of the classes that occur."),
        ],
    )


def _cells(results: Results, model: str, corpus: str, task: str) -> list[str]:
    headline = metrics.HEADLINE[task]
    recorded = results.within(corpus).filter(model=model, task=task)
    gained = results.gain.filter(model=model, source=corpus, task=task)
    drawn = gained.filter(condition=INDEPENDENT)
    changed = (_one(gained.filter(condition=name, metric=CHANGED)) for name in EVEN)
    cells = [
        model,
        corpus,
        *(with_interval(_one(some.filter(metric=headline, group="all"))) for some in (recorded, drawn)),
    ]
    cells += ["\u2013" if row is None else f"{100 * row['value']:.1f} %" for row in changed]
    for emotion in EMOTIONS:
        both = [_one(some.filter(metric="recall", group=f"class={emotion}")) for some in (recorded, drawn)]
        cells.append(" \u2192 ".join("\u2013" if row is None else f"{row['value']:.2f}" for row in both))
    return cells


def _one(rows: pl.DataFrame) -> Row | None:
    return rows.row(0, named=True) if len(rows) else None
