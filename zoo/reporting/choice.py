"""The opening of the report: which model for what, and all models in pictures."""

from collections.abc import Iterable, Iterator
from statistics import fmean

import numpy as np
from markupsafe import Markup

from zoo import metrics, pages
from zoo.evaluation.baselines import CHANCE
from zoo.figures import results as draw
from zoo.figures.results import Figures
from zoo.reporting import marks
from zoo.reporting.across import ACROSS
from zoo.reporting.leaderboard import BASELINES, Line, best_of, leaderboard, tasks_of
from zoo.reporting.results import Results, Row, knows_no_speakers, with_interval

HEAD = ("for", "take", "figure", "chance", "how it was chosen")
BY_DEV = "best nested dev score"


def choice_section(results: Results, figures: Figures) -> pages.Section:
    """A table with the choices, then the figures of all models within each corpus, and the matrix across corpora."""
    rows = [*_within(results), *_across(results), *_cheapest(results)]
    drawn = [_picture(results, corpus, task, figures) for corpus, task in _places(results)]
    return pages.Section(
        "Which model for what",
        [
            marks.table(
                HEAD,
                rows,
                "Intervals over speakers in brackets. A nested dev score names a model before any test figure is read.",
            ),
            pages.gallery([*drawn, *_matrix(results, figures)]),
        ],
    )


def _places(results: Results) -> list[tuple[str, str]]:
    return [(corpus, task) for corpus in results.study.sources for task in tasks_of(results, corpus)]


def name_of(results: Results, corpus: str) -> str:
    """A corpus as pictures and tables of figures name it: stand-ins are said to be SYNTHETIC."""
    return f"{corpus} (SYNTHETIC)" if corpus in results.synthetic else corpus


def _within(results: Results) -> Iterator[list[str]]:
    """For new speakers of each corpus, or other recordings of unknown ones, the one with the best nested dev score."""
    for corpus, task in _places(results):
        lines = leaderboard(results, corpus, task)
        best = next(line for line in lines if line.is_best)
        chance = next((line.headline["value"] for line in lines if line.model == CHANCE), None)
        of = "" if task == "categorical" else f", task {task}"
        who = "corpora left out of training" if corpus in results.study.pools else "new speakers"
        if knows_no_speakers(results, corpus):
            who = "other recordings"
        yield [
            f"{who} of {name_of(results, corpus)}{of}",
            best.model,
            f"{metrics.headline(task).title} {with_interval(best.headline)}",
            "–" if chance is None else f"{chance:.3f}",
            BY_DEV,
        ]


def _across(results: Results) -> Iterator[list[str]]:
    """For a corpus that a model was not trained on, the one with the best mean figure; of corpora, or of a pool."""
    for task, metric in ACROSS.items():
        found: dict[str, list[Row]] = {}
        chance = None
        for row in results.across(task, metric).iter_rows(named=True):
            if row["source"] == row["target"] or row["value"] is None:
                continue
            if row["model"] == CHANCE:
                chance = row["value"]
            if row["model"] not in BASELINES:
                pool = f" trained on {row['source']}" if row["source"] in results.study.pools else ""
                found.setdefault(f"{row['model']}{pool}", []).append(row)
        if not found:
            continue
        values = {name: [float(row["value"]) for row in rows] for name, rows in found.items()}
        best = max(sorted(values), key=lambda name: fmean(values[name]))
        doubts = marks.signs_of(found[best]) + (f" {marks.BEST_OF_TEST.sign}" if len(values) > 1 else "")
        own, title = values[best], metrics.get(metric).title
        spread = f", mean of {len(own)} pairs of corpora, {min(own):.3f} to {max(own):.3f}" if len(own) > 1 else ""
        yield [
            "speech of another corpus" + ("" if task == "categorical" else f", task {task}"),
            best,
            f"{title} {fmean(own):.3f}{doubts}{spread}",
            "–" if chance is None else f"{chance:.3f}",
            f"best of {len(values)} by these test figures" if len(values) > 1 else "the only one",
        ]


def _cheapest(results: Results) -> Iterator[list[str]]:
    """The smallest model, where all sizes are known, and the one that was trained fastest, with their figures."""
    sizes: dict[str, list[int]] = {}
    for row in results.search.iter_rows(named=True):
        if row["num_parameters"] is not None:
            sizes.setdefault(row["model"], []).append(row["num_parameters"])
    seconds: dict[str, float] = {}
    for row in results.costs.iter_rows(named=True):
        known = [row[name] for name in ("search_s", "training_s") if row[name] is not None]
        if known:
            seconds[row["model"]] = seconds.get(row["model"], 0.0) + sum(known)
    if len(sizes) > 1 and set(sizes) >= set(results.search["model"]):
        small = min(_models(sizes), key=lambda name: max(sizes[name]))
        input_of = results.study.models[small].input
        what = "weights beside its encoder's" if "checkpoint" in results.study.inputs[input_of] else "weights"
        yield ["least memory", small, _figures(results, small), "–", f"{max(sizes[small]):,} {what} at most"]
    if len(seconds) > 1:
        fast = min(_models(seconds), key=lambda name: seconds[name])
        how = f"{seconds[fast]:.0f} of {sum(seconds.values()):.0f} s of search and training"
        yield ["shortest training", fast, _figures(results, fast), "–", how]


def _models(names: Iterable[str]) -> list[str]:
    """Without baselines, unless there is nothing else."""
    return sorted(set(names) - set(BASELINES)) or sorted(names)


def _figures(results: Results, model: str) -> str:
    found: list[str] = []
    for corpus, task in _places(results):
        line = next((line for line in leaderboard(results, corpus, task) if line.model == model), None)
        if line is not None and line.headline["value"] is not None:
            value = f"{line.headline['value']:.3f}{marks.signs(line.headline)}"
            title = metrics.headline(task).title
            found.append(f"{'' if found and title in found[0] else f'{title} '}{value} on {corpus}")
    return ", ".join(found) or "–"


def _picture(results: Results, corpus: str, task: str, figures: Figures) -> Markup:
    """All models of a corpus with their intervals; the best by dev score is strong."""
    lines = leaderboard(results, corpus, task)
    headline, best = metrics.headline(task), best_of(lines)
    shown = [line for line in lines if line.model != CHANCE and line.headline["value"] is not None]
    bounds = [None if line.headline["low"] is None else (line.headline["low"], line.headline["high"]) for line in shown]
    chance = next((line.headline["value"] for line in lines if line.model == CHANCE), None)
    dashed = "; the dashed line is chance" if chance is not None else ""
    name = f"{headline.name.replace('_', '-')}-{corpus}"
    figures[name] = draw.intervals(
        f"{headline.title} on {name_of(results, corpus)}",
        [_label(line) for line in shown],
        [line.headline["value"] for line in shown],
        bounds,
        chance,
        [line.model == best for line in shown],
        f"{headline.title}{dashed or f'; {headline.better} is better'}",
    )
    figures_said = ", ".join(f"{line.model} {line.headline['value']:.2f}" for line in shown)
    return marks.figure(
        figures[name],
        f"{headline.title} of all models on {corpus} with intervals over speakers{dashed}. Strong: {best}, the best by "
        "dev score.",
        f"{headline.title} on {corpus}: {figures_said}",
    )


def _label(line: Line) -> str:
    signs = marks.signs(line.headline).strip() + (marks.BEST_OF_TEST.sign if line.is_top else "")
    return f"{line.model} {signs}".strip()


def _matrix(results: Results, figures: Figures) -> Iterator[Markup]:
    """Train × test of each source's best model by dev score."""
    rows = results.across("categorical", ACROSS["categorical"])
    corpora = [name for name in results.study.corpora if name in set(rows["target"])]
    sources = [name for name in results.study.sources if name in set(rows["source"])]
    if len(corpora) < 2:
        return
    best = {name: best_of(leaderboard(results, name)) for name in sources if "categorical" in tasks_of(results, name)}
    found = {(row["source"], row["target"], row["model"]): row for row in rows.iter_rows(named=True)}
    cells = [[found.get((source, target, model)) for target in corpora] for source, model in best.items()]
    values = np.array([[_number(row, "value") for row in line] for line in cells])
    lows = np.array([[_number(row, "low") for row in line] for line in cells])
    chance = next((row["value"] for row in found.values() if row["model"] == CHANCE), 0.0)
    doubts = marks.signs_of(row for line in cells for row in line if row is not None)
    title = f"Train × test{' (SYNTHETIC)' if results.synthetic else ''}{doubts}"
    names = [f"train={source}\n({model})" for source, model in best.items()]
    figures["matrix"] = draw.matrix(title, names, [f"test={name}" for name in corpora], values, lows, chance)
    said = ", ".join(
        f"{source} to {target} {value:.2f}"
        for source, line in zip(best, values, strict=True)
        for target, value in zip(corpora, line, strict=True)
        if not np.isnan(value)
    )
    yield marks.figure(
        figures["matrix"],
        f"UAR in {results.study.cross_scheme} of the best model of each training corpus by dev score, on each test "
        f"corpus. The shade runs from chance ({chance:.2f}) to 1; a dashed border: its interval includes chance.",
        f"UAR by training and test corpus: {said}; chance is {chance:.2f}",
    )


def _number(row: Row | None, column: str) -> float:
    value = None if row is None else row[column]
    return float("nan") if value is None else float(value)
