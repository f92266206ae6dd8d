"""A model's score on labelled utterances, with a check for those that it was trained on."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from zoo.errors import WRONG_USAGE, ZooError
from zoo.evaluation.counting import NO_SPEAKERS
from zoo.evaluation.intervals import Estimate, jackknife
from zoo.evaluation.mapping import map_probabilities
from zoo.metrics import confusion as metrics
from zoo.releases.load import Model
from zoo.releases.predict import predict
from zoo.scoring.label_mapping import label_mapping
from zoo.scoring.labelled import LabelledData
from zoo.scoring.training_data import Choice, Overlap, judged, stop_at_bad
from zoo.terminal import with_bar


@dataclass(frozen=True)
class Result:
    """The score. matrix: (C, C) counts, rows are labels, columns are predictions, both in the order of classes.

    why: the scheme was taken. mapped: probabilities of the model's own classes were summed into those of the scheme.
    labels: those of the data that are spelled otherwise than their classes. num_speakers: None if they are not known.
    left_out: labels that the scheme leaves out, and the number of their utterances.
    """

    model: str
    data: str
    scheme: str
    why: str
    mapped: bool
    labels: dict[str, str]
    classes: list[str]
    uar: Estimate
    matrix: metrics.Counts
    num_utterances: int
    num_speakers: int | None
    left_out: dict[str, int]
    overlap: Overlap
    model_origin: str
    data_origin: str | None

    @property
    def is_synthetic(self) -> bool:
        """Whether model or data are synthetic, so that the score says nothing about people."""
        return "synthetic" in (self.model_origin, self.data_origin)

    @property
    def absent(self) -> list[str]:
        """The classes of the model in this scheme that no utterance has: the UAR is the mean over the others."""
        return [name for name, number in zip(self.classes, self.matrix.sum(axis=1), strict=True) if not number]


def evaluate(
    model: Model,
    data: LabelledData,
    trained_on: Sequence[bytes] | None = None,
    confidence: float = 0.95,
    training_data: Choice = "refuse",
    scheme: str | None = None,
    other_speakers: bool = False,
) -> Result:
    """Score the model on the data.

    trained_on: the fingerprints of what it was trained on, None if there are none. training_data: what to do with data
    that it was trained on, see `training_data.judged`. other_speakers: see `sameness.compare`. scheme: of the classes;
    if None, `label_mapping` chooses one.
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
    mapping = label_mapping(card, data, scheme)
    rows = [row for row in data.rows if mapping.classes[row.label] is not None]
    left_out = Counter(row.label for row in data.rows if mapping.classes[row.label] is None)
    if not rows:
        raise ZooError(
            f"{data.name}: the scheme {mapping.scheme} leaves out every utterance",
            "choose data with labels in the scheme",
        )
    overlap, rows = judged(card, data, rows, trained_on, training_data, other_speakers)

    predictions = list(with_bar(predict(model, [row.path for row in rows]), "predicting", len(rows)))
    stop_at_bad([item.problem for item in predictions if item.problem is not None], len(rows))
    classes = card.classes
    answers = [item.answer.probabilities for item in predictions if item.answer is not None]
    probabilities = np.array([[shares[name] for name in classes] for shares in answers])
    if mapping.mapped:
        probabilities, classes = map_probabilities(probabilities, classes, mapping.model)
    known = {str(mapping.classes[row.label]) for row in rows}
    if missing := sorted(known - set(classes)):
        raise ZooError(
            f"{card.name} never predicts {', '.join(missing)}",
            f"its classes in {mapping.scheme}: {', '.join(classes)}; pass another --scheme, or leave these labels out",
        )
    labels = np.array([classes.index(str(mapping.classes[row.label])) for row in rows])
    predicted = probabilities.argmax(axis=1)
    speakers, places = np.unique([row.speaker or "" for row in rows], return_inverse=True)
    known_speakers = all(row.speaker is not None for row in rows)
    confusions = np.stack(
        [
            metrics.confusion(labels[places == place], predicted[places == place], len(classes))
            for place in range(len(speakers))
        ]
    )
    uar = jackknife(confusions[None], metrics.UAR, confidence)
    spelled = {label: name for label, name in mapping.classes.items() if name not in (None, label)}
    return Result(
        model=card.full_name,
        data=data.name,
        scheme=mapping.scheme,
        why=mapping.why,
        mapped=mapping.mapped,
        labels={label: str(name) for label, name in spelled.items()},
        classes=classes,
        uar=uar if known_speakers else replace(uar, how=NO_SPEAKERS),
        matrix=confusions.sum(axis=0),
        num_utterances=len(rows),
        num_speakers=len(speakers) if known_speakers else None,
        left_out=dict(left_out),
        overlap=overlap,
        model_origin=card.origin,
        data_origin=data.origin,
    )
