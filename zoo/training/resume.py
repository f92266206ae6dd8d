"""Finished and partial trainings are kept and resumed: the next run gives the same result."""

import io
import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import torch

from zoo.dependencies.closure import closure, of_encoders
from zoo.execute import kept
from zoo.runtime.device import best_device, device_name, machine_name, precision_of
from zoo.runtime.release import StartOf
from zoo.study.study import task_types
from zoo.training import job
from zoo.training.batches import Examples
from zoo.training.distillation import Lesson
from zoo.training.loop import Progress
from zoo.training.recipe import Recipe
from zoo.training.solved import Parts

EVERY_S = 20.0  # seconds between two saved states


@dataclass(frozen=True)
class Finished:
    """A training that is done. seconds: that it took when it was run, in however many runs. device, precision: where
    and in what it was computed."""

    outcome: job.Outcome
    seconds: float
    device: str
    precision: str


def code_digest(recipe: Recipe, lesson: Lesson | None = None) -> str:
    """Digest of the code that determines a training, besides its recipe, its teacher's, and data."""
    name, entry = recipe.task
    networks = (recipe.architecture, *([] if lesson is None else [lesson.recipe.architecture]))
    return _digest(networks, tuple(task_types(entry, name)), tuple(recipe.augmentation))


@cache
def _digest(networks: tuple[str, ...], task_types: tuple[str, ...], augmentations: tuple[str, ...]) -> str:
    chosen = {
        **of_encoders(),
        "zoo.architectures": networks,
        "zoo.augmentation": augmentations,
        "zoo.inputs": (),
        "zoo.inputs.changes": (),
        "zoo.inputs.steps": (),
        "zoo.labels": (),
        "zoo.tasks": task_types,
    }
    return closure([job.__name__], chosen).digest


def key_of(one: job.Job) -> str:
    """A hash of everything that determines a training's outcome: code, recipe, precision and examples.

    Names of studies, models and corpora are not part of it, as they determine nothing.
    """
    recipe, device = one.recipe, best_device()
    precision = precision_of(recipe.architecture, recipe.precision, device)
    determinants: list[Any] = [
        one.code or code_digest(recipe, one.lesson),
        asdict(recipe) | {"precision": precision, "on": device_name(device)},
        one.with_weights,
        [_of(part) for part in (one.train, one.dev, one.test, one.standardised_over)],
        _of_parts(one.parts),
    ]
    for lesson in (one.lesson, one.lesson_of_both):
        determinants.append(lesson and [asdict(lesson.recipe), lesson.share, _of_parts(lesson.parts)])
    for start in (one.start, one.start_of_both):
        determinants.append(key_of(start) if isinstance(start, job.Job) else start and _of_release(start.facts))
    return sha256(json.dumps(determinants, sort_keys=True).encode()).hexdigest()


def _of_release(facts: StartOf) -> list[str | None]:
    return [facts.identity, facts.weights_sha256]


def _of_parts(parts: Parts) -> list[Any]:
    return [[_of(part) for part in both] for both in parts]


def _of(part: Examples | None) -> list[Any] | None:
    if part is None:
        return None
    return [part.utterance_ids, sha256(part.targets.tobytes()).hexdigest(), part.store.fingerprint]


def run(
    one: job.Job,
    scratch: Path,
    on_epoch: Callable[[Progress], None],
    on_refit_epoch: Callable[[Progress], None] = lambda progress: None,
) -> job.Outcome:
    """Run a job, or return or resume what an earlier run has kept of it in the folder `scratch`.

    What it starts from is kept there too, so that it is trained once for all that start from the same.
    """
    key = key_of(one)
    if (done := finished(scratch, key)) is not None:
        return done.outcome
    began, earlier = time.monotonic(), 0.0
    parts: list[Path] = []

    def resume(part: str) -> tuple[Progress | None, Callable[[Progress], None]]:
        nonlocal earlier
        place = scratch / f"{key[:32]}.{part}"
        parts.append(place)
        start, seconds = load_progress(place, f"{key}.{part}")
        earlier += seconds
        save = saver(place, f"{key}.{part}", seconds)

        def after_refit_epoch(progress: Progress) -> None:
            on_refit_epoch(progress)
            save(progress)

        return start, after_refit_epoch if part == "refit" else save

    outcome = job.run(one, resume, on_epoch, lambda first: run(first, scratch, lambda progress: None))
    device = best_device()
    made = {
        "seconds": earlier + time.monotonic() - began,
        "device": machine_name(device),
        "precision": precision_of(one.recipe.architecture, one.recipe.precision, device),
    }
    kept.keep(_place(scratch, key), key, _saved(vars(outcome) | made))
    for place in parts:
        place.unlink(missing_ok=True)
    return outcome


def finished(scratch: Path, key: str) -> Finished | None:
    """What is kept of a finished job with this key; None if there is nothing."""
    if (content := kept.kept(_place(scratch, key), key)) is None:
        return None
    values = _loaded(content)
    made = {name: values.pop(name) for name in ("seconds", "device", "precision")}
    return Finished(job.Outcome(**values), **made)


def _place(scratch: Path, key: str) -> Path:
    return scratch / f"{key[:32]}.done"


def load_progress(path: Path, key: str) -> tuple[Progress | None, float]:
    """The progress kept at a path, with the seconds that it took; None and 0 if there is none of this training."""
    if (content := kept.kept(path, key)) is None:
        return None, 0.0
    values = _loaded(content)
    seconds = values.pop("seconds")
    return Progress(**values), seconds


def saver(path: Path, key: str, earlier: float = 0.0) -> Callable[[Progress], None]:
    """An on_epoch that saves the progress, at most every EVERY_S seconds. earlier: seconds of former runs."""
    began = last = time.monotonic()

    def save(progress: Progress) -> None:
        nonlocal last
        if (now := time.monotonic()) - last >= EVERY_S:
            kept.keep(path, key, _saved(vars(progress) | {"seconds": earlier + now - began}))
            last = time.monotonic()

    return save


def _saved(values: dict[str, Any]) -> bytes:
    buffer = io.BytesIO()
    torch.save({name: torch.from_numpy(value) if _is_array(value) else value for name, value in values.items()}, buffer)
    return buffer.getvalue()


def _loaded(content: bytes) -> dict[str, Any]:
    values: dict[str, Any] = torch.load(io.BytesIO(content), weights_only=True)
    return {name: value.numpy() if isinstance(value, torch.Tensor) else value for name, value in values.items()}


def _is_array(value: object) -> bool:
    return isinstance(value, np.ndarray)  # the outputs: with weights_only, torch reads tensors and plain values only
