"""The distribution of the raters' votes over the classes, so that utterances without a majority count too."""

from typing import Literal

import numpy as np
import polars as pl

from zoo.labels.votes import ACTED, CROWD, distribution
from zoo.study.configured import Configurable
from zoo.study.section import Section
from zoo.tasks.classes import answers, balanced, cross_entropy, divergences, softmax
from zoo.tasks.contract import Classes, Loss, Maker, Numbers, Reading, Task, usable


class Options(Section):
    """class_weights: whether all classes weigh the same; then rare classes get more than the raters' share.

    votes: whose votes; by_label_source: of those who chose the labels, so none where actors were asked for them.
    """

    class_weights: bool = False
    votes: Literal["by_label_source", "raters", "self", "voice", "face", "both"] = "by_label_source"


def _source(label_source: str, wanted: str) -> str | None:
    """Whose votes count; None for labels that actors were asked for, which nobody has voted for."""
    if wanted != "by_label_source":
        return wanted
    return None if label_source == ACTED else CROWD.get(label_source, label_source)


def _targets(rows: pl.DataFrame, classes: Classes, votes: str) -> Numbers:
    targets = np.full((len(rows), len(classes)), np.nan, np.float32)
    place = {name: number for number, name in enumerate(classes)}
    columns = ["corpus", "scheme", "label_source", "votes"]
    for number, row in enumerate(rows.select(columns).iter_rows(named=True)):
        if (source := _source(row["label_source"], votes)) is None:
            continue
        shares = distribution(row["votes"] or (), source, row["scheme"], row["corpus"])
        known = {name: share for name, share in shares.items() if name in place}
        if total := sum(known.values()):
            targets[number] = 0
            for name, share in known.items():
                targets[number, place[name]] = share / total
    return targets


def dev_score(outputs: Numbers, targets: Numbers) -> float:
    """1 - the mean Jensen-Shannon distance (base 2) to the raters, 0 to 1."""
    known = usable(targets)
    if not known.any():
        return 0.0
    shares = softmax(outputs[known]).astype(np.float32)  # as they are published
    return 1 - float(np.sqrt(divergences(shares, targets[known])).mean())


def _make(options: Options) -> Maker:
    def loss(training: Numbers) -> Loss:
        weights = balanced(training[usable(training)]) if options.class_weights else None
        return cross_entropy(weights, smoothing=0.0, gamma=0.0)

    def task(classes: Classes) -> Task:
        def targets(rows: pl.DataFrame) -> Numbers:
            return _targets(rows, classes, options.votes)

        return Task(
            num_outputs=len(classes),
            readings=(Reading(tuple(classes), "probabilities"),),
            targets=targets,
            loss=loss,
            dev_score=dev_score,
            dev_measure="1 - JS distance",
            answers=lambda rows, outputs: answers("soft", rows, outputs, classes, targets(rows)),
        )

    return task


TASK = Configurable(Options, _make)
