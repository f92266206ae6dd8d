"""A small network on embeddings learns classes, and to hide from a second one which corpus an utterance is from.

Ganin et al. 2016, "Domain-adversarial training of neural networks", JMLR 17(59): one hidden layer feeds a head of
classes, and through a reversed gradient a head of corpora, source and target; the weight of the reversal grows from 0
to `reversal` along their schedule. Source and target are standardised each by itself first: what two corpora differ in
at once the reversal does not undo, it overshoots (0.30 to 0.50 on nEMO, where 0.54 is had without it). Where corpora
differ in how frequent classes are, hiding the corpus means to hide classes. A control.
"""

from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import Field

from zoo.methods import heads, space, statistics
from zoo.methods.contract import Answer, Matrix, Method, Names, Random, Seen, Source
from zoo.methods.directions import principal
from zoo.methods.statistics import Pseudo
from zoo.study.configured import Configurable
from zoo.study.section import Count, Number, Section
from zoo.tables.sights import Sights

if TYPE_CHECKING:  # imported where it is used: listing methods does not need it
    from torch import Tensor

_RATE, _DECAY = 1e-3, 1e-2
_PSEUDO = Pseudo(mean=8, std=16)  # as in by_corpus


class Options(Section):
    """directions: of the source's embeddings that the network hears. hidden: its size. steps: of all utterances at
    once. reversal: the weight of the reversed gradient in the end."""

    directions: Count = 128
    hidden: Count = 64
    steps: Number = 150
    reversal: Annotated[float, Field(ge=0)] = 0.3


def _make(options: Options) -> Method:
    def fit(source: Source, seen: Seen, random: Random) -> Answer:
        assert seen.embeddings is not None  # its sights say so
        ours = space.spread(source)
        theirs = statistics.shrunk(seen.embeddings, ours, _PSEUDO)
        rows = ours.standardised(source.embeddings)
        axes = principal(rows, options.directions)
        # so that a direction has a variance of 1 in the mean, whatever the directions
        axes = axes * np.sqrt(axes.shape[1] / max(1e-12, ((rows @ axes) ** 2).sum(axis=1).mean()))

        seed = int(random.integers(2**31))
        hide, say = _trained(rows @ axes, source, theirs.standardised(seen.embeddings) @ axes, options, seed)

        def answer(embeddings: Matrix, speakers: Names | None) -> Matrix:
            inside = np.maximum(theirs.standardised(embeddings) @ axes @ hide[:-1] + hide[-1], 0)
            return heads.of_known(inside @ say[:-1] + say[-1], np.unique(source.labels))

        return answer

    return Method(2, Sights("all"), fit, fewest=1, control=True)


def _trained(rows: Matrix, source: Source, target: Matrix, options: Options, seed: int) -> tuple[Matrix, Matrix]:
    """The hidden layer (K + 1, H) and the head of classes (H + 1, C), the biases in the last rows."""
    import torch
    from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

    drawn = torch.Generator().manual_seed(seed)

    def layer(inputs: int, outputs: int) -> "Tensor":
        values: Tensor = torch.randn(inputs + 1, outputs, generator=drawn, dtype=torch.float64) / inputs**0.5
        values[-1] = 0
        values.requires_grad_()
        return values

    hide, say, tell = (
        layer(rows.shape[1], options.hidden),
        layer(options.hidden, source.num_classes),
        layer(options.hidden, 1),
    )
    both = torch.from_numpy(np.concatenate([rows, target]))
    labels = torch.from_numpy(source.labels)
    balanced = torch.from_numpy(heads.balanced(source.labels))
    corpora = torch.from_numpy(np.repeat([0.0, 1.0], [len(rows), len(target)]))
    alike = torch.from_numpy(np.repeat([0.5 / len(rows), 0.5 / len(target)], [len(rows), len(target)]))
    optimiser = torch.optim.Adam([hide, say, tell], lr=_RATE, weight_decay=_DECAY)
    for step in range(options.steps):
        reversal = options.reversal * (2 / (1 + np.exp(-10 * step / options.steps)) - 1)
        inside = torch.relu(both @ hide[:-1] + hide[-1])
        of_classes = inside[: len(rows)] @ say[:-1] + say[-1]
        # the value of `inside` with the gradient of -reversal * inside
        reversed_ = inside.detach() * (1 + reversal) - reversal * inside
        of_corpora = (reversed_ @ tell[:-1] + tell[-1])[:, 0]
        loss = (balanced * cross_entropy(of_classes, labels, reduction="none")).sum()
        loss = loss + binary_cross_entropy_with_logits(of_corpora, corpora, weight=alike, reduction="sum")
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]  # of torch
        optimiser.step()
    return hide.detach().numpy(), say.detach().numpy()


METHOD = Configurable(Options, _make)
