"""What tasks over classes share: softmax outputs, the cross-entropy, the columns of their answers."""

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

from zoo.tasks.contract import Classes, Loss, Numbers, answered, usable

if TYPE_CHECKING:
    from torch import Tensor


def softmax(outputs: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    """Probabilities of outputs (N, C): (N, C), rows add up to 1."""
    from scipy.special import softmax as of_all

    return np.asarray(of_all(outputs.astype(np.float64), axis=-1))


def one_hot(labels: pl.Series, classes: Classes) -> Numbers:
    """1 for the label's class, 0 for the others: (N, C); NaN for a label that is none of the classes."""
    place = {name: number for number, name in enumerate(classes)}
    known = np.array([place.get(label, -1) for label in labels], dtype=np.int64)
    rows = np.eye(len(classes), dtype=np.float32)[known]
    rows[known < 0] = np.nan
    return rows


def balanced(targets: Numbers) -> Numbers:
    """N / (C * amount of the class), so that all classes weigh the same; 0 for one that does not occur: (C,).

    targets: (N, C), rows add up to 1.
    """
    amounts = targets.sum(axis=0)
    weights: Numbers = np.zeros_like(amounts)
    np.divide(len(targets), targets.shape[1] * amounts, out=weights, where=amounts > 0)
    return weights


def cross_entropy(weights: Numbers | None, smoothing: float, gamma: float) -> Loss:
    """The mean over utterances of -sum(w t (1 - p)^gamma log p), divided by the mean weight of the targets.

    weights: (C,) of the classes. An utterance of several classes has the mean weight of these in all of its terms, so
    that its distribution itself is the best answer: with a weight in each term, rare classes would be overstated.
    smoothing: the share of every target that is spread over all classes (Szegedy et al.
    2016, arXiv 1512.00567, section 7). gamma: 0, or that of the focal loss (Lin et al. 2017, arXiv 1708.02002,
    equation 5), which counts utterances less the surer the network is of them.
    """
    import torch

    of_class = None if weights is None else torch.from_numpy(weights)

    def loss(outputs: "Tensor", targets: "Tensor", among: "Tensor | None" = None) -> "Tensor":
        known = ~targets.isnan().any(dim=1)
        outputs, targets = outputs[known], targets[known]
        if not len(targets):
            return outputs.sum()  # 0, with a gradient
        scale = torch.ones(targets.shape[1], device=targets.device) if of_class is None else of_class.to(targets.device)
        log_p = outputs.log_softmax(dim=1)
        of_utterance = (targets * scale).sum(dim=1, keepdim=True)
        terms = -log_p * (targets * of_utterance * (1 - smoothing) + scale * smoothing / targets.shape[1])
        if gamma:
            terms = terms * (1 - log_p.exp()) ** gamma
        total = of_utterance.sum() if among is None else (among[~among.isnan().any(dim=1)] * scale).sum()
        mean: Tensor = terms.sum() / total.clamp_min(1e-9)
        return mean

    return loss


def unweighted_average_recall(outputs: Numbers, targets: Numbers) -> float:
    """UAR over the classes that occur; each utterance counts for its most probable class, ties for none.

    The targets of `categorical` are 1 for a class. outputs, targets: (N, C).
    """
    clear = usable(targets) & ((targets == targets.max(axis=1, keepdims=True)).sum(axis=1) == 1)
    wanted, predicted = targets[clear].argmax(axis=1), outputs[clear].argmax(axis=1)
    recalls = [np.mean(predicted[wanted == number] == number) for number in np.unique(wanted)]
    return float(np.mean(recalls)) if recalls else 0.0


def answers(
    task: str, rows: pl.DataFrame, outputs: Numbers, classes: Classes, truth: Numbers | None = None
) -> pl.DataFrame:
    """Label, predicted class and probabilities; truth: (N, C), the raters' distribution."""
    shares = softmax(outputs).astype(np.float32)
    predicted = [classes[number] for number in shares.argmax(axis=1)]
    return answered(
        rows, task, logits=outputs, label=rows["label"], predicted=predicted, probabilities=shares, truth=truth
    )


def divergences(first: npt.NDArray[np.floating], second: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    """Jensen-Shannon divergence of distributions in bits, 0 to 1: (N, C), (N, C) -> (N,)."""
    from scipy.special import rel_entr

    middle = (first + second) / 2
    nats = (rel_entr(first, middle) + rel_entr(second, middle)).sum(axis=1) / 2
    return np.asarray(np.clip(nats / np.log(2), 0, 1))
