"""The train × test matrix: how models of one corpus perform on another."""

import numpy as np
from markupsafe import Markup

from zoo import labels, metrics, pages
from zoo.evaluation.baselines import BASELINES, CHANCE
from zoo.figures import results as draw
from zoo.figures.results import Figures
from zoo.reporting.results import Results, Row, with_interval

# what a task is compared by across corpora: the raters of another corpus did not choose between the same classes
ACROSS = {"categorical": "uar", "soft": "uar", "dimensional": "ccc"}


def matrix_section(results: Results, figures: Figures) -> pages.Section:
    """Every model on every corpus, by task: classes in the scheme that is common to all."""
    blocks = [pages.paragraph(_method(results))]
    tasks = [task for task, metric in ACROSS.items() if len(results.across(task, metric))]
    for task in tasks:
        title = [pages.subtitle(f"Task: {task}")] if tasks != ["categorical"] else []
        blocks += [*title, *_matrix(results, task, figures)]
    return pages.Section("Across corpora: train × test", blocks)


def _matrix(results: Results, task: str, figures: Figures) -> list[Markup]:
    corpora, metric = results.study.corpora, metrics.get(ACROSS[task])
    what = metric.title if task == "dimensional" else f"{metric.title} in {results.study.cross_scheme}"
    rows: dict[tuple[str, str], dict[str, Row]] = {}
    for row in results.across(task, metric.name).iter_rows(named=True):
        rows.setdefault((row["source"], row["target"]), {})[row["model"]] = row
    names = [name for name in results.study.nested if any(name in each for each in rows.values())]
    baselines = [name for name in BASELINES if any(name in each for each in rows.values())]
    chance = next((each[CHANCE]["value"] for each in rows.values() if CHANCE in each), 0.0)
    own = "matrix" if task == "categorical" else f"matrix-{task}"
    for name in names:
        values = np.array([[_value(rows, source, target, name) for target in corpora] for source in corpora])
        figures[f"{own}-{name}"] = draw.matrix(f"{name}: {what}", corpora, values, chance)
    order = [(source, target) for source in results.study.sources for target in corpora if (source, target) in rows]
    shown = [
        pages.figure(figures[f"{own}-{name}"], f"{name}: rows are the training corpus, columns the test corpus.")
        for name in names
    ]
    cells = [
        [f"train={source}", f"test={target}", *(_cell(rows[source, target], name) for name in (*baselines, *names))]
        for source, target in order
    ]
    return [
        pages.gallery(shown),
        pages.table(
            ["trained on", "tested on", *baselines, *names],
            cells,
            f"{what}, with intervals over the test corpus's speakers. Highlighted: within a "
            "corpus, on the test speakers of the folds. Others: the model of all speakers, on another corpus"
            f"{'; of a pool, models that were trained without the corpus' if results.study.pools else ''}.",
            emphasise=[at for at, (source, target) in enumerate(order) if source == target],
        ),
    ]


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
        natives = results.manifests[name]["native_label"].unique().to_list()
        found |= set(labels.classes(results.study.cross_scheme, name, natives))
    return sorted(found)


def _value(rows: dict[tuple[str, str], dict[str, Row]], source: str, target: str, name: str) -> float:
    row = rows.get((source, target), {}).get(name)
    return float("nan") if row is None or row["value"] is None else float(row["value"])


def _cell(row: dict[str, Row], name: str) -> str:
    if name not in row:
        return "–"
    value = row[name]["value"]
    return f"{value:.3f}" if name in BASELINES and value is not None else with_interval(row[name])
