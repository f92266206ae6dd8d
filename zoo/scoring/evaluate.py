"""A model's score on labelled utterances, with a check for those that it was trained on."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from zoo import audio, fingerprint
from zoo.audit.crossing import KINDS, shared
from zoo.errors import REFUSED, WRONG_USAGE, ZooError
from zoo.evaluation.intervals import Estimate, jackknife
from zoo.evaluation.mapping import map_probabilities
from zoo.metrics import confusion as metrics
from zoo.releases.card import Card
from zoo.releases.load import Model
from zoo.releases.predict import predict
from zoo.scoring.labelled import LabelledData, label_mapping
from zoo.study.study import LEAVE_ONE_CORPUS_OUT
from zoo.terminal import with_bar


@dataclass(frozen=True)
class Overlap:
    """The part of the data that the model was trained on.

    num_utterances: by their samples; num_copies: others, by their fingerprints, such as louder, resampled, compressed
    or trimmed ones; speakers: by name.
    """

    num_utterances: int
    num_copies: int
    speakers: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.num_utterances or self.num_copies or self.speakers)

    def __str__(self) -> str:
        parts = []
        if self.num_utterances:
            parts.append(f"{self.num_utterances} utterance{'s' if self.num_utterances > 1 else ''}")
        if self.num_copies:
            parts.append(f"other copies of {self.num_copies} utterance{'s' if self.num_copies > 1 else ''}")
        if self.speakers:
            named = ", ".join(self.speakers[:12]) + (", …" if len(self.speakers) > 12 else "")
            parts.append(f"{len(self.speakers)} speaker{'s' if len(self.speakers) > 1 else ''} ({named})")
        return " and ".join(parts)


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
    trained_on: Sequence[bytes] = (),
    confidence: float = 0.95,
    include_training_data: bool = False,
) -> Result:
    """Score the model on the data. trained_on: the fingerprints of what it was trained on, as far as they are known.

    Raises ZooError for data that cannot be used (all bad files in one message), and with exit code 3 when the model
    was trained on some of it and `include_training_data` is false.
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
    overlap = _overlap(card, data, _identities([row.path for row in rows]), trained_on)
    if overlap and not include_training_data:
        raise _refusal(card, data, overlap)

    predictions = list(with_bar(predict(model, [row.path for row in rows]), "predicting", len(rows)))
    _stop_at_bad([item.problem for item in predictions if item.problem is not None], len(rows))
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


def _overlap(card: Card, data: LabelledData, identities: dict[str, bytes], trained_on: Sequence[bytes]) -> Overlap:
    """What the training data and the data share; speakers of another corpus or origin are other people."""
    start, own = card.release.start, card.training.speakers
    if card.release.protocol != LEAVE_ONE_CORPUS_OUT:  # a pool's speakers are named after their corpus
        own = [f"{card.release.corpus}/{name}" for name in own]
    known = [name.partition("/") for name in (*own, *(start.speakers if start else ()))]
    same = data.origin in (None, card.origin)
    heard = [speaker for corpus, _, speaker in known if same and data.corpus in (None, corpus)]
    people = [heard, [row.speaker for row in data.rows]]
    sounds = [[*card.training.sha256_samples, *(start.sha256_samples if start else ())], list(identities)]
    parts = pl.DataFrame({"split": ["training", "data"], "speaker_id": people, "audio": sounds})
    audio, speakers = (shared(parts.explode(KINDS[kind]), kind) for kind in ("identical audio", "speakers"))
    same_samples = {one.value for one in audio}
    copies = fingerprint.same(trained_on, [own for name, own in identities.items() if name not in same_samples])
    return Overlap(len(audio), len(copies), tuple(one.value for one in speakers))


def _identities(paths: list[Path]) -> dict[str, bytes]:
    """The sha256 of every file's samples, and their fingerprints."""
    found: dict[str, bytes] = {}
    problems: list[ZooError] = []
    for path in with_bar(paths, "reading audio", len(paths)):
        try:
            recording = audio.read(path)
            found[recording.sha256_samples] = fingerprint.of(audio.mono_16k(recording, path))
        except ZooError as error:
            problems.append(error)
    _stop_at_bad(problems, len(paths))
    return found


def _refusal(card: Card, data: LabelledData, overlap: Overlap) -> ZooError:
    only_names = data.corpus is None and not (overlap.num_utterances or overlap.num_copies)
    other = "; if they are other people with the same names, rename them" if only_names else ""
    return ZooError(
        f"{card.name} was trained on {overlap} of {data.name}: a score on them is not a result",
        f"score it on other speakers, or pass --include-training-data{other}",
        REFUSED,
    )


def _stop_at_bad(problems: list[ZooError], total: int) -> None:
    if problems:
        named = "; ".join(problem.message for problem in problems[:5])
        more = f"; and {len(problems) - 5} more" if len(problems) > 5 else ""
        raise ZooError(f"{len(problems)} of {total} files cannot be used: {named}{more}", problems[0].hint)
