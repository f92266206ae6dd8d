"""The train × test matrix: how models of one corpus perform on another."""

import numpy as np

from zoo import labels, pages
from zoo.evaluation.baselines import CHANCE, MAJORITY
from zoo.figures import results as draw
from zoo.figures.results import Figures
from zoo.reporting.results import Results, Row, with_interval


def matrix_section(results: Results, figures: Figures) -> pages.Section:
    """UAR of every model on every corpus, in the scheme that is common to all."""
    scheme, corpora = results.study.cross_scheme, results.study.corpora
    rows: dict[tuple[str, str], dict[str, Row]] = {}
    for row in results.across().iter_rows(named=True):
        rows.setdefault((row["source"], row["target"]), {})[row["model"]] = row
    names = [name for name in results.study.models if any(name in each for each in rows.values())]
    chance = next((each[CHANCE]["value"] for each in rows.values() if CHANCE in each), 0.0)
    for name in names:
        values = np.array([[_value(rows, source, target, name) for target in corpora] for source in corpora])
        figures[f"matrix-{name}"] = draw.matrix(f"{name}: UAR in {scheme}", corpora, values, chance)
    order = [(source, target) for source in corpora for target in corpora if (source, target) in rows]
    return pages.Section(
        "Across corpora: train × test",
        [
            pages.paragraph(_method(results)),
            pages.gallery(
                [
                    pages.figure(
                        figures[f"matrix-{name}"], f"{name}: rows are the training corpus, columns the test corpus."
                    )
                    for name in names
                ]
            ),
            pages.table(
                ["trained on", "tested on", "chance", "majority", *names],
                [
                    [
                        f"train={source}",
                        f"test={target}",
                        *(_cell(rows[source, target], name) for name in (CHANCE, MAJORITY, *names)),
                    ]
                    for source, target in order
                ],
                f"UAR in the scheme {scheme}, with intervals over the test corpus's speakers. Highlighted: within a "
                "corpus, on the test speakers of the folds. Others: the model of all speakers, on another corpus.",
                emphasise=[at for at, (source, target) in enumerate(order) if source == target],
            ),
        ],
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
        natives = results.manifests[name]["native_label"].unique().to_list()
        found |= set(labels.classes(results.study.cross_scheme, name, natives))
    return sorted(found)


def _value(rows: dict[tuple[str, str], dict[str, Row]], source: str, target: str, name: str) -> float:
    row = rows.get((source, target), {}).get(name)
    return float("nan") if row is None or row["value"] is None else float(row["value"])


def _cell(row: dict[str, Row], name: str) -> str:
    if name not in row:
        return "–"
    return f"{row[name]['value']:.3f}" if name in (CHANCE, MAJORITY) else with_interval(row[name])
