"""Predictions for windows of a long recording."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from zoo.audio import RATE_HZ, Samples
from zoo.audio.judgement import SHORTEST_S, faults
from zoo.audio.level import Level
from zoo.errors import WRONG_USAGE, ZooError
from zoo.releases.load import TOGETHER, Model
from zoo.runtime.answer import Answer

_LIMITS_S = (0.1, 60.0)


@dataclass(frozen=True)
class Window:
    """A part of a recording, in seconds from its start; answer: None where it holds no speech (silence), or no finite
    answer was given."""

    start_s: float
    end_s: float
    answer: Answer | None


def require_lengths(window_s: float, step_s: float) -> None:
    """Raise ZooError for lengths that make no timeline."""
    low, high = _LIMITS_S
    if not low <= window_s <= high:
        raise ZooError(f"a window of {window_s:g} s", f"choose {low:g} to {high:g} s; speech takes some", WRONG_USAGE)
    if not low <= step_s <= window_s:
        hint = f"choose {low:g} s to the window's {window_s:g} s, so that nothing is left out"
        raise ZooError(f"a step of {step_s:g} s", hint, WRONG_USAGE)


def timeline(model: Model, samples: Samples, name: object, window_s: float, step_s: float) -> Iterator[Window]:
    """The answers for windows of a recording, (num_samples,) at 16 kHz, in order; the last one ends where it ends."""
    spans = _spans(len(samples), round(window_s * RATE_HZ), round(step_s * RATE_HZ))
    for first in range(0, len(spans), TOGETHER):
        part = spans[first : first + TOGETHER]
        cuts = [samples[start:end] for start, end in part]
        speech = [cut for cut in cuts if _is_speech(cut)]
        answers = iter(model.answers(speech, [name] * len(speech)))
        for (start, end), cut in zip(part, cuts, strict=True):
            answer = next(answers) if _is_speech(cut) else None
            yield Window(start / RATE_HZ, end / RATE_HZ, None if isinstance(answer, ZooError) else answer)


def mean(windows: list[Window]) -> Answer | None:
    """The mean of the windows' probabilities and values, without silence; None if nothing else is there."""
    heard = [window.answer for window in windows if window.answer is not None]
    if not heard:
        return None
    shares = {name: float(np.mean([one.probabilities[name] for one in heard])) for name in heard[0].probabilities}
    values = {name: float(np.mean([one.values[name] for one in heard])) for name in heard[0].values}
    return Answer(max(shares, key=shares.__getitem__) if shares else None, shares, values)


def _spans(num_samples: int, window: int, step: int) -> list[tuple[int, int]]:
    if num_samples <= window:
        return [(0, num_samples)]
    starts = [*range(0, num_samples - window, step), num_samples - window]
    return [(start, start + window) for start in starts]


def _is_speech(samples: Samples) -> bool:
    level = Level.of(samples)
    duration_s = max(len(samples) / RATE_HZ, SHORTEST_S)  # a short recording was judged as a whole
    return not faults(duration_s, level.dbfs, 0.0, level.dc_offset)
