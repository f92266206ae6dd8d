"""Every paired comparison of a study, from its predictions: the only place where p-values of a study are computed."""

from collections.abc import Mapping
from itertools import combinations
from typing import Any

import numpy as np
import polars as pl

from zoo import metrics
from zoo.evaluation.comparison import compared, difference, holm
from zoo.evaluation.counting import NO_SPEAKERS, SET, by_speaker, occurring
from zoo.evaluation.scores import check_same_utterances, mode_of, outputs_of, with_release_protocol
from zoo.study.exploration import Exploration, explored
from zoo.tables.differences import DIFFERENCES


def differences(
    predictions: pl.DataFrame, study: str, confidence: float, exploration: Mapping[str, Exploration] | None = None
) -> pl.DataFrame:
    """The differences (see zoo.tables.differences) of predictions, as `in_all_schemes` gives them.

    Each pair of models that were tested on the same utterances in the same way is compared by the headline metric of
    their task. Holm's correction is for all pairs of a leaderboard that have a p. Baselines without a training are not
    compared.
    exploration: by corpus, what choices have seen of its speakers before; comparisons over these say so.
    Raises ZooError where models were tested on different utterances.
    """
    check_same_utterances(predictions)
    outputs = outputs_of(predictions)
    rows: list[dict[str, Any]] = []
    for part in with_release_protocol(predictions).partition_by(SET[1:], maintain_order=True):
        first = part.row(0, named=True)
        shared = {"study": study, "mode": mode_of(first)} | first
        names = outputs.get((first["source"], first["scheme"]), ())
        rows += _leaderboard(part, shared, names, confidence, exploration or {})
    return DIFFERENCES.check(DIFFERENCES.frame(rows), "differences")


def _leaderboard(
    part: pl.DataFrame,
    shared: dict[str, Any],
    outputs: tuple[str, ...],
    confidence: float,
    exploration: Mapping[str, Exploration],
) -> list[dict[str, Any]]:
    metric = metrics.headline(shared["task"])
    classes = tuple(sorted({*occurring(part), *outputs}))
    models = {
        str(name): by_speaker(rows, classes, outputs=outputs)
        for (name,), rows in sorted(part.partition_by("model", as_dict=True, maintain_order=True).items())
    }
    known = {name: found for name, found in models.items() if found.answers.has(metric.needs)}
    rows = []
    for first, second in combinations(known, 2):
        found = difference(known[first], known[second], confidence, metric)
        over = compared(known[first], known[second], metric)
        speakers = [speaker for speaker, counts in zip(known[first].speakers, over, strict=True) if counts]
        rows.append(
            shared
            | {"metric": metric.name, "first": first, "second": second}
            | {name: getattr(found, name) for name in ("low", "high", "p", "detectable", "how", "num_speakers")}
            | ({"how": NO_SPEAKERS, "num_speakers": 0} if known[first].anonymous else {})
            | {"value": None if np.isnan(found.value) else found.value}
            | {"exploration": explored(exploration, shared["target"], speakers)}
        )
    corrected = holm([row["p"] for row in rows])
    return [row | {"p_holm": p} for row, p in zip(rows, corrected, strict=True)]
