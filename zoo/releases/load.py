"""A pulled release as a model that predicts."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from zoo import inputs
from zoo.errors import ZooError
from zoo.hashes import sha256_of
from zoo.releases import CARD, WEIGHTS
from zoo.releases.card import Card
from zoo.releases.card import read as read_card

if TYPE_CHECKING:
    from zoo.inputs.contract import Input

Samples = npt.NDArray[np.float32]
Probabilities = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Model:
    """A release that can predict; `network` maps (B, T, D), (B,) to outputs (B, O)."""

    card: Card
    heard: "Input"
    network: Any

    def probabilities(self, utterances: Sequence[Samples]) -> Probabilities:
        """Samples at 16 kHz, one array per utterance -> (N, C) in the order of the card's classes; rows sum to 1."""
        from scipy.special import softmax

        from zoo.runtime.inference import outputs

        frames = self.heard.compute(utterances)
        predicted = outputs(self.network, [len(array) for array in frames], lambda row: frames[row])
        return np.asarray(softmax(predicted.astype(np.float64), axis=1))


def load(folder: Path) -> Model:
    """The model in a release's folder.

    Raises ZooError when card or weights are damaged, or the input of this version of zoo differs from the one that the
    model was trained on.
    """
    card = read_card(folder / CARD)
    if not (folder / WEIGHTS).is_file() or sha256_of(folder / WEIGHTS) != card.weights.sha256:
        raise ZooError(f"{folder / WEIGHTS} is missing or damaged", f"run `zoo pull {card.name}` to fetch it again")
    heard = inputs.build(card.input.spec)
    if heard.facts != card.input.facts or heard.num_dims != card.input.num_dims:
        raise ZooError(
            f"{card.name}: the input '{card.input.input_type}' of this version of zoo is not the one it was trained "
            "with",
            f"use zoo {card.code.version}, or train and publish the model again",
        )
    return Model(card, heard, _network(card, folder / WEIGHTS))


def _network(card: Card, path: Path) -> Any:
    from zoo.runtime import weights

    facts = {
        "architecture": card.architecture,
        "hyperparameters": card.network.hyperparameters,
        "num_dims": card.input.num_dims,
        "num_outputs": len(card.labels.classes),
    }
    try:
        return weights.load(path, facts)
    except ZooError as error:
        # the file is the published one, so the program has changed
        raise ZooError(
            f"{card.name}: the weights do not fit the architecture '{card.architecture}' of this version of zoo",
            f"use zoo {card.code.version}, or train and publish the model again",
        ) from error
