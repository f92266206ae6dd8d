"""The speaker's sex: only as a part of multitask, where it helps a network to tell voices from emotions."""

from zoo.study.configured import Configurable
from zoo.study.section import Section
from zoo.tasks.classes import balanced, cross_entropy, one_hot, unweighted_average_recall
from zoo.tasks.contract import Loss, Maker, Numbers, Reading, Task, usable

SEXES = ("female", "male")


class Options(Section):
    pass


def _loss(training: Numbers) -> Loss:
    return cross_entropy(balanced(training[usable(training)]), smoothing=0.0, gamma=0.0)


def _make(options: Options) -> Maker:
    task = Task(
        num_outputs=len(SEXES),
        readings=(Reading(SEXES, "probabilities", seen=False),),
        targets=lambda rows: one_hot(rows["sex"], SEXES),
        loss=_loss,
        dev_score=unweighted_average_recall,
        dev_measure="UAR of sex",
        answers=None,
    )
    return lambda classes: task


TASK = Configurable(Options, _make)
