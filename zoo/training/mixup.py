"""Mixup (Zhang et al. 2018, arXiv 1710.09412): every utterance of a batch with a share of another one."""

import numpy as np
from torch import Tensor, arange, from_numpy


def mixed(inputs: Tensor, lengths: Tensor, alpha: float, random: np.random.Generator) -> tuple[Tensor, Tensor, float]:
    """Mixed inputs (B, T, D), the number of every utterance's partner (B,), and the utterance's own share, 0.5 to 1.

    The share is drawn from Beta(alpha, alpha), the larger one is the utterance's own, so that it keeps its length. A
    shorter partner is repeated. The loss is mixed by the same shares, which suits every task.
    """
    share = float(random.beta(alpha, alpha))
    share = max(share, 1 - share)
    partner = from_numpy(random.permutation(len(inputs)))
    steps = arange(inputs.shape[1]) % lengths[partner][:, None]
    other = inputs[partner].gather(1, steps[..., None].expand_as(inputs))
    return share * inputs + (1 - share) * other, partner, share
