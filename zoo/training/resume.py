"""Finished and partial trainings are kept and resumed: the next run gives the same result."""

import io
import json
import time
from collections.abc import Callable
from dataclasses import asdict
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import torch

from zoo.dependencies.closure import closure
from zoo.execute import kept
from zoo.runtime.device import best_device, device_name, precision_of
from zoo.study.study import task_types
from zoo.training import job
from zoo.training.loop import Progress
from zoo.training.recipe import Recipe

EVERY_S = 20.0  # seconds between two saved states


def code_digest(recipe: Recipe) -> str:
    """Digest of the code that determines a training, besides its recipe and data."""
    name, entry = recipe.task
    return _digest(recipe.architecture, tuple(task_types(entry, name)), tuple(recipe.augmentation))


@cache
def _digest(architecture: str, task_types: tuple[str, ...], augmentations: tuple[str, ...]) -> str:
    chosen = {
        "zoo.architectures": [architecture],
        "zoo.augmentation": augmentations,
        "zoo.inputs": (),
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
        one.code or code_digest(recipe),
        asdict(recipe) | {"precision": precision, "on": device_name(device)},
        one.with_weights,
    ]
    for part in (one.train, one.dev, one.test):
        examples = (
            None
            if part is None
            else [part.utterance_ids, sha256(part.targets.tobytes()).hexdigest(), part.store.fingerprint]
        )
        determinants.append(examples)
    return sha256(json.dumps(determinants, sort_keys=True).encode()).hexdigest()


def run(one: job.Job, scratch: Path, on_epoch: Callable[[Progress], None]) -> job.Outcome:
    """Run a job, or return or resume what an earlier run has kept of it in the folder `scratch`."""
    key = key_of(one)
    path = scratch / f"{key[:32]}.done"
    if (content := kept.kept(path, key)) is not None:
        return job.Outcome(**_loaded(content))
    parts: list[Path] = []

    def resume(part: str) -> tuple[Progress | None, Callable[[Progress], None]]:
        place = scratch / f"{key[:32]}.{part}"
        parts.append(place)
        return load_progress(place, f"{key}.{part}"), saver(place, f"{key}.{part}")

    outcome = job.run(one, resume, on_epoch)
    kept.keep(path, key, _saved(vars(outcome)))
    for place in parts:
        place.unlink(missing_ok=True)
    return outcome


def load_progress(path: Path, key: str) -> Progress | None:
    """The progress kept at a path; None if there is none of this training."""
    content = kept.kept(path, key)
    return None if content is None else Progress(**_loaded(content))


def saver(path: Path, key: str) -> Callable[[Progress], None]:
    """An on_epoch that saves the progress, at most every EVERY_S seconds."""
    last = time.monotonic()

    def save(progress: Progress) -> None:
        nonlocal last
        if time.monotonic() - last >= EVERY_S:
            kept.keep(path, key, _saved(vars(progress)))
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
