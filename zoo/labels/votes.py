"""Votes as labels: the label with most votes, and the distribution over the classes of a scheme."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from zoo.errors import ZooError, unknown
from zoo.labels import NO_AGREEMENT, mapping

if TYPE_CHECKING:
    import polars as pl

ACTED, RATERS = "acted", "raters"  # a corpus's own labels: what the actors were asked for, or what outside raters chose
# label source -> source of its votes
CROWD = {"crowd_audio": "voice", "crowd_multimodal": "both"}
Votes = Sequence[Mapping[str, Any]]  # source, label, count: a row's `votes` in the manifest


def counted(votes: Votes, source: str) -> dict[str, float]:
    """Native label -> number of votes by that source; empty without votes."""
    return {vote["label"]: float(vote["count"]) for vote in votes if vote["source"] == source and vote["count"] > 0}


def winner(votes: Votes, source: str) -> str:
    """The native label with most votes by that source; `no_agreement` for a tie or without votes."""
    counts = counted(votes, source)
    best = [label for label, count in counts.items() if count == max(counts.values())]
    return best[0] if len(best) == 1 else NO_AGREEMENT


def distribution(votes: Votes, source: str, scheme: str, corpus: str) -> dict[str, float]:
    """Class -> share of the votes by that source, adding up to 1; votes for labels that the scheme leaves out are
    not counted. Empty where no vote is left.

    Raises ZooError naming scheme and label where the scheme has no row for it.
    """
    counts = counted(votes, source)
    shares: dict[str, float] = {}
    for word, name in mapping(scheme, corpus, counts).items():
        if name is not None:
            shares[name] = shares.get(name, 0.0) + counts[word]
    total = sum(shares.values())
    return {name: share / total for name, share in sorted(shares.items())}


def relabelled(manifest: "pl.DataFrame", label_source: str) -> "pl.DataFrame":
    """The manifest with the label that a crowd chose most often instead of the acted one.

    label_source: crowd_audio or crowd_multimodal, or acted for the manifest as it is. All rows are kept: a tie gets the
    label `no_agreement`, which every scheme leaves out. agreement: share of the votes for the label, null for a tie.
    Raises ZooError for another source, and where an utterance has no votes by it.
    """
    import polars as pl

    if label_source == ACTED:
        return manifest
    if label_source not in CROWD:
        raise unknown("label source", label_source, [ACTED, *CROWD])
    source = CROWD[label_source]
    words: list[str] = []
    shares: list[float | None] = []
    for row in manifest.iter_rows(named=True):
        counts = counted(row["votes"] or (), source)
        if not counts:
            raise ZooError(
                f"{row['corpus']}: {row['utterance_id']} has no votes by {source}, so no label from {label_source}",
                "add the corpus with its tables of votes, or use the acted labels",
            )
        word = winner(row["votes"], source)
        words.append(word)
        shares.append(None if word == NO_AGREEMENT else round(counts[word] / sum(counts.values()), 6))
    return manifest.with_columns(
        pl.Series("native_label", words, pl.String()),
        pl.Series("agreement", shares, pl.Float64()),
        pl.lit(label_source).alias("label_source"),
    )
