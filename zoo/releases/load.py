"""A pulled release as a model that answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from zoo import inputs
from zoo.errors import ZooError
from zoo.files import sha256_of
from zoo.releases import CARD, WEIGHTS
from zoo.releases.card import Card
from zoo.releases.card import read as read_card

if TYPE_CHECKING:
    from zoo.inputs.contract import FrontEnd

Samples = npt.NDArray[np.float32]
Probabilities = npt.NDArray[np.float64]

BATCH = 16  # utterances computed together at most
BATCH_FRAMES = 48_000  # frames of a batch at most, padding included: 8 minutes at 100 frames a second


@dataclass(frozen=True)
class Model:
    """A release that can be asked; `network` maps (B, T, D), (B,) to logits (B, C)."""

    card: Card
    front_end: "FrontEnd"
    network: Any

    def probabilities(self, utterances: Sequence[Samples]) -> Probabilities:
        """Samples at 16 kHz, an array an utterance -> (N, C) in the order of the card's classes; rows sum to 1."""
        import torch

        from zoo.training.batches import padded

        frames = [self.front_end.compute(samples) for samples in utterances]
        answers = np.empty((len(frames), len(self.card.labels.classes)))
        with torch.inference_mode():
            for rows in batches([len(array) for array in frames]):
                inputs, lengths = padded([frames[row] for row in rows])
                answers[rows] = torch.softmax(self.network(inputs, lengths).double(), dim=1).numpy()
        return answers


def batches(lengths: Sequence[int]) -> list[list[int]]:
    """Row numbers put together by length, so that little is padded: at most BATCH rows and BATCH_FRAMES frames each."""
    found: list[list[int]] = []
    for row in sorted(range(len(lengths)), key=lambda number: (lengths[number], number)):
        # rows come in order of length, so this one is the longest of its batch
        if found and len(found[-1]) < BATCH and (len(found[-1]) + 1) * lengths[row] <= BATCH_FRAMES:
            found[-1].append(row)
        else:
            found.append([row])
    return found


def load(folder: Path) -> Model:
    """The model in a release's folder.

    Raises ZooError when card or weights are damaged, or this version of zoo computes other features than it was
    trained on.
    """
    card = read_card(folder / CARD)
    if not (folder / WEIGHTS).is_file() or sha256_of(folder / WEIGHTS) != card.weights.sha256:
        raise ZooError(f"{folder / WEIGHTS} is absent or damaged", f"fetch it again: zoo pull {card.name}")
    front_end = inputs.get(card.front_end.name)
    if front_end.facts != card.front_end.parameters or front_end.num_dims != card.front_end.num_dims:
        raise ZooError(
            f"{card.name}: the front-end '{front_end.name}' of this version of zoo is not the one it was trained with",
            f"use zoo {card.code.version}, or train and publish the model again",
        )
    return Model(card, front_end, _network(card, folder / WEIGHTS))


def _network(card: Card, path: Path) -> Any:
    from zoo.runtime import weights

    facts = {
        "architecture": card.architecture,
        "hyperparameters": card.network.hyperparameters,
        "num_dims": card.front_end.num_dims,
        "classes": card.labels.classes,
    }
    try:
        return weights.load(path, facts)
    except ZooError as error:
        # the file is the one that was published: what changed is the program
        raise ZooError(
            f"{card.name}: the weights do not fit the architecture '{card.architecture}' of this version of zoo",
            f"use zoo {card.code.version}, or train and publish the model again",
        ) from error
