"""What an interrupted training leaves, so that the next run goes on to the same result."""

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import torch

from zoo.files import whole_file
from zoo.training.batches import Examples
from zoo.training.device import best_device, precision_of
from zoo.training.loop import Progress, Recipe

EVERY_S = 20.0


@cache
def code_version(architecture: str) -> str:
    """A hash of the code that decides a training: the architecture's file, what architectures share, the loop."""
    zoo = Path(__file__).parents[1]
    deciding = [zoo / "training" / f"{name}.py" for name in ("batches", "data", "device", "loop")]
    deciding += [zoo / "augmentation" / "augmentation.py", zoo / "architectures" / f"{architecture}.py"]
    shared = ("contract", "convolutions", "pooling", "recogniser", "recurrence")
    deciding += [zoo / "architectures" / f"{name}.py" for name in shared]
    digest = hashlib.sha256(torch.__version__.encode())
    for path in deciding:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def key_of(recipe: Recipe, *examples: Examples | None) -> str:
    """A name for a training: equal for equal code, recipe, precision, utterances, classes and features."""
    settings = recipe.train.model_dump(exclude={"max_epochs", "patience", "seeds", "workers"})  # the recipe has its own
    device = best_device()
    settings["precision"] = f"{precision_of(recipe.architecture, recipe.train.precision, device)} on {device.type}"
    told: list[Any] = [code_version(recipe.architecture), asdict(recipe) | {"train": settings}]
    for part in examples:
        if part is not None:
            told += [part.utterance_ids, part.classes.tolist(), part.store.fingerprint]
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()[:24]


def load_progress(path: Path) -> Progress | None:
    """The progress saved at a path; None where there is none, or it was cut off."""
    try:
        return Progress(**torch.load(path, weights_only=True))
    except FileNotFoundError:
        return None
    except Exception:  # a damaged checkpoint can fail in many ways, and costs no more than a fresh start
        path.unlink(missing_ok=True)
        return None


def saver(path: Path) -> Callable[[Progress], None]:
    """An on_epoch that saves the progress, but not more often than every twenty seconds."""
    last = time.monotonic()

    def save(progress: Progress) -> None:
        nonlocal last
        if time.monotonic() - last >= EVERY_S:
            with whole_file(path) as part:
                torch.save(vars(progress), part)
            last = time.monotonic()

    return save
