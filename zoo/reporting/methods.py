"""The section on methods across corpora: what each was allowed to see, what it adds, and where it fails."""

from collections.abc import Iterator
from statistics import fmean

import polars as pl
from markupsafe import Markup

from zoo import pages
from zoo.reporting import ledger, marks
from zoo.reporting.method_figures import chance_of, gain_figures, heat_maps, seen_figures
from zoo.reporting.method_results import MethodResults
from zoo.reporting.method_tables import by_kind, friedman, listed, sex_gaps, stress_blocks
from zoo.reporting.pictures import picture_blocks
from zoo.reporting.results import Results, with_interval
from zoo.study.cross import SOURCE_ONLY
from zoo.tables.adapted import AS_IS
from zoo.tables.human_ceiling import LABEL

_LISTENERS = {
    "raters": "raters",
    "voice": "who only heard it",
    "face": "who only saw it",
    "both": "who saw and heard it",
}


def methods_section(results: Results) -> Iterator[pages.Section]:
    """No section if the study answers about other corpora by no method."""
    found = results.methods
    if found.figures.is_empty():
        return
    first, *others = _models(results)
    synthetic = "SYNTHETIC stand-ins. " if results.synthetic else ""
    blocks = [
        pages.paragraph(
            f"{synthetic}What can be done about the difference between corpora, on the embeddings of a trained "
            "network, and what that is allowed to see of the corpus that it is tested on, the target. Methods that see "
            "different things stand in lists of their own: more is always easier. In the scheme "
            f"`{results.study.cross_scheme}`."
        ),
        _ledger(found),
        *_ceiling(results),
        *_of_model(results, first),
        *(pages.folded(f"The same of {model}", list(_of_model(results, model))) for model in others),
        *picture_blocks(results, first),
    ]
    yield pages.Section("Methods across corpora", blocks)


def _models(results: Results) -> list[str]:
    """The models that methods work on, the best mean nested dev score first."""
    dev = results.search.group_by("model").agg(pl.col("dev_score").mean()).rows()
    scores = dict(dev)
    return sorted(results.methods.models, key=lambda name: (-(scores.get(name) or 0.0), name))


def _ledger(found: MethodResults) -> Markup:
    """What is seen, and by which methods."""
    rows = [
        [ledger.shown(sights), sights, ", ".join(one.name for one in methods)]
        for sights, methods in found.by_sights.items()
    ]
    seen = found.figures.filter(condition=AS_IS, method=SOURCE_ONLY, group="all", metric="uar")
    numbers = sorted(set(seen.select("target", "num_utterances").iter_rows()))
    targets = ", ".join(f"{number} of {target}" for target, number in numbers)
    return marks.table(
        ["icons", "what is seen of the target", "methods"],
        rows,
        "The ledger: what a method sees of the target before it answers. Its icons stand beside every name.",
        notes=[*ledger.legend(found.by_sights), *([f"All utterances are {targets}."] if targets else [])],
    )


def _ceiling(results: Results) -> Iterator[Markup]:
    """How well listeners do it, where there are votes."""
    rows = [
        [
            row["corpus"] + (" (SYNTHETIC)" if row["origin"] == "synthetic" else ""),
            _LISTENERS[row["listeners"]],
            _reference(row["label_source"], row["reference"]),
            with_interval(row),
            row["num_utterances"],
        ]
        for row in results.methods.ceiling.iter_rows(named=True)
    ]
    if rows:
        yield pages.subtitle("Human ceiling")
        yield marks.table(
            ["corpus", "listeners", "compared with", "UAR of one listener", "utterances"],
            rows,
            "How well a single listener answers what models are asked, where there are votes. With the own vote in it "
            "the majority is too easy, without it a little too hard: the ceiling lies between. Votes for other "
            "emotions than the scheme's do not count.",
        )


def _reference(label_source: str, reference: str) -> str:
    if label_source == "acted":
        return "what the actor was asked for"
    return "the majority, own vote included" if reference == LABEL else "the majority of the others"


def _of_model(results: Results, model: str) -> Iterator[Markup]:
    found = results.methods
    yield pages.subtitle(f"{model}: train × test by method")
    yield pages.paragraph(
        "UAR of models trained on the row's corpus, on that of the column, shaded from chance "
        f"({chance_of(results):.2f}) to 1; dashed: its interval includes chance. Methods that see labels are tested on "
        "fewer speakers, so their figures are of other utterances; gains below are of the same."
    )
    yield pages.gallery(heat_maps(results, model, found.methods))
    lists = []
    for sights, methods in found.by_sights.items():
        lists += [
            pages.subtitle(Markup("{} sees {}").format(ledger.shown(sights), sights)),
            listed(found, model, methods),
        ]
    yield pages.folded("The same as numbers, a list for each thing that is seen", lists)
    yield from _gains(results, model)
    if curves := seen_figures(results, model):
        yield pages.subtitle(f"{model}: how many utterances it takes")
        yield pages.paragraph(
            "UAR by the number of unlabelled utterances of the target that are seen; all are answered. A thin line is "
            "a cell, the strong one their mean."
        )
        yield pages.gallery(curves)
    if stress := list(stress_blocks(found, model)):
        yield pages.subtitle(f"{model}: under stress")
        yield from stress
    groups = [*sex_gaps(found, model), *by_kind(found, model)]
    if groups:
        yield pages.folded(f"{model} by sex, elicitation and language", groups)
    if tests := list(friedman(found, model)):
        yield pages.folded(f"{model}: tests of methods that see the same", tests)


def _gains(results: Results, model: str) -> Iterator[Markup]:
    figures = list(gain_figures(results, model))
    if figures:
        yield pages.subtitle(f"{model}: gains")
        yield pages.paragraph(
            f"UAR of each method minus that of `{SOURCE_ONLY}`, paired on the same utterances, with intervals over the "
            "target's speakers; a group is of methods that see the same. Strong: told apart from no difference "
            "(p < 0.05, corrected for all of the cell by Holm's method)."
        )
        yield pages.gallery(figures)


def means(found: MethodResults, sights: str) -> list[list[str]]:
    """For the terminal: the methods that see the same, a row each, with the mean UAR of each model's cells.

    Only over cells in which all of these methods answered.
    """
    methods = found.by_sights[sights]
    rows = []
    for one in methods:
        cells = []
        for model in found.models:
            common = [
                cell
                for cell in found.cells(model)
                if all((row := found.row(model, cell, other.name)) and row["value"] is not None for other in methods)
            ]
            own = [row for cell in common if (row := found.row(model, cell, one.name)) is not None]
            doubts = marks.signs_of(own)
            cells.append(f"{fmean(row['value'] for row in own):.3f}{doubts}" if own else "–")
        rows.append([one.name, f"{one.rung}{', control' if one.control else ''}", *cells])
    return rows
