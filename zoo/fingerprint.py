"""An acoustic fingerprint of an utterance, by which its copies are found: louder, resampled, compressed, trimmed.

Spectral peaks of speech as landmarks, in the manner of Wang (2003, An industrial-strength audio search algorithm), each
described by the signs of energy differences between bands and moments, as Haitsma and Kalker (2002, A highly robust
audio fingerprinting system) do. Two takes of one sentence by one speaker have like landmarks too, but not at the same
times, so that of the pairs of like landmarks only those count that one shift and one speed explain.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

RATE_HZ, HOP, WINDOW = 8_000, 32, 512  # what a telephone leaves; 4 ms; 64 ms
NUM = 32  # landmarks of an utterance, the most energetic ones
LIKE = 8  # of 48 bits, in which landmarks of copies differ at most
SPEEDS = 1 + np.arange(-12, 13, 2) / 1000
TOLERANCE = 1  # hops by which a landmark of a copy is early or late
THRESHOLD = 0.5  # of likeness: copies of EmoDB have 0.56 or more (tests/test_fingerprint.py)
_EDGES_HZ = np.geomspace(250, 3300, 19)
_APART, _ASIDE = 3, 15  # hops between landmarks; between the moments that are compared
_QUIET = 0.01  # of the loudest moment's energy: below it there are no landmarks
_GROUPS = (slice(0, 6), slice(6, 11), slice(11, 17))  # bands whose peaks are looked for together
_RECORD = np.dtype([("time", "<u2"), ("bits", "u1", 6)])
_KEYS = (slice(0, 3), slice(3, 6), slice(0, 6, 2))  # bytes of a landmark that find candidates
_FEWEST = 4  # landmarks that a fingerprint needs
_MOST_LIKE = 5  # known fingerprints with most keys in common, which are compared

Samples = npt.NDArray[np.float32]


def of(samples: Samples) -> bytes:
    """The fingerprint of (num_samples,) at 16 kHz: at most 256 bytes, 8 a landmark; no bytes where there are too few.

    It does not depend on the level. Of a recording longer than 4 minutes it has landmarks of the first 4.
    """
    energy = _band_energy(samples)
    found = np.zeros(0, _RECORD) if len(energy) <= 2 * _ASIDE else _landmarks(energy)
    return found.tobytes() if len(found) >= _FEWEST else b""


def _band_energy(samples: Samples) -> npt.NDArray[np.float64]:
    """(T, 17) every 4 ms."""
    import soxr
    from scipy.fft import rfft

    narrow = soxr.resample(samples[: 240 * 16_000], 16_000, RATE_HZ)
    # the root makes what was clipped more like what was not
    rooted = np.pad(np.sign(narrow) * np.sqrt(np.abs(narrow)), WINDOW // 2)
    frames = np.lib.stride_tricks.sliding_window_view(rooted, WINDOW)[::HOP] * np.hanning(WINDOW).astype(np.float32)
    frequencies = np.fft.rfftfreq(WINDOW, 1 / RATE_HZ)[:, None]
    low, middle, high = _EDGES_HZ[:-2], _EDGES_HZ[1:-1], _EDGES_HZ[2:]
    bands = np.minimum((frequencies - low) / (middle - low), (high - frequencies) / (high - middle)).clip(0)
    return np.asarray(np.square(np.abs(rfft(frames))) @ bands)  # scipy's keeps single precision


def _landmarks(energy: npt.NDArray[np.float64]) -> npt.NDArray[np.void]:
    level, total = np.log(energy + energy.max() * 1e-5 + 1e-30), energy.sum(axis=1)
    loud = total > _QUIET * total.max()
    usual = level[loud].mean(axis=0) if loud.any() else 0
    chosen: list[int] = []
    for place in _peaks(energy, loud):
        if len(chosen) == NUM:
            break
        if _ASIDE <= place < len(level) - _ASIDE and all(abs(place - other) >= _APART for other in chosen):
            chosen.append(place)
    found = np.zeros(len(chosen), _RECORD)
    for row, place in zip(found, sorted(chosen), strict=True):
        before, here, after = level[place - _ASIDE], level[place], level[place + _ASIDE]
        bend = 2 * here - before - after
        bits = [np.diff(here - usual) < 0, (after > before)[:16], np.diff(bend) < 0]
        row["time"], row["bits"] = place, np.packbits(np.concatenate(bits))
    return found


def _peaks(energy: npt.NDArray[np.float64], loud: npt.NDArray[np.bool_]) -> list[int]:
    """Moments at which some bands together are loudest, the most prominent first."""
    smooth = np.hanning(9) / np.hanning(9).sum()
    found: list[tuple[float, int]] = []
    for group in _GROUPS:
        course = np.convolve(energy[:, group].sum(axis=1), smooth, "same")
        peak = (course[1:-1] > course[:-2]) & (course[1:-1] >= course[2:]) & loud[1:-1]
        found += [(-float(course[place] / course.max()), int(place)) for place in np.flatnonzero(peak) + 1]
    return [place for _, place in sorted(found)]


def likeness(one: bytes, other: bytes) -> float:
    """The share of the landmarks of the shorter fingerprint that one shift and speed brings to the other's, 0 to 1."""
    first, second = (np.frombuffer(each, _RECORD) for each in (one, other))
    fewest = min(len(first), len(second))
    if not fewest:
        return 0.0
    differing = np.bitwise_count(first["bits"][:, None] ^ second["bits"][None]).sum(axis=2)
    rows, columns = np.nonzero(differing <= LIKE)
    best = 0
    for speed in SPEEDS:
        shifts = np.sort(second["time"][columns] - speed * first["time"][rows])
        explained = np.searchsorted(shifts, shifts + 2 * TOLERANCE, "right") - np.arange(len(shifts))
        best = max(best, int(explained.max(initial=0)))
    return min(best, fewest) / fewest


@dataclass(frozen=True)
class Same:
    """Two fingerprints of one recording, by their places among known and asked ones."""

    known: int
    asked: int
    likeness: float


def same(known: Sequence[bytes], asked: Sequence[bytes]) -> list[Same]:
    """Which of the asked fingerprints are of a recording among the known ones: the likest known one of each.

    Time grows with the number of fingerprints, not with that of their pairs: only those are compared which share 24
    bits of some landmark.
    """
    found = []
    for place, scored in enumerate(_candidates(known, asked)):
        share, other = max(scored, default=(0.0, 0))
        if share >= THRESHOLD:
            found.append(Same(-other, place, share))
    return found


def pairs(known: Sequence[bytes]) -> list[tuple[int, int]]:
    """The places of any two fingerprints of one recording, the smaller first; as fast as `same`."""
    return sorted(
        {
            (min(place, -other), max(place, -other))
            for place, scored in enumerate(_candidates(known, known))
            for share, other in scored
            if share >= THRESHOLD and -other != place
        }
    )


def _candidates(known: Sequence[bytes], asked: Sequence[bytes]) -> Iterator[list[tuple[float, int]]]:
    """Of each of the asked: the likeness of known ones with which it shares most keys, and their places times -1."""
    places, keys = _keys(known)
    order = np.argsort(keys, kind="stable")
    places, keys = places[order], keys[order]
    for one in asked:
        own = _keys([one])[1]
        starts, stops = np.searchsorted(keys, own, "left"), np.searchsorted(keys, own, "right")
        hits = Counter(int(other) for a, b in zip(starts, stops, strict=True) for other in places[a:b])
        yield [(likeness(known[other], one), -other) for other, _ in hits.most_common(_MOST_LIKE)]


def _keys(fingerprints: Sequence[bytes]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Of every landmark the place of its fingerprint and three keys: which 24 bits, and their values."""
    lengths = [len(one) // _RECORD.itemsize for one in fingerprints]
    bits = np.frombuffer(b"".join(fingerprints), _RECORD)["bits"].astype(np.int64)
    of_place = np.repeat(np.arange(len(fingerprints)), lengths)
    each = [number << 24 | bits[:, part] @ np.array([1 << 16, 1 << 8, 1]) for number, part in enumerate(_KEYS)]
    return np.tile(of_place, len(_KEYS)), np.concatenate(each)
