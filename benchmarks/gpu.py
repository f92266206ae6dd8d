"""How many steps the current study's networks take, and about how long: timed on this machine before they start.

python benchmarks/gpu.py

Needs manifests and folds (`dvc repro check`). Steps are those of the optimiser, at most: trainings that stop early take
fewer. A step is timed in the training loop itself, dev score and augmentation included, over made-up states of the
training's crops.
"""

import signal

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # before the long imports: stopped in time, it says nothing

import time
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import torch

from zoo import architectures
from zoo.folds.search_groups import search_groups
from zoo.runtime.device import best_device, machine_name, precision_of
from zoo.study import params
from zoo.study.study import Study
from zoo.study.train import Train
from zoo.tables.folds import FOLDS
from zoo.training.batches import Examples
from zoo.training.data import input_of
from zoo.training.loop import Progress, fit
from zoo.training.recipe import recipe_of
from zoo.tuning.configurations import configurations

BATCHES, DEV, EPOCHS = 8, 16, 3  # of the timed training; its first epoch is to warm up
CLASSES = ("a", "b", "c", "d", "e", "f", "g", "h")


class Noise:
    """A store of made-up rows, as many an utterance as a crop has."""

    copies = 0

    def __init__(self, num_frames: int, num_dims: int) -> None:
        self.num_dims = num_dims
        self.rows = np.random.default_rng(0).standard_normal((num_frames, num_dims)).astype(np.float32)

    def num_frames(self, utterance_id: str, copy: int = 0) -> int:
        """The same for all."""
        return len(self.rows)

    def frames(
        self, utterance_id: str, start: int = 0, stop: int | None = None, copy: int = 0
    ) -> npt.NDArray[np.float32]:
        """(T, D)."""
        return self.rows[start:stop]


def steps(study: Study, model: str) -> int:
    """The most steps of a model's search, folds and releases."""
    train, total = study.training(model), 0
    for corpus in study.corpora:
        manifest = study.derived / "manifest" / f"{corpus}.parquet"
        folds = FOLDS.read(study.derived / "folds" / f"{corpus}.parquet", made_from={"manifest": manifest})
        utterances = folds.unique("utterance_id")
        for group in search_groups(folds, study.tune.groups):
            heard = utterances["speaker_id"].is_in(list(group.train)).sum()
            total += study.num_trials(model) * study.tune.max_epochs * _in_an_epoch(heard, train)
        for fold in folds.partition_by("fold"):
            known, both = (fold["split"] == "train").sum(), (fold["split"] != "test").sum()
            own = _in_an_epoch(known, train) + (_in_an_epoch(both, train) if train.refit else 0)
            total += len(train.seeds) * train.max_epochs * own
        total += train.max_epochs * _in_an_epoch(len(utterances), train)
    return total


def _in_an_epoch(utterances: int, train: Train) -> int:
    return -(-utterances // (train.batch_size * train.accumulate))


def seconds_a_step(study: Study, model: str) -> float:
    """Of a training as the folds have it, on this machine."""
    train, heard = study.training(model), input_of(study, model)
    [config] = configurations(study.models[model], 1, 0)
    recipe = recipe_of(
        config | {"hyperparameters": config["hyperparameters"] | _given(study, model)},
        train,
        architecture=study.models[model].architecture,
        task=("categorical", {}),
        classes=CLASSES,
        kind=heard.kind,
        frames_per_s=heard.frames_per_s,
        max_epochs=EPOCHS,
        patience=EPOCHS,
        seed=1,
        refit=False,
    )
    store = Noise(round(train.crop_s * (heard.frames_per_s or 1)), heard.num_dims)
    ends: list[float] = []
    fit(recipe, *_examples(store, train), on_epoch=lambda progress: ends.append(_now(progress)))
    return (ends[-1] - ends[0]) / ((EPOCHS - 1) * BATCHES)


def _given(study: Study, model: str) -> dict[str, object]:
    return architectures.get(study.models[model].architecture).given(input_of(study, model).gives)


def _examples(store: Noise, train: Train) -> Iterator[Examples]:
    for number in (BATCHES * train.batch_size * train.accumulate, DEV):
        targets = np.eye(len(CLASSES), dtype=np.float32)[np.arange(number) % len(CLASSES)]
        yield Examples(store, [str(one) for one in range(number)], targets)  # type: ignore[arg-type]


def _now(_: Progress) -> float:
    return time.perf_counter()  # an epoch ends with a loss that the processor reads, so a GPU has done its work


def main() -> None:
    """Print the steps and the estimate."""
    torch.set_num_threads(1)  # as trainings run
    study = params.load()
    device, total = best_device(), 0.0
    print(f"study {study.study} on {machine_name(device)}")
    for model, stated in study.models.items():
        number, each = steps(study, model), seconds_a_step(study, model)
        precision = precision_of(stated.architecture, study.train.precision, device)
        total += number * each
        print(f"  {model}: at most {number} steps of {1000 * each:.1f} ms ({precision})")
    print(f"about {total / 60:.0f} minutes of training at most, one after the other; what is kept is not run again")


if __name__ == "__main__":
    main()
