"""The train × test matrix: how models of one corpus perform on another."""

import numpy as np
from markupsafe import Markup

from zoo import corpora as facts
from zoo import labels, metrics, pages
from zoo.evaluation.baselines import BASELINES, CHANCE
from zoo.figures import results as draw
from zoo.reporting import marks
from zoo.reporting.results import Results, Row, with_interval

# what a task is compared by across corpora: the raters of another corpus did not choose between the same classes
ACROSS = {"categorical": "uar", "soft": "uar", "dimensional": "ccc"}


def matrix_section(results: Results) -> pages.Section:
    """Every model on every corpus, by task: classes in the scheme that is common to all."""
    blocks = [pages.paragraph(_method(results))]
    tasks = [task for task, metric in ACROSS.items() if len(results.across(task, metric))]
    for task in tasks:
        title = [pages.subtitle(f"Task: {task}")] if tasks != ["categorical"] else []
        blocks += [*title, *_matrix(results, task)]
    return pages.Section("Across corpora: train × test", blocks)


def _matrix(results: Results, task: str) -> list[Markup]:
    corpora, metric = results.study.corpora, metrics.get(ACROSS[task])
    what = metric.title if task == "dimensional" else f"{metric.title} in {results.study.cross_scheme}"
    rows: dict[tuple[str, str], dict[str, Row]] = {}
    for row in results.across(task, metric.name).iter_rows(named=True):
        rows.setdefault((row["source"], row["target"]), {})[row["model"]] = row
    names = [name for name in results.study.nested if any(name in each for each in rows.values())]
    baselines = [name for name in BASELINES if any(name in each for each in rows.values())]
    chance = next((each[CHANCE]["value"] for each in rows.values() if CHANCE in each), 0.0)
    order = [(source, target) for source in results.study.sources for target in corpora if (source, target) in rows]
    sources = list(dict.fromkeys(source for source, _ in order))
    shown = [_figure(name, what, rows, sources, corpora, chance, metric.title) for name in names]
    cells = [
        [f"train={source}", f"test={target}", *(_cell(rows[source, target], name) for name in (*baselines, *names))]
        for source, target in order
    ]
    return [
        marks.table(
            ["trained on", "tested on", *baselines, *names],
            cells,
            f"{what}, with intervals over the test corpus's speakers. Highlighted: within a "
            "corpus, on the test speakers of the folds. Others: the model of all speakers, on another corpus"
            f"{'; of a pool, models that were trained without the corpus' if results.study.pools else ''}.",
            emphasise=[at for at, (source, target) in enumerate(order) if source == target],
        ),
        *([pages.folded("The same as pictures, a model each", [pages.gallery(shown)])] if len(order) > 1 else []),
    ]


def _figure(
    name: str,
    what: str,
    rows: dict[tuple[str, str], dict[str, Row]],
    sources: list[str],
    corpora: list[str],
    chance: float,
    unit: str,
) -> Markup:
    values, lows = (
        np.array([[_value(rows, source, target, name, column) for target in corpora] for source in sources])
        for column in ("value", "low")
    )
    title = f"{name}: {what}{marks.signs_of(each[name] for each in rows.values() if name in each)}"
    names = [f"train={source}" for source in sources], [f"test={target}" for target in corpora]
    return marks.figure(
        draw.matrix(title, *names, values, lows, chance, unit),
        f"{name}: rows are the training corpus, columns the test corpus; dashed: its interval includes chance.",
    )


def _method(results: Results) -> str:
    scheme = results.study.cross_scheme
    mapped = [name for name in results.study.corpora if results.study.labels[name] != scheme]
    text = (
        f"In the scheme `{scheme}`, so that figures of all corpora are for the same classes: "
        f"{', '.join(_classes(results))}. "
    )
    if mapped:
        text += (
            f"Models of {', '.join(mapped)} were trained in another scheme; the probabilities of classes that merge "
            "are summed, those of classes not in the scheme are dropped and the rest renormalised (mode `mapped`). "
        )
    return text + "No data of the test corpus was used for training, tuning or normalisation."


def _classes(results: Results) -> list[str]:
    found: set[str] = set()
    for name in results.study.corpora:
        natives = list(facts.get(name).native_labels)
        found |= set(labels.classes(results.study.cross_scheme, name, natives))
    return sorted(found)


def _value(rows: dict[tuple[str, str], dict[str, Row]], source: str, target: str, name: str, column: str) -> float:
    row = rows.get((source, target), {}).get(name)
    return float("nan") if row is None or row[column] is None else float(row[column])


def _cell(row: dict[str, Row], name: str) -> str:
    if name not in row:
        return "–"
    value = row[name]["value"]
    return f"{value:.3f}" if name in BASELINES and value is not None else with_interval(row[name])
