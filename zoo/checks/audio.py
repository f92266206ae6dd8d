"""Checks of the audio as measured in the manifest: rates, channels, durations, level, clipping, offset.

Files with known defects (`Corpus.known_defects`) are exempt here; a separate check warns about them and describes them.
"""

import math
from collections.abc import Sequence
from functools import partial
from typing import Any

import polars as pl

from zoo.audio.judgement import LONGEST_S, MUCH_OFFSET, OVERSHOOT, SHORTEST_S, Fault, faults
from zoo.checks.contract import Check, Severity
from zoo.corpora.contract import Corpus
from zoo.library.published import files_of, uniform_lengths

# Measured on EmoDB and RAVDESS (16 and 48 kHz): at most 0.00011 of a file's samples are at full scale, since EmoDB is
# normalised to it; offsets are at most 0.04 times the level. Peaks go down to 0.0045 and levels to -64 dBFS in quiet
# but intact speech, so a low peak is not a problem.
CLIPPED, MUCH_CLIPPED = 0.001, 0.05  # share of the samples
OFFSET = 0.1  # share of the root mean square
DEFECTS = "known_defects"
_MEASURED = ("duration_s", "level_dbfs", "peak", "dc_offset", "clipped")
_POSSIBLE = {
    "level_dbfs": (-120.0, 20 * math.log10(OVERSHOOT)),
    "peak": (0.0, OVERSHOOT),
    "dc_offset": (-OVERSHOOT, OVERSHOOT),
    "clipped": (0.0, 1.0),
}
_RATED = ("valence", "arousal", "dominance", "valence_native", "arousal_native", "dominance_native", "agreement")

_offset = pl.col("dc_offset").abs() / pl.lit(10.0).pow(pl.col("level_dbfs") / 20)


def checks(corpus: Corpus, official: str) -> list[Check]:
    """The checks of a manifest's audio. official: why official facts do not apply; empty where they do."""
    shortest, longest = corpus.duration_range_s

    def audio(
        title: str, wrong: pl.Expr, column: str, severity: Severity = "fail", skip: str = "", field: str = DEFECTS
    ) -> Check:
        find = partial(_unknown_problems, corpus, wrong, column)
        return Check(title, severity, find=find, skip=skip, field=field)

    def usable(title: str, column: str, *wrong: Fault, severity: Severity = "fail", field: str = DEFECTS) -> Check:
        return Check(title, severity, find=partial(_unusable, corpus, wrong, column), field=field)

    return [
        Check(
            "durations, levels, peaks, offsets and clipping are numbers",
            "fail",
            find=partial(_not_finite, _MEASURED, False),
        ),
        Check("ratings are numbers where present", "fail", find=partial(_not_finite, _RATED, True)),
        Check("levels, peaks, offsets and clipping are possible", "fail", find=_impossible),
        usable("utterances last at least 25 ms and at most an hour", "duration_s", "short", "long"),
        audio(
            "durations are in the corpus's range",
            _inside("duration_s", SHORTEST_S, LONGEST_S) & ~_inside("duration_s", shortest, longest),
            "duration_s",
            skip=official,
            field="duration_range_s",
        ),
        audio("utterances last at least 1 s", _inside("duration_s", SHORTEST_S, 1.0), "duration_s", "warn"),
        Check(
            "files have one of the corpus's sampling rates"
            if corpus.other_rates_hz
            else "all files have the same sampling rate",
            "fail",
            find=partial(_odd_rates, corpus),
            field="other_rates_hz",
        ),
        Check("lengths vary", "fail", find=partial(_uniform, corpus), skip=official),
        Check("files have the official sampling rate", "warn", find=partial(_other_rate, corpus), skip=official),
        audio(
            f"files have {_or(corpus.channels)}",
            ~pl.col("channels").is_in(corpus.channels),
            "channels",
            field="channels",
        ),
        usable("no file is silent", "level_dbfs", "silent"),
        audio("no file is badly clipped", pl.col("clipped") > MUCH_CLIPPED, "clipped"),
        audio("no file is clipped", pl.col("clipped").is_between(CLIPPED, MUCH_CLIPPED), "clipped", "warn"),
        usable(
            "no file has a large DC offset",
            "dc_offset",
            "offset",
            severity="warn" if corpus.dc_offset else "fail",
            field="dc_offset",
        ),
        audio("no file has a DC offset", _offset.is_between(OFFSET, MUCH_OFFSET), "dc_offset", "warn"),
    ]


def _or(channels: Sequence[int]) -> str:
    """One channel; two channels; 1 or 2 channels."""
    if len(channels) > 1:
        return f"{' or '.join(map(str, sorted(channels)))} channels"
    return {1: "one channel", 2: "two channels"}.get(channels[0], f"{channels[0]} channels")


def known(corpus: Corpus) -> pl.Expr:
    """Whether a row of the manifest is one of the corpus's known defects."""
    names = list(corpus.known_defects)
    return pl.col("utterance_id").is_in(names) | pl.col("path").is_in(names)


def _inside(column: str, low: float, high: float) -> pl.Expr:
    return pl.col(column).is_between(low, high)


def _unknown_problems(corpus: Corpus, wrong: pl.Expr, column: str, manifest: pl.DataFrame) -> list[str]:
    """Files with a problem that is not a known defect."""
    is_number = pl.col(column).cast(pl.Float64).is_finite()
    rows = _rows(manifest, is_number & wrong & ~known(corpus), column)
    return [f"{name}: {column} is {_shown(value)}" for name, value in rows]


def _unusable(corpus: Corpus, wrong: tuple[Fault, ...], column: str, manifest: pl.DataFrame) -> list[str]:
    """Files with a fault that makes predictions refuse them too, and that is not a known defect."""
    measured = ("duration_s", "level_dbfs", "peak", "dc_offset")
    finite = pl.all_horizontal(pl.col(name).cast(pl.Float64).is_finite() for name in measured)
    rows = (
        manifest.filter(finite & ~known(corpus))
        .select("utterance_id", pl.col(column).alias("value"), *measured)
        .sort("utterance_id")
    )
    return [
        f"{name}: {column} is {_shown(value)}" for name, value, *row in rows.rows() if set(wrong) & set(faults(*row))
    ]


def _not_finite(columns: tuple[str, ...], may_be_empty: bool, manifest: pl.DataFrame) -> list[str]:
    return [
        f"{name}: {column} is {'not a number' if value is None or math.isnan(value) else value}"
        for column in columns
        for name, value in _rows(manifest, ~pl.col(column).is_finite().fill_null(may_be_empty), column)
    ]


def _impossible(manifest: pl.DataFrame) -> list[str]:
    """Values that no recording can have; infinite values are reported by another check."""
    return [
        f"{name}: {column} is {_shown(value)}, not between {low:.4g} and {high:.4g}"
        for column, (low, high) in _POSSIBLE.items()
        for name, value in _rows(manifest, pl.col(column).is_finite() & ~_inside(column, low, high), column)
    ]


def _rows(manifest: pl.DataFrame, wrong: pl.Expr, column: str) -> list[tuple[str, Any]]:
    """The utterances with a problem, and their values of the column."""
    return manifest.filter(wrong).select("utterance_id", column).sort("utterance_id").rows()


def _odd_rates(corpus: Corpus, manifest: pl.DataFrame) -> list[str]:
    if (usual := _usual_rate(manifest)) is None:
        return []
    odd = manifest.filter(~pl.col("sampling_rate_hz").is_in([usual, *corpus.other_rates_hz]) & ~known(corpus))
    rows = odd.select("utterance_id", "sampling_rate_hz").sort("utterance_id").rows()
    return [f"{name}: {rate} Hz, most files have {usual}" for name, rate in rows]


def _other_rate(corpus: Corpus, manifest: pl.DataFrame) -> list[str]:
    usual = _usual_rate(manifest)
    if usual is None or usual in (corpus.sampling_rate_hz, *corpus.other_rates_hz):
        return []
    number = manifest.filter(pl.col("sampling_rate_hz") == usual).height
    return [f"{number} files at {usual} Hz, not {corpus.sampling_rate_hz}"]


def _uniform(corpus: Corpus, manifest: pl.DataFrame) -> list[str]:
    return uniform_lengths(corpus, files_of(manifest))


def _usual_rate(manifest: pl.DataFrame) -> int | None:
    rates = manifest["sampling_rate_hz"].value_counts().sort("count", "sampling_rate_hz", descending=True)
    return int(rates["sampling_rate_hz"][0]) if len(rates) else None


def _shown(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
