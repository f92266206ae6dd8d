"""A model's score on labelled utterances, with a check for those that it was trained on."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from zoo.errors import WRONG_USAGE, ZooError
from zoo.evaluation.intervals import Estimate, jackknife
from zoo.evaluation.mapping import map_probabilities
from zoo.metrics import confusion as metrics
from zoo.releases.load import Model
from zoo.releases.predict import predict
from zoo.scoring.labelled import LabelledData, label_mapping
from zoo.scoring.training_data import Choice, Overlap, judged, stop_at_bad

T = TypeVar("T")


@dataclass(frozen=True)
class Result:
    """The score. matrix: (C, C) counts, rows are labels, columns are predictions, both in the order of classes.

    mapped: probabilities of the model's own classes were summed into those of the scheme.
    left_out: labels that the scheme leaves out, and the number of their utterances.
    """

    model: str
    data: str
    scheme: str
    mapped: bool
    classes: list[str]
    uar: Estimate
    matrix: metrics.Counts
    num_utterances: int
    num_speakers: int
    left_out: dict[str, int]
    overlap: Overlap
    model_origin: str
    data_origin: str | None

    @property
    def is_synthetic(self) -> bool:
        """Whether model or data are synthetic, so that the score says nothing about people."""
        return "synthetic" in (self.model_origin, self.data_origin)


def evaluate(
    model: Model,
    data: LabelledData,
    trained_on: Sequence[bytes] | None = None,
    confidence: float = 0.95,
    training_data: Choice = "refuse",
) -> Result:
    """Score the model on the data.

    trained_on: the fingerprints of what it was trained on, None if there are none. training_data: what to do with data
    that it was trained on, see `training_data.judged`.
    Raises ZooError for data that cannot be used (all bad files in one message), and with exit code 3 when the model
    was trained on some of it and that is refused.
    """
    card = model.card
    if not model.has_classes:
        raise ZooError(
            f"{card.name} predicts {', '.join(model.values)}, not classes, so it cannot be scored on labels",
            "`zoo predict` prints its values; `zoo report show` has its scores in its study",
            WRONG_USAGE,
        )
    mapping = label_mapping(card, data)
    rows = [row for row in data.rows if mapping.classes[row.label] is not None]
    left_out = Counter(row.label for row in data.rows if mapping.classes[row.label] is None)
    if not rows:
        raise ZooError(
            f"{data.name}: the scheme {mapping.scheme} leaves out every utterance",
            "choose data with labels in the scheme",
        )
    overlap, rows = judged(
        card, data, rows, trained_on, training_data, lambda paths: _with_bar(paths, "reading audio", len(paths))
    )

    predictions = list(_with_bar(predict(model, [row.path for row in rows]), "predicting", len(rows)))
    stop_at_bad([item.problem for item in predictions if item.problem is not None], len(rows))
    classes = card.classes
    answers = [item.answer.probabilities for item in predictions if item.answer is not None]
    probabilities = np.array([[shares[name] for name in classes] for shares in answers])
    if mapping.mapped:
        probabilities, classes = map_probabilities(probabilities, classes, card.labels.cross)
    known = {str(mapping.classes[row.label]) for row in rows}
    if missing := sorted(known - set(classes)):
        raise ZooError(
            f"{card.name} never predicts {', '.join(missing)}", f"its classes in {mapping.scheme}: {', '.join(classes)}"
        )
    labels = np.array([classes.index(str(mapping.classes[row.label])) for row in rows])
    predicted = probabilities.argmax(axis=1)
    speakers, places = np.unique([row.speaker for row in rows], return_inverse=True)
    confusions = np.stack(
        [
            metrics.confusion(labels[places == place], predicted[places == place], len(classes))
            for place in range(len(speakers))
        ]
    )
    return Result(
        model=card.full_name,
        data=data.name,
        scheme=mapping.scheme,
        mapped=mapping.mapped,
        classes=classes,
        uar=jackknife(confusions[None], metrics.UAR, confidence),
        matrix=confusions.sum(axis=0),
        num_utterances=len(rows),
        num_speakers=len(speakers),
        left_out=dict(left_out),
        overlap=overlap,
        model_origin=card.origin,
        data_origin=data.origin,
    )


def _with_bar(steps: Iterable[T], what: str, total: int) -> Iterable[T]:
    """The steps, with a progress bar on a terminal."""
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    return track(steps, what, total, console=console, transient=True, disable=not console.is_terminal)
