"""The mean of the weights after several epochs, which lies in flatter regions of the loss than each of them.

Stochastic weight averaging (Izmailov et al. 2018, arXiv 1803.05407) over a window of the latest epochs (Kaddour 2022,
arXiv 2209.14981), so that it goes with early stopping and with a falling learning rate.
"""

import copy
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from zoo.architectures.recogniser import Recogniser

Weights = Mapping[str, Tensor]


def mean_of(states: Sequence[Weights]) -> dict[str, Tensor]:
    """The mean of every floating value, of buffers too (means and variances of batch normalisation are averaged as
    well, instead of a further pass over the training utterances); of others, such as counts, the last."""
    return {
        name: torch.stack([state[name] for state in states]).mean(dim=0) if last.is_floating_point() else last
        for name, last in states[-1].items()
    }


def averaged(model: Recogniser, earlier: Sequence[Weights]) -> Recogniser:
    """The model itself without earlier states, else a copy that holds the mean of these and its own."""
    if not earlier:
        return model
    other = copy.deepcopy(model)
    other.load_state_dict(mean_of([*earlier, model.state_dict()]))
    return other
