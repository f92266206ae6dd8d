"""The best model of each corpus, named by the nested dev score before any test prediction is read."""

import json
from pathlib import Path
from typing import Any

from zoo.files import write_text

BEST = "best.json"


def write(found: dict[tuple[str, str], tuple[str, dict[str, Any]]], path: Path) -> None:
    """Write, for each corpus and dev measure, every model's nested dev score and which has the highest one.

    found: (corpus, model) -> its dev measure and the selection of its search. A model's nested dev score is the mean
    over its folds of the dev score of the configuration that was selected for them. Only models with the same measure
    are compared; ties go to the first in alphabetical order.
    """
    scores: dict[str, dict[str, dict[str, float]]] = {}
    for (corpus, model), (measure, selection) in sorted(found.items()):
        groups = selection["groups"]
        folds = sum(len(group["folds"]) for group in groups)
        total = sum(len(group["folds"]) * group["dev_score"] for group in groups)
        scores.setdefault(corpus, {}).setdefault(measure, {})[model] = round(total / folds, 6)
    named = {
        corpus: {measure: {"best": _highest(models), "dev_scores": models} for measure, models in measures.items()}
        for corpus, measures in scores.items()
    }
    write_text(path, json.dumps(named, indent=2, sort_keys=True) + "\n")


def _highest(models: dict[str, float]) -> str:
    return max(sorted(models), key=lambda name: models[name])
