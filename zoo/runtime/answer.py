"""From the outputs of networks to answers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from zoo.errors import ZooError
from zoo.tasks.classes import softmax
from zoo.tasks.contract import Reading

Outputs = npt.NDArray[np.float32]
Read = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Answer:
    """What a model says about an utterance.

    label: the most probable class; None if the model was not trained on classes. probabilities: of every class, they
    add up to 1; empty without classes. values: such as valence, arousal and dominance, 0 to 1; empty without them.
    """

    label: str | None
    probabilities: dict[str, float] = field(default_factory=dict)
    values: dict[str, float] = field(default_factory=dict)


def average(readings: Sequence[Reading], outputs: Sequence[Outputs]) -> Outputs:
    """Outputs that are read as the mean of what each network's outputs (N, O) are read as: (N, O).

    Those of one network stay as they are.
    """
    from scipy.special import log_expit, log_softmax, logsumexp

    if len(outputs) == 1:
        return outputs[0]
    stacked = np.stack(outputs).astype(np.float64)
    parts = []
    for reading, span in _spans(readings):
        own = stacked[:, :, span]
        if reading.kind == "probabilities":
            parts.append(logsumexp(log_softmax(own, axis=-1), axis=0) - np.log(len(outputs)))
        else:
            parts.append(logsumexp(log_expit(own), axis=0) - logsumexp(log_expit(-own), axis=0))
    return np.concatenate(parts, axis=-1).astype(np.float32)


def read(reading: Reading, outputs: Outputs) -> Read:
    """The probabilities or values of outputs (N, O of the reading): same shape."""
    if reading.kind == "probabilities":
        return softmax(outputs)
    from scipy.special import expit

    return np.asarray(expit(outputs.astype(np.float64)))


def probabilities(readings: Sequence[Reading], outputs: Outputs) -> Read:
    """Of the classes, for outputs (N, O): (N, C). Raises ValueError if no classes are asked."""
    reading, span = next((reading, span) for reading, span in _seen(readings) if reading.kind == "probabilities")
    return read(reading, outputs[:, span])


def answers(readings: Sequence[Reading], outputs: Outputs) -> list[Answer]:
    """One for each row of outputs (N, O). Of several tasks over classes the first one answers.

    Raises ZooError if an answer is not finite or not in its task's range.
    """
    found: list[Answer] = [Answer(None) for _ in outputs]
    for reading, span in _seen(readings):
        rows = read(reading, outputs[:, span])
        _require_range(reading, rows)
        for number, row in enumerate(rows.tolist()):
            given, known = dict(zip(reading.names, row, strict=True)), found[number]
            if reading.kind == "values":
                found[number] = Answer(known.label, known.probabilities, {**known.values, **given})
            elif known.label is None:
                found[number] = Answer(max(given, key=given.__getitem__), given, known.values)
    return found


def _require_range(reading: Reading, rows: Read) -> None:
    inside = bool(np.isfinite(rows).all() and (rows >= 0).all() and (rows <= 1).all())
    if inside and reading.kind == "probabilities":
        inside = bool(np.allclose(rows.sum(axis=1), 1, atol=1e-4))
    if not inside:
        raise ZooError(f"an answer is not {_RANGES[reading.kind]}")


_RANGES = {"probabilities": "a distribution over the classes", "values": "a number from 0 to 1"}


def _spans(readings: Sequence[Reading]) -> Iterator[tuple[Reading, slice]]:
    start = 0
    for reading in readings:
        yield reading, slice(start, start + len(reading.names))
        start += len(reading.names)


def _seen(readings: Sequence[Reading]) -> Iterator[tuple[Reading, slice]]:
    return ((reading, span) for reading, span in _spans(readings) if reading.seen)
