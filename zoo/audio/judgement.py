"""Which recordings are no usable speech: one judgement for the checks of corpora and for predictions."""

from typing import Literal

from zoo.audio.level import Level
from zoo.errors import Kind, ZooError

Fault = Literal["short", "long", "silent", "loud", "offset"]

SHORTEST_S = 0.025  # one analysis window
LONGEST_S = 3600.0
# Of the root mean square, in dB re full scale. The quietest known recordings, by actors 09 and 20 of RAVDESS, are 6 dB
# above it.
SILENCE_DBFS = -70.0
OVERSHOOT = 1.5  # of full scale: lossy formats and float files may exceed 1 when decoded
MUCH_OFFSET = 0.5  # share of the root mean square; at most 0.04 in EmoDB and RAVDESS
_CANCELLED = 1e-3  # share of the channels' mean power that is left of them when they are mixed down: -30 dB

_HINTS: dict[Fault, tuple[str, Kind]] = {
    "short": ("pass at least 25 ms of speech", ""),
    "long": ("split it, or use zoo predict --timeline, which answers window by window", ""),
    "silent": ("record or copy it again", "silent"),
    "loud": ("full scale is 1 for floats: divide by the full scale, or pass integers", ""),
    "offset": ("remove the offset with a high-pass filter: sox in.wav out.wav highpass 20", ""),
}


def faults(duration_s: float, level_dbfs: float, peak: float, dc_offset: float) -> list[Fault]:
    """What makes a recording unusable, the worst first; empty for speech.

    level_dbfs: root mean square in dB re full scale. peak, dc_offset: in units of full scale.
    """
    rms = 10 ** (level_dbfs / 20)
    found: dict[Fault, bool] = {
        "short": duration_s < SHORTEST_S,
        "long": duration_s > LONGEST_S,
        "silent": level_dbfs < SILENCE_DBFS,
        "loud": peak > OVERSHOOT,
        "offset": abs(dc_offset) > MUCH_OFFSET * rms,
    }
    return [fault for fault, is_so in found.items() if is_so]


def unusable(name: object, duration_s: float, level: Level) -> ZooError | None:
    """The error about a recording that is no usable speech. level: of what is stored."""
    found = faults(duration_s, level.dbfs, level.peak, level.dc_offset)
    if not found:
        return None
    texts: dict[Fault, str] = {
        "short": f"lasts {1000 * duration_s:.0f} ms",
        "long": f"lasts {duration_s / 3600:.1f} hours",
        "silent": "is silent",
        "loud": f"has samples of up to {level.peak:.3g}",
        "offset": f"is mostly a DC offset: its mean is {level.dc_offset:.2g}, its level {10 ** (level.dbfs / 20):.2g}",
    }
    hint, kind = _HINTS[found[0]]
    return ZooError(f"{name} {texts[found[0]]}", hint, kind=kind)


def cancelled(name: object, stored: Level, mixed: Level) -> ZooError | None:
    """The error about channels that are each other's inverse: mixed down, nothing is left of what is stored."""
    if stored.dbfs < SILENCE_DBFS or mixed.power > _CANCELLED * stored.power:
        return None
    return ZooError(
        f"{name}: its channels cancel each other when they are mixed down",
        "take one of them: sox in.wav out.wav remix 1",
        kind="silent",
    )
