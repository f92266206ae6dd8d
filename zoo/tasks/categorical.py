"""One class for each utterance: its label in the study's scheme."""

from typing import Annotated

from pydantic import Field

from zoo.study.configured import Configurable
from zoo.study.section import Fraction, Section
from zoo.tasks.classes import answers, balanced, cross_entropy, one_hot, unweighted_average_recall
from zoo.tasks.contract import Classes, Loss, Maker, Numbers, Reading, Task, usable


class Options(Section):
    """class_weights: whether all classes weigh the same. label_smoothing: see `cross_entropy`. focal: its gamma."""

    class_weights: bool = True
    label_smoothing: Fraction = 0.0
    focal: Annotated[float, Field(ge=0, le=10)] = 0.0


def _make(options: Options) -> Maker:
    def loss(training: Numbers) -> Loss:
        weights = balanced(training[usable(training)]) if options.class_weights else None
        return cross_entropy(weights, options.label_smoothing, options.focal)

    def task(classes: Classes) -> Task:
        return Task(
            num_outputs=len(classes),
            readings=(Reading(tuple(classes), "probabilities"),),
            targets=lambda rows: one_hot(rows["label"], classes),
            loss=loss,
            dev_score=unweighted_average_recall,
            dev_measure="UAR",
            answers=lambda rows, outputs: answers("categorical", rows, outputs, classes),
        )

    return task


TASK = Configurable(Options, _make)
