"""The section on gain: what another distance from the microphone changes."""

from collections.abc import Iterator

import polars as pl

from zoo import corpora, labels, metrics, pages
from zoo.errors import ZooError
from zoo.reporting import marks
from zoo.reporting.results import Results, Row, with_interval
from zoo.tables.gain import EVEN, INDEPENDENT, SIGMA_DB
from zoo.tables.gain_figures import CHANGED

EMOTIONS = ("anger", "sadness")  # the loudest and the quietest, as listeners know them
GAINS = " / ".join(f"{gain:+g}" for gain in EVEN.values())
HEAD = ("model", "corpus", "as recorded", "gain drawn", "changed, %", *EMOTIONS, "next corpus")


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
                "the same gain for all, and by gains drawn for each utterance with a standard deviation of "
                f"{SIGMA_DB:g} dB."
            ),
            marks.table(
                HEAD,
                rows,
                "The headline figure of each model's task, the percentage of answers that the same gain for all "
                f"({GAINS} dB) changes, and the recall of {' and '.join(EMOTIONS)}, as recorded and with drawn gains. "
                "Beside it the headline figure on the other corpora, in the classes that all have; intervals above.",
            ),
        ],
    )


def _cells(results: Results, model: str, corpus: str, task: str) -> list[str]:
    headline = metrics.HEADLINE[task]
    recorded = results.within(corpus).filter(model=model, task=task)
    gained = results.gain.filter(model=model, source=corpus, task=task)
    drawn = gained.filter(condition=INDEPENDENT)
    changed = [_one(gained.filter(condition=name, metric=CHANGED)) for name in EVEN]
    figures = (_one(some.filter(metric=headline, group="all")) for some in (recorded, drawn))
    shares = " / ".join("\u2013" if row is None else f"{100 * row['value']:.1f}" for row in changed)
    if any(row["exploration"] for row in changed if row is not None):
        shares += f" {marks.POST_EXPLORATION.sign}"
    cells = [model, corpus, *map(with_interval, figures), shares if any(changed) else "\u2013"]
    for emotion in EMOTIONS:
        groups = [f"class={name}" for name in _classes(results, corpus, emotion)]
        both = [_one(some.filter(pl.col("group").is_in(groups), metric="recall")) for some in (recorded, drawn)]
        cells.append(" \u2192 ".join("\u2013" if row is None else f"{row['value']:.2f}" for row in both))
    return [*cells, _next(results, model, corpus, task)]


def _next(results: Results, model: str, corpus: str, task: str) -> str:
    """The headline figure on every other corpus; its interval stands in the section across corpora."""
    rows = results.across(task, metrics.HEADLINE[task]).filter(model=model, source=corpus).sort("target")
    found = [
        f"{row['target']} {row['value']:.3f}{marks.signs(row)}"
        for row in rows.iter_rows(named=True)
        if row["target"] != corpus and row["value"] is not None
    ]
    return ", ".join(found) or "\u2013"


def _classes(results: Results, corpus: str, emotion: str) -> list[str]:
    """The corpus's classes, in the scheme of its study, that are an emotion in the cross scheme; none if they cannot be
    mapped to it, or if that has no such emotion."""
    if corpus in results.study.unions:
        return [emotion]
    native = list(corpora.get(corpus).native_labels)
    try:
        known = labels.class_mapping(corpus, native, results.study.labels[corpus], results.study.cross_scheme)
    except ZooError:
        return []
    return [name for name, of in known.items() if of == emotion]


def _one(rows: pl.DataFrame) -> Row | None:
    return rows.row(0, named=True) if len(rows) else None
