"""A model's score on labelled utterances, with a check for those that it was trained on."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from zoo.audit.sameness import Known, compare
from zoo.errors import WRONG_USAGE, ZooError
from zoo.evaluation.counting import NO_SPEAKERS
from zoo.evaluation.intervals import Estimate, jackknife
from zoo.evaluation.mapping import map_probabilities
from zoo.metrics import confusion as metrics
from zoo.releases.card import Card
from zoo.releases.load import Model
from zoo.releases.predict import Prediction, predict
from zoo.scoring.adapted import AdaptedModel
from zoo.scoring.label_mapping import LabelMapping, label_mapping
from zoo.scoring.labelled import Labelled, LabelledData
from zoo.scoring.training_data import Choice, Overlap, judged, stop_at_bad, utterances
from zoo.terminal import with_bar


@dataclass(frozen=True)
class Result:
    """The score. matrix: (C, C) counts, rows are labels, columns are predictions, both in the order of classes.

    why: the scheme was taken. mapped: probabilities of the model's own classes were summed into those of the scheme.
    labels: those of the data that are spelled otherwise than their classes. num_speakers: None if they are not known.
    left_out: labels that the scheme leaves out, and the number of their utterances. sights: what the model saw of such
    speech before, see zoo.tables.sights; saw: that in words, None for a release, which saw nothing.
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
    sights: str
    saw: str | None

    @property
    def is_synthetic(self) -> bool:
        """Whether model or data are synthetic, so that the score says nothing about people."""
        return "synthetic" in (self.model_origin, self.data_origin)

    @property
    def absent(self) -> list[str]:
        """The classes of the model in this scheme that no utterance has: the UAR is the mean over the others."""
        return [name for name, number in zip(self.classes, self.matrix.sum(axis=1), strict=True) if not number]


@dataclass(frozen=True)
class Asked:
    """The labelled utterances that a model is scored on. left_out: labels that the scheme leaves out, and how many."""

    mapping: LabelMapping
    rows: list[Labelled]
    left_out: dict[str, int]
    overlap: Overlap


def asked(
    model: Model,
    data: LabelledData,
    trained_on: Sequence[bytes] | None,
    training_data: Choice = "refuse",
    scheme: str | None = None,
    other_speakers: bool = False,
) -> Asked:
    """What of the data a model is scored on, in which classes. Raises ZooError as `evaluate` does."""
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
    people: list[str] = []
    if isinstance(model, AdaptedModel):
        ledger = model.facts.ledger
        people = ledger.labelled_speakers
        trained_on = None if trained_on is None else [*trained_on, *map(bytes.fromhex, ledger.fingerprints)]
        if model.method.sights.enrolled:
            rows = _without_enrolled(model, data, rows)
    overlap, rows = judged(card, data, rows, trained_on, training_data, other_speakers, people)
    return Asked(mapping, rows, dict(left_out), overlap)


def _without_enrolled(model: AdaptedModel, data: LabelledData, rows: list[Labelled]) -> list[Labelled]:
    """The rows but for recordings by which the model knows their speakers, and copies of them by their sound, which are
    not scored in studies either."""
    ledger = model.facts.ledger
    known = Known(frozenset(ledger.sha256_unlabelled), [bytes.fromhex(one) for one in ledger.fingerprints_enrolled], {})
    evidence = compare(known, utterances(rows), data.corpus).evidence
    left = [row for row, how in zip(rows, evidence, strict=True) if how in (None, "speaker")]
    if not left:
        raise ZooError(f"{data.name}: {model.facts.method} has heard every recording", "score it on others")
    return left


def require_known(card: Card, found: Collection[str], classes: Sequence[str], scheme: str) -> None:
    """Raise ZooError naming the classes in labels that a model, with these classes in the scheme, never predicts."""
    if missing := sorted({*found} - {*classes}):
        raise ZooError(
            f"{card.name} never predicts {', '.join(missing)}",
            f"its classes in {scheme}: {', '.join(classes)}; pass another --scheme, or leave these labels out",
        )


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
    found = asked(model, data, trained_on, training_data, scheme, other_speakers)
    mapping, rows = found.mapping, found.rows
    predictions = list(with_bar(_predicted(model, data, rows), "predicting", len(rows)))
    stop_at_bad([item.problem for item in predictions if item.problem is not None], len(rows))
    classes = card.classes
    answers = [item.answer.probabilities for item in predictions if item.answer is not None]
    probabilities = np.array([[shares[name] for name in classes] for shares in answers])
    if mapping.mapped:
        probabilities, classes = map_probabilities(probabilities, classes, mapping.model)
    known = {str(mapping.classes[row.label]) for row in rows}
    require_known(card, known, classes, mapping.scheme)
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
        left_out=found.left_out,
        overlap=found.overlap,
        model_origin=card.origin,
        data_origin=data.origin,
        sights=model.sights,
        saw=model.facts.ledger.text if isinstance(model, AdaptedModel) else None,
    )


def _predicted(model: Model, data: LabelledData, rows: Sequence[Labelled]) -> Iterator[Prediction]:
    """The predictions for the rows, in order; speaker by speaker where the model asks who speaks."""
    if not isinstance(model, AdaptedModel) or not model.asks_speaker:
        return predict(model, [row.path for row in rows])
    if unknown := [row.where for row in rows if row.speaker is None]:
        raise ZooError(
            f"{unknown[0]}: it is not said who speaks, which {model.facts.method} asks", "fill in the column speaker"
        )
    found: dict[int, Prediction] = {}
    for speaker in dict.fromkeys(str(row.speaker) for row in rows):
        places = [place for place, row in enumerate(rows) if row.speaker == speaker]
        found |= dict(zip(places, predict(model.of(speaker), [rows[place].path for place in places]), strict=True))
    return (found[place] for place in range(len(rows)))
