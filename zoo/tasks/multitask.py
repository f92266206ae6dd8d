"""Several tasks at once: one network, the outputs of all tasks side by side, a weighted sum of their losses."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import polars as pl
from pydantic import Field

from zoo.errors import WRONG_USAGE, ZooError
from zoo.study.configured import Configurable, made, options_of
from zoo.study.section import Name, Section
from zoo.tasks.contract import Loss, Maker, Numbers, Task, usable

if TYPE_CHECKING:
    from torch import Tensor


class Options(Section):
    """parts: the type of each task, with its weight in the sum (`weight`, 1 if it is not stated) and its options."""

    parts: Annotated[dict[Name, dict[str, Any]], Field(min_length=2)]


class Weight(Section):
    weight: Annotated[float, Field(gt=0, le=1e6)] = 1.0


def _make(options: Options) -> Maker:
    from zoo.tasks import REGISTRY

    makers, weights = [], []
    for name, part in options.parts.items():
        if name == "multitask":
            raise ZooError("a multitask cannot be a part of another one", "list all parts in one", WRONG_USAGE)
        own = {key: value for key, value in part.items() if key != "weight"}
        makers.append(made(REGISTRY, name, own, f"the part {name}"))
        given = {key: value for key, value in part.items() if key == "weight"}
        weights.append(options_of(Weight, given, f"the part {name}").weight)
    return lambda classes: combined([make(classes) for make in makers], weights)


def combined(tasks: Sequence[Task], weights: Sequence[float]) -> Task:
    """The task of all tasks: outputs and targets side by side. The dev score is the weighted mean of the dev scores of
    those whose answers are seen: what only helps must not decide.

    Raises ZooError if there are none of these.
    """
    ends = np.cumsum([task.num_outputs for task in tasks]).tolist()
    spans = [slice(end - task.num_outputs, end) for end, task in zip(ends, tasks, strict=True)]
    seen = [number for number, task in enumerate(tasks) if task.answers is not None]
    if not seen:
        raise ZooError(
            "no part of the multitask has answers that are scored", "add one, such as categorical", WRONG_USAGE
        )

    def loss(training: Numbers) -> Loss:
        losses = [task.loss(training[:, span]) for task, span in zip(tasks, spans, strict=True)]

        def total(outputs: "Tensor", targets: "Tensor", among: "Tensor | None" = None) -> "Tensor":
            parts = [
                weight * one(outputs[:, span], targets[:, span], None if among is None else among[:, span])
                for one, span, weight in zip(losses, spans, weights, strict=True)
            ]
            return sum(parts[1:], parts[0])

        return total

    def dev_score(outputs: Numbers, targets: Numbers) -> float:
        scores = [tasks[number].dev_score(outputs[:, spans[number]], targets[:, spans[number]]) for number in seen]
        return float(np.average(scores, weights=[weights[number] for number in seen]))

    def answers(rows: pl.DataFrame, outputs: Numbers) -> pl.DataFrame:
        tables = []
        for number in seen:
            of_rows = tasks[number].answers
            assert of_rows is not None
            known = usable(tasks[number].targets(rows))
            tables.append(of_rows(rows.filter(known), outputs[known, spans[number]]))
        return pl.concat(tables)

    return Task(
        num_outputs=ends[-1],
        readings=tuple(reading for task in tasks for reading in task.readings),
        targets=lambda rows: np.concatenate([task.targets(rows) for task in tasks], axis=1),
        loss=loss,
        dev_score=dev_score,
        dev_measure=" and ".join(tasks[number].dev_measure for number in seen),
        answers=answers,
    )


TASK = Configurable(Options, _make)
