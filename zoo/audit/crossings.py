"""What crosses the splits of a fold: people, takes, sentences, sounds."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

SPLITS = ("train", "dev", "test")
PAIRS = (("train", "dev"), ("train", "test"), ("dev", "test"))
# what may cross -> the column that tells it; a recording is told by its id, or by what the file lists where unknown
KINDS = {
    "recordings": "recording",
    "speakers": "speaker_id",
    "takes": "take_group",
    "identical audio": "audio",
    "performances": "performance",
    "sentences": "text_id",
}
RECORDING = pl.coalesce("utterance_id", "listed")
_EXAMPLES = 3


@dataclass(frozen=True)
class Example:
    """Something that two splits share, and a recording of it in each."""

    value: str
    first: str
    second: str


@dataclass(frozen=True)
class Crossing:
    """What the second split shares with the first.

    shared: how many of the second's `values`. recordings: how many of its `of_recordings` these are.
    leak: whether it spoils a result; else it is a warning, and `why` says why it is none.
    """

    kind: str
    splits: tuple[str, str]
    shared: int
    values: int
    recordings: int
    of_recordings: int
    examples: tuple[Example, ...]
    leak: bool
    why: str = ""


@dataclass(frozen=True)
class FoldAudit:
    """A fold.

    sizes: recordings per split; recordings: in all. unknown: what it lists and nothing tells. by_name: what the
    corpus's manifest does not have, told by its name. copies: what its name tells to be made from a recording.
    repeated: rows too many.
    """

    fold: str
    sizes: dict[str, int]
    crossings: tuple[Crossing, ...]
    recordings: int = 0
    unknown: tuple[str, ...] = ()
    by_name: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    repeated: int = 0

    @property
    def leaks(self) -> tuple[str, ...]:
        """The kinds of what leaks."""
        found = {crossing.kind for crossing in self.crossings if crossing.leak}
        return tuple(kind for kind in KINDS if kind in found)

    @property
    def verdict(self) -> str:
        """`clean`, `leaks: what` or `not told: how much is unknown`."""
        return _verdict(self.leaks, len(self.unknown), self.recordings)

    @property
    def comparable(self) -> bool:
        """Whether it has two splits at least."""
        return sum(size > 0 for size in self.sizes.values()) > 1


@dataclass(frozen=True)
class Audit:
    """All folds of some files.

    known_by: where speakers, sentences and takes are from. wrong_speakers: rows of which the file states another
    speaker, of how many that state one. recordings: in all folds. left_out: rows about other corpora.
    """

    corpus: str
    known_by: str
    folds: tuple[FoldAudit, ...]
    recordings: int
    wrong_speakers: tuple[int, int] = (0, 0)
    left_out: int = 0

    @property
    def leaks(self) -> tuple[str, ...]:
        """The kinds of what leaks in any fold."""
        found = {kind for fold in self.folds for kind in fold.leaks}
        return tuple(kind for kind in KINDS if kind in found)

    @property
    def unknown(self) -> tuple[str, ...]:
        """What is unknown in any fold."""
        return tuple(sorted({name for fold in self.folds for name in fold.unknown}))

    @property
    def verdict(self) -> str:
        """`clean`, `leaks: what` or `not told: how much is unknown`."""
        return _verdict(self.leaks, len(self.unknown), self.recordings)


def _verdict(leaks: Sequence[str], unknown: int, recordings: int) -> str:
    if leaks:
        return f"leaks: {', '.join(leaks)}"
    return f"not told: {unknown} of {recordings} recordings are unknown" if unknown else "clean"


def audit_fold(fold: str, rows: pl.DataFrame, strict: bool = False) -> FoldAudit:
    """The audit of one fold's identified rows (LISTED and IDENTITY).

    Sentences that cross are a warning (every split by speakers of a scripted corpus shares them), a leak where
    `strict`. Where one person is left to train and tune on, that dev shares the speaker with train is a warning too.
    """
    rows = rows.with_columns(RECORDING.alias("recording"))
    repeated = len(rows) - rows.select("recording", "split").n_unique()
    rows = rows.unique(["recording", "split"], keep="first", maintain_order=True)
    sizes = {split: int((rows["split"] == split).sum()) for split in SPLITS}
    alone = rows.filter(pl.col("split") != "test")["speaker_id"].n_unique() == 1
    crossings = []
    for first, second in PAIRS:
        for kind, column in KINDS.items():
            lenient = ""
            if kind == "sentences" and not strict:
                lenient = "every split by speakers shares sentences"
            elif kind == "speakers" and alone and (first, second) == ("train", "dev"):
                lenient = "there is one speaker to train and tune on"
            if crossing := _crossing(rows, kind, column, first, second, lenient):
                crossings.append(crossing)
    unknown, by_name, copies = (
        tuple(rows.filter(pl.col("told_by") == told_by)["listed"].unique().sort())
        for told_by in ("nothing", "name", "copy")
    )
    recordings = rows["recording"].n_unique()
    return FoldAudit(fold, sizes, tuple(crossings), recordings, unknown, by_name, copies, repeated)


def _crossing(rows: pl.DataFrame, kind: str, column: str, first: str, second: str, lenient: str) -> Crossing | None:
    told = rows.filter(pl.col(column).is_not_null()).sort("listed")
    before, after = (told.filter(pl.col("split") == split) for split in (first, second))
    if kind in ("identical audio", "performances", "takes"):
        # one recording in two splits is told as that; here are others that sound the same
        both = before.join(after, on="recording", how="semi").select("recording")
        before, after = (part.join(both, on="recording", how="anti") for part in (before, after))
    here = before.group_by(column, maintain_order=True).agg(pl.col("listed").first().alias("here"))
    shared = after.join(here, on=column, maintain_order="left")
    if not len(shared):
        return None
    examples = shared.unique(column, keep="first", maintain_order=True).sort(column).head(_EXAMPLES)
    return Crossing(
        kind=kind,
        splits=(first, second),
        shared=shared[column].n_unique(),
        values=told.filter(pl.col("split") == second)[column].n_unique(),
        recordings=len(shared),
        of_recordings=int((rows["split"] == second).sum()),
        examples=tuple(Example(*row) for row in examples.select(column, "here", "listed").iter_rows()),
        leak=not lenient,
        why=lenient,
    )
