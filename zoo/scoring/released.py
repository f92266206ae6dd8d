"""A release as methods against the difference between corpora see it: its sources, and what it hears of recordings."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from zoo.methods.contract import Matrix, Source
from zoo.releases import embeddings
from zoo.releases.embeddings import Embedded
from zoo.releases.load import TOGETHER, Model
from zoo.releases.predict import heard
from zoo.scoring.cells import Trained, head
from zoo.scoring.training_data import stop_at_bad
from zoo.terminal import with_bar

Classes = Mapping[str, str | None]  # each class of a model -> its class in a scheme, None where it has none


def trained(model: Model, folder: Path, classes: Classes) -> Trained:
    """A release in a folder, in the classes of a scheme.

    Raises ZooError if it has no embeddings of what it was trained on and the recordings are not on this disk.
    """
    return with_sources(model, embeddings.of(model, folder), classes)


def with_sources(model: Model, known: Embedded, classes: Classes) -> Trained:
    """A model with the embeddings of what it was trained on, in the classes of a scheme."""
    release, names = model.card.release, tuple(sorted({name for name in classes.values() if name is not None}))
    found = [_class(model, corpus, word, classes) for corpus, word in zip(known.corpora, known.labels, strict=True)]
    kept = np.array([name is not None for name in found])
    labels = np.array([names.index(name) for name in found if name is not None], np.int64)
    sources = [
        Source(
            embeddings=rows[kept],
            labels=labels,
            speakers=known.speakers[kept],
            corpora=known.corpora[kept],
            sexes=known.sexes[kept],
            num_classes=len(names),
            head=partial(head, network, model.task, release, dict(classes), names),
        )
        for network, rows in zip(model.networks, known.embeddings, strict=True)
    ]
    return Trained(release, model.task, model.networks, sources, names)


def _class(model: Model, corpus: str, word: str, classes: Classes) -> str | None:
    """The class in the scheme of a corpus's own word."""
    card = model.card
    own = card.labels.words.get(word if len(card.release.members) == 1 else f"{corpus}: {word}")
    return None if own is None else classes.get(own)


def embedded(model: Model, paths: Sequence[Path]) -> list[Matrix]:
    """What each network of a model makes of recordings: (N, E) of each.

    Raises ZooError naming all that cannot be used.
    """
    parts, problems = [], []
    for start in with_bar(range(0, len(paths), TOGETHER), "listening", -(-len(paths) // TOGETHER)):
        found = [heard(path) for path in paths[start : start + TOGETHER]]
        problems += [one.problem for one in found if one.problem is not None]
        samples = [(one.heard.samples, one.name) for one in found if one.heard is not None]
        if samples and not problems:
            parts.append(model.embedded(*map(list, zip(*samples, strict=True))))
    stop_at_bad(problems, len(paths))
    return [np.concatenate(rows).astype(np.float64) for rows in zip(*parts, strict=True)]
