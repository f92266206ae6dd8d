"""The result of a search: the configuration for every group of folds, and the one for the release."""

import hashlib
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from zoo.errors import ZooError
from zoo.execute.kept import warn_changed
from zoo.study.study import Study

if TYPE_CHECKING:
    from zoo.folds.search_groups import SearchGroup

ScoreOf = Callable[[int, list[int]], float]

# apart from the selections, so that these stay the same, and with them releases, when a search only gets a new key
KEPT = "kept.json"


def select(groups: "list[SearchGroup]", rows: list[dict[str, Any]], score: ScoreOf, average: int = 1) -> dict[str, Any]:
    """Per group the configurations with the best dev scores; for the release those with the best mean over the groups.

    rows: of the TRIALS table. score(group, config_ids): the dev score of the mean of their answers. average: how many
    configurations answer together. Ties go to the lower dev loss, then to the earlier configuration.
    """
    selection: dict[str, Any] = {"groups": [], "trials": rows}
    for number, group in enumerate(groups):
        own = [row for row in rows if row["group"] == number]
        own.sort(key=lambda row: (-row["dev_score"], row["dev_loss"], row["config_id"]))
        selection["groups"].append(
            {
                "folds": list(group.folds),
                "train_speakers": list(group.train),
                "dev_speakers": list(group.dev),
                "members": [_member(row) for row in own[:average]],
                "dev_score": score(number, [row["config_id"] for row in own[:average]]),
            }
        )
    by_config: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        by_config.setdefault(row["config_id"], []).append(row)
    means = {
        number: (_mean(row["dev_score"] for row in part), -_mean(row["dev_loss"] for row in part))
        for number, part in by_config.items()
    }
    best = sorted(means, key=lambda number: (-means[number][0], -means[number][1], number))[:average]
    selection["release"] = {
        "members": [
            _member(by_config[number][0], median(row["output_scale"] for row in by_config[number])) for number in best
        ],
        "mean_dev_score": _mean(score(number, best) for number in range(len(groups))),
    }
    return selection


def selected_as_published(
    groups: "list[SearchGroup]", rows: list[dict[str, Any]], best: int, test_score: float
) -> dict[str, Any]:
    """One configuration for every group, and none for a release. test_score: what it was chosen by."""
    [member] = [_member(row) for row in rows if (row["group"], row["config_id"]) == (0, best)]
    return {
        "selection": "as_published",
        "groups": [{"folds": list(group.folds), "members": [member], "test_score": test_score} for group in groups],
        "trials": rows,
        "release": {"members": [], "mean_dev_score": None},
    }


def _member(row: dict[str, Any], scale: float | None = None) -> dict[str, Any]:
    """The configuration of a trial; of what is fitted at once with the factor on its outputs. scale: that of several
    groups."""
    config = json.loads(row["config"])
    if config["learning_rate"] is None:
        config["output_scale"] = row["output_scale"] if scale is None else scale
    return {"config_id": row["config_id"], "config": config}


def read_selection(study: Study, corpus: str, model: str) -> dict[str, Any]:
    """What the search selected. Raises ZooError if the file is missing or is not what the search wrote."""
    path = study.derived / "tuned" / model / f"{corpus}.json"
    known = written(study.derived / "tuned" / KEPT).get(name_of(path), {})
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ZooError(f"{path} is missing", "run `dvc repro` to make it") from error
    if hashlib.sha256(content).hexdigest() != known.get("sha256"):
        raise ZooError(f"{path} was changed since the search wrote it", "run `dvc repro` to make it again")
    return dict(json.loads(content))


def written(path: Path) -> dict[str, dict[str, str]]:
    """The keys and hashes that the previous search wrote; empty if the file is missing or damaged."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return {name: dict(entry) for name, entry in found.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, AttributeError, TypeError):
        warn_changed(path)
        return {}


def name_of(path: Path) -> str:
    """model@corpus of a selection's file."""
    return f"{path.parent.name}@{path.stem}"


def _mean(values: Iterable[float]) -> float:
    numbers = list(values)
    return sum(numbers) / len(numbers)
