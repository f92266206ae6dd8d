"""A training, from a recipe and utterances to predictions on test utterances; the same for trials and folds.

The import closure of this module is the code that determines a training: its digest is in the key of every kept result.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from torch import Tensor

from zoo import architectures, tasks
from zoo.architectures.recogniser import Recogniser
from zoo.runtime.inference import outputs_of
from zoo.tasks.contract import Numbers
from zoo.training.batches import Examples
from zoo.training.distillation import Lesson, taught
from zoo.training.loop import Progress, fit
from zoo.training.recipe import Recipe
from zoo.training.solved import Parts, cross_validated, scored, solve
from zoo.training.start import Released, Weights


@dataclass(frozen=True)
class Job:
    """A training. name: for messages only. test: the utterances to predict; None for a release.

    parts: of a trial whose head is fitted at once: it is fitted to the first and asked about the second examples of
    each; `dev` are the latter, one after the other, and `train` all that it may be fitted to.
    lesson: what a teacher tells of `train`; lesson_of_both: of `train` and `dev`, for a refit.
    start: a release, or a training that comes first, whose weights the network starts from; start_of_both: for a refit.
    standardised_over: the utterances whose mean and standard deviation standardise the inputs; None: those trained on.
    with_weights: whether the outcome includes the weights. code: the digest of the code that runs, taken when the job
    is made, since files may be edited while trainings run; empty: taken when the job is run.
    """

    name: str
    recipe: Recipe
    train: Examples
    dev: Examples | None = None
    test: Examples | None = None
    parts: Parts = ()
    lesson: Lesson | None = None
    lesson_of_both: Lesson | None = None
    start: "Start" = None
    start_of_both: "Start" = None
    standardised_over: Examples | None = None
    with_weights: bool = False
    code: str = ""


Start = Released | Job | None


@dataclass(frozen=True)
class Outcome:
    """The result of a training.

    outputs: (num_test, O) of the test utterances, None without. dev_outputs: (num_dev, O) of the dev utterances, by the
    network of the best epoch, before a refit. output_scale: the factor on the outputs that the dev utterances ask for,
    with which dev_outputs are multiplied, where the head is fitted at once. dev_scores: after every epoch, before a
    refit; empty where there are no epochs or no dev speakers.
    """

    best_epoch: int
    dev_score: float
    dev_loss: float
    num_parameters: int
    outputs: npt.NDArray[np.float32] | None
    dev_outputs: npt.NDArray[np.float32] | None
    weights: dict[str, Tensor] | None
    output_scale: float = 1.0
    dev_scores: tuple[float, ...] = ()


Resume = Callable[[str], tuple[Progress | None, Callable[[Progress], None]]]


def run(job: Job, resume: Resume, on_epoch: Callable[[Progress], None], run_first: Callable[[Job], Outcome]) -> Outcome:
    """Train on train, choose the epoch with the best dev score, refit on both if the recipe asks for it, predict test.

    resume: for a part of the training, `fit` or `refit`, its saved progress and how to save more. run_first: runs a
    training that comes first.
    """
    if architectures.get(job.recipe.architecture).solve is not None:
        return _at_once(job, on_epoch)
    start, save = resume("fit")

    def after_epoch(progress: Progress) -> None:
        on_epoch(progress)
        save(progress)

    train = job.train if job.lesson is None else taught(job.train, job.lesson)
    weights = _weights(job.start, run_first)
    network, progress = fit(job.recipe, train, job.dev, start, after_epoch, job.standardised_over, weights)
    dev_outputs = None if job.dev is None else outputs_of(network, job.dev.store, job.dev.utterance_ids)
    if job.dev is not None and job.recipe.refit:
        # the dev speakers have determined the number of epochs, so they may now be trained on too
        start, save = resume("refit")
        recipe, both = job.recipe.for_epochs(progress.best_epoch), job.train + job.dev
        if job.lesson_of_both is not None:
            both = taught(both, job.lesson_of_both)
        weights = _weights(job.start_of_both, run_first)
        network, _ = fit(recipe, both, None, start, save, job.standardised_over, weights)
    return _outcome(job, network, progress, dev_outputs)


def _weights(start: Start, run_first: Callable[[Job], Outcome]) -> Weights | None:
    if start is None or isinstance(start, Released):
        return None if start is None else start.weights()
    found = run_first(start).weights
    assert found is not None
    name, entry = start.recipe.task
    return Weights(found, tasks.build(entry, name, start.recipe.classes).readings)


def _at_once(job: Job, on_epoch: Callable[[Progress], None]) -> Outcome:
    """One epoch, with nothing to resume."""
    progress, dev_outputs, scale = Progress(epoch=1, best_epoch=1), None, 1.0
    if job.parts:
        assert job.dev is not None
        network, [dev_outputs] = cross_validated(job.recipe, job.parts, job.standardised_over)
        progress.dev_score, scale, progress.dev_loss = scored(job.recipe, dev_outputs, job.dev)
        dev_outputs = dev_outputs * np.float32(scale)
    if not job.parts or job.test is not None:
        network = solve(job.recipe, job.train, job.standardised_over)
    on_epoch(progress)
    return _outcome(job, network, progress, dev_outputs, scale)


def _outcome(
    job: Job, network: Recogniser, progress: Progress, dev_outputs: Numbers | None, scale: float = 1.0
) -> Outcome:
    outputs = None if job.test is None else outputs_of(network, job.test.store, job.test.utterance_ids)
    weights = {name: value.detach().cpu() for name, value in network.state_dict().items()} if job.with_weights else None
    return Outcome(
        progress.best_epoch,
        progress.dev_score,
        progress.dev_loss,
        network.num_parameters,
        outputs,
        dev_outputs,
        weights,
        scale,
        tuple(epoch["dev_score"] for epoch in progress.history if "dev_score" in epoch),
    )
