"""The hyperparameter search: how many configurations, what was chosen, and how training went."""

import json
from collections.abc import Iterator
from math import isfinite, nan
from typing import Any

from markupsafe import Markup

from zoo import pages
from zoo.figures import trust as draw
from zoo.figures.results import Figures
from zoo.reporting.results import Results

HEAD = ("model", "corpus", "configurations", "groups", "best dev score, by group", "range of dev score", "release")


def search_section(results: Results, figures: Figures) -> pages.Section:
    """The search: the number of configurations, their data, their dev scores, and learning curves."""
    found = {(row["corpus"], row["model"]): row for row in results.search.iter_rows(named=True)}
    if not found:
        return pages.Section("Hyperparameter search", [pages.paragraph("This study has no hyperparameter search.")])
    order = [(corpus, name) for corpus in results.study.sources for name in results.study.nested]
    rows = [
        [
            row["model"],
            row["corpus"],
            row["num_configurations"],
            row["num_groups"],
            ", ".join(row["by_group"].split()),
            f"{row['low']:.3f}–{row['high']:.3f}",
            readable(row["config"]),
        ]
        for row in (found[place] for place in order if place in found)
    ]
    return pages.Section(
        "Hyperparameter search",
        [
            pages.paragraph(
                "The search is nested in the cross-validation. The folds of a corpus are divided into groups. For each "
                "group every model tries the same number of configurations, with the same budget, on training "
                "and dev speakers outside that group; the one with the best dev score is used for its folds. So "
                "no configuration was chosen with the help of its test speakers."
            ),
            pages.table(
                HEAD,
                rows,
                "The release uses the configuration with the best mean dev score over the groups. A dev score is no "
                "result: it is optimistic, since the configuration was chosen by it.",
            ),
            *_curves(results, figures),
        ],
    )


def readable(config: str) -> str:
    """Hyperparameters as words and numbers, from JSON; those that a model does not have are left out.

    >>> readable('{"hyperparameters": {"width": 16}, "learning_rate": 0.00171, "weight_decay": null}')
    'width 16, learning rate 0.00171'
    """
    return ", ".join(_words(json.loads(config)))


def _words(values: dict[str, Any]) -> Iterator[str]:
    for key, value in values.items():
        if isinstance(value, dict):
            yield from _words(value)
        elif value is not None:
            shown = f"{value:.3g}" if isinstance(value, float) else str(value)
            yield f"{key.replace('_', ' ')} {shown}"


def _curves(results: Results, figures: Figures) -> Iterator[Markup]:
    """A figure a model and corpus; a sentence where a study has none."""
    if results.curves.is_empty():
        yield pages.paragraph(
            "There are no learning curves: they are kept since November 2026, and are made when the search runs again."
        )
        return
    yield pages.subtitle("Learning curves")
    for corpus in results.study.sources:
        drawn = []
        for name in results.study.nested:
            trials = results.curves.filter(corpus=corpus, model=name)
            if trials["dev_scores"].list.len().max() in (None, 1):
                continue  # a single epoch is no curve
            [measure] = results.search.filter(corpus=corpus, model=name)["measure"]
            curves = list(trials.select("dev_scores", "is_chosen").iter_rows())
            title = f"{name} on {corpus}{' (SYNTHETIC)' if corpus in results.synthetic else ''}"
            key = f"learning-{corpus}-{name}"
            figures[key] = draw.learning_curves(title, measure, curves)
            best = ", ".join(f"{max(filter(isfinite, scores), default=nan):.2f}" for scores, chosen in curves if chosen)
            caption = f"{name} on {corpus}: {len(curves)} trials; chosen ones reach {best}."
            drawn.append(pages.figure(figures[key], caption))
        if drawn:
            yield pages.gallery(drawn)
    yield pages.paragraph(
        "A line is a trial: its dev score after every epoch, on dev speakers. Strong: the one that was chosen for its "
        "group of folds, with a dot at its best epoch, which is the one that is used."
    )
