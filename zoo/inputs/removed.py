"""How much of an utterance the steps before an input cut off, by emotion: where it differs, its length was a cue."""

from collections.abc import Mapping

import polars as pl

FILE = "removed.csv"  # in the folder of a store
HEAD = ("native label", "utterances", "seconds", "removed", "of an utterance")


def by_emotion(manifest: pl.DataFrame, lengths: Mapping[str, tuple[float, float]]) -> pl.DataFrame:
    """A row a native label: num_utterances, seconds before the steps, and how many of them the steps removed.

    manifest: with utterance_id and native_label. lengths: utterance_id -> seconds before and after the steps.
    """
    rows = [(name, before, before - after) for name, (before, after) in lengths.items()]
    seconds = pl.DataFrame(rows, schema=["utterance_id", "seconds", "removed_s"], orient="row")
    return (
        manifest.select("utterance_id", "native_label")
        .join(seconds, on="utterance_id")
        .group_by("native_label")
        .agg(pl.len().alias("num_utterances"), pl.col("seconds", "removed_s").sum().round(3))
        .sort("native_label")
    )


def cells(removed: pl.DataFrame) -> list[list[str]]:
    """The rows as people read them, for HEAD."""
    return [
        [label, str(number), f"{seconds:.1f} s", f"{gone:.1f} s", f"{gone / number:.2f} s"]
        for label, number, seconds, gone in removed.iter_rows()
    ]
