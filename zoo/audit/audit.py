"""Audit fold files, fold by fold: speakers, takes, sentences and audio that cross splits."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path

import polars as pl

from zoo import corpora, project
from zoo.audit import fold_files
from zoo.audit.crossing import KINDS, SPLITS, shared
from zoo.audit.identity import coincidences, corpus_of, identify, one_corpus, rows_about
from zoo.audit.stated import as_stated, name_of, namesakes
from zoo.audit.stated_speakers import wrong_speakers
from zoo.errors import ZooError
from zoo.library.manifest import build
from zoo.library.places import DATA
from zoo.study import params
from zoo.tables.folds import FOLDS
from zoo.tables.manifest import MANIFEST

# a recording is identified by its id, or if that is unknown, by its name in the file
RECORDING = pl.coalesce("utterance_id", "listed")
_EXAMPLES = 3


@dataclass(frozen=True)
class Example:
    """A value that two splits share, and one recording with it in each."""

    value: str
    first: str
    second: str


@dataclass(frozen=True)
class Crossing:
    """What the second split shares with the first.

    shared: how many of the second's `values`. recordings: how many of its `of_recordings` have them.
    leak: whether it invalidates results; otherwise it is a warning, and `why` states why it is not a leak.
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
    """The audit of one fold.

    sizes: recordings per split; recordings: in total. unknown: files that cannot be identified. by_name: files that are
    not in the corpus's manifest and are identified by their names. copies: files whose names show that they were made
    from a recording. repeated: rows that repeat a recording of their split.
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
        """The kinds that leak."""
        return tuple(kind for kind in KINDS if any(one.kind == kind and one.leak for one in self.crossings))

    @property
    def verdict(self) -> str:
        """`clean`, `leaks: KINDS` or `undetermined: N of M recordings are unknown`."""
        return _verdict(self.leaks, len(self.unknown), self.recordings)

    @property
    def comparable(self) -> bool:
        """Whether it has at least two splits."""
        return sum(size > 0 for size in self.sizes.values()) > 1


@dataclass(frozen=True)
class Audit:
    """The audit of fold files.

    known_by: where speakers, sentences and takes were obtained from. stated: whether that is the files themselves,
    since the corpus is unknown. coincidences: corpora with which a few names agree by chance. namesakes: files of an
    unknown corpus with one name in folders of two splits. wrong_speakers: number of rows with a wrongly stated speaker,
    and with any stated speaker. recordings: in all folds. left_out: rows about other corpora.
    """

    corpus: str
    known_by: str
    folds: tuple[FoldAudit, ...]
    recordings: int
    wrong_speakers: tuple[int, int] = (0, 0)
    left_out: int = 0
    stated: bool = False
    coincidences: dict[str, int] = field(default_factory=dict)
    namesakes: tuple[tuple[str, str], ...] = ()

    @property
    def leaks(self) -> tuple[str, ...]:
        """The kinds that leak in any fold."""
        return tuple(kind for kind in KINDS if any(kind in fold.leaks for fold in self.folds))

    @property
    def unknown(self) -> tuple[str, ...]:
        """The files that are unknown in any fold."""
        return tuple(sorted({name for fold in self.folds for name in fold.unknown}))

    @property
    def verdict(self) -> str:
        """`clean`, `leaks: KINDS` or `undetermined: …`, and that it is by the speakers stated where it is."""
        found = _verdict(self.leaks, len(self.unknown), self.recordings)
        if not self.stated:
            return found
        if found.startswith("undetermined"):
            return found.replace("are unknown", "state no speaker")
        return f"{found}, by the speakers stated"


def _verdict(leaks: Sequence[str], unknown: int, recordings: int) -> str:
    if leaks:
        return f"leaks: {', '.join(leaks)}"
    return f"undetermined: {unknown} of {recordings} recordings are unknown" if unknown else "clean"


def audit_files(paths: Sequence[Path], corpus: str | None = None, strict: bool = False) -> Audit:
    """The audit of fold files (or folders of them) of one corpus, fold by fold.

    corpus: its name; rows about others are then left out. If None, it is inferred, and all files must be about one; a
    corpus that is unknown is audited by what the files state about speakers, sentences and sessions.
    strict: shared sentences are leaks too.
    Raises ZooError for files that cannot be read, have no splits, or belong to another manifest or corpus.
    """
    every = _once(fold_files.read(paths))
    name = corpora.get(corpus).name if corpus else corpus_of(every)
    if name is None:
        rows, known_by = as_stated(every)
        return Audit(
            name_of(every),
            known_by,
            _folds(rows, strict),
            rows.select(RECORDING).n_unique(),
            stated=True,
            coincidences=coincidences(every),
            namesakes=tuple(namesakes(rows)),
        )
    listed = rows_about(every, name)
    if not len(listed):
        raise ZooError(f"the files are not about {name}", "name the corpus that they are about with --corpus")
    manifest, known_by = _manifest_of(name, [Path(source) for source in listed["source"].unique().sort()])
    rows = identify(listed, name, manifest)
    if corpus is None:
        one_corpus(rows)
    rows = rows.filter(pl.col("corpus") == name)
    folds = _folds(rows, strict)
    recordings = rows.select(RECORDING).n_unique()
    wrong = wrong_speakers(rows, corpora.get(name).speakers)
    return Audit(name, known_by, folds, recordings, wrong, left_out=len(every) - len(rows))


def _once(rows: pl.DataFrame) -> pl.DataFrame:
    """Without files that say the same as another one of their name, such as a .json beside a .jsonl."""
    seen: set[tuple[Path, str]] = set()
    kept = []
    for (source,), part in rows.group_by("source", maintain_order=True):
        # the fold of a file that is one is its name
        stated = part.drop("source") if part["fold"].n_unique() > 1 else part.drop("source", "fold")
        one = Path(str(source)).with_suffix(""), stated.sort(stated.columns).write_json()
        if one not in seen:
            seen.add(one)
            kept.append(part)
    left = pl.concat(kept)
    alone = len(kept) < rows["source"].n_unique() and left["fold"].n_unique() == 1
    return left.with_columns(fold=pl.lit("all")) if alone else left


def _folds(rows: pl.DataFrame, strict: bool) -> tuple[FoldAudit, ...]:
    parts = sorted(rows.partition_by("fold"), key=lambda part: (len(part["fold"][0]), part["fold"][0]))
    folds = tuple(audit_fold(part["fold"][0], part, strict) for part in parts)
    if not any(fold.comparable for fold in folds):
        only = rows["split"][0]
        raise ZooError(
            f"the files contain only {only}; there is nothing to compare it with",
            "name the files of the other splits too",
        )
    return folds


def audit_fold(fold: str, rows: pl.DataFrame, strict: bool = False) -> FoldAudit:
    """The audit of one fold's identified rows (LISTED and IDENTITY).

    Shared sentences are a warning (every split by speakers of a scripted corpus shares them), or a leak if `strict`.
    If there is only one speaker to train and tune on, that train and dev share the speaker is a warning too.
    """
    num_rows = len(rows)
    rows = rows.with_columns(RECORDING.alias("recording"))
    rows = rows.unique(["recording", "split"], keep="first", maintain_order=True)
    excuses = {}  # why a shared value is not a leak
    if rows.filter(pl.col("split") != "test")["speaker_id"].n_unique() == 1:
        excuses["speakers", ("train", "dev")] = "there is only one speaker to train and tune on"
    pairs = [*combinations(SPLITS, 2)]
    if not strict:
        excuses |= {("sentences", pair): "every split by speakers shares sentences" for pair in pairs}
    excuses |= {("sessions", pair): "its speakers are compared one by one" for pair in pairs}
    found = (_crossing(rows, kind, pair, excuses.get((kind, pair), "")) for pair in pairs for kind in KINDS)
    crossings = tuple(crossing for crossing in found if crossing)
    unknown, by_name, copies = (
        tuple(rows.filter(pl.col("known_by") == known_by)["listed"].unique().sort())
        for known_by in ("nothing", "name", "copy")
    )
    sizes = {split: int((rows["split"] == split).sum()) for split in SPLITS}
    recordings = rows["recording"].n_unique()
    return FoldAudit(fold, sizes, crossings, recordings, unknown, by_name, copies, num_rows - len(rows))


def _crossing(rows: pl.DataFrame, kind: str, pair: tuple[str, str], why: str) -> Crossing | None:
    """What two splits share. why: the reason that it is not a leak; empty if it is one."""
    first, second = pair
    rows = rows.filter(pl.col("split").is_in(pair))
    after = rows.filter(pl.col("split") == second)
    if kind in ("identical audio", "performances", "takes"):
        # a recording in two splits is reported as such; here only other recordings with the same audio count
        rows = rows.filter(pl.col("recording").is_unique())
    found = shared(rows, kind, name="listed")
    if not found:
        return None
    return Crossing(
        kind=kind,
        splits=pair,
        shared=len(found),
        values=after[KINDS[kind]].drop_nulls().n_unique(),
        recordings=sum(len(one.names[second]) for one in found),
        of_recordings=len(after),
        examples=tuple(Example(one.value, one.names[first][0], one.names[second][0]) for one in found[:_EXAMPLES]),
        leak=not why,
        why=why,
    )


def _manifest_of(corpus: str, files: Sequence[Path]) -> tuple[pl.DataFrame | None, str]:
    """The manifest to join and where it was obtained from: next to our folds, the current study, or data/.

    Raises ZooError if our folds were made from another manifest than the one next to them.
    """
    for path in files:
        beside = path.resolve().parents[1] / "manifest" / f"{corpus}.parquet"
        if path.suffix == ".parquet" and path.parent.resolve().name == "folds" and beside.is_file():
            FOLDS.read(path, made_from={"manifest": beside})
            return MANIFEST.read(beside), f"the manifest {beside.parent.name}/{beside.name} next to {path.parent}"
    here = project.find()
    if here is not None and (here / params.PARAMS).is_file():
        path = here / params.load(here / params.PARAMS).derived / "manifest" / f"{corpus}.parquet"
        # fold files of others are about recorded speech
        if path.is_file() and (manifest := MANIFEST.read(path))["origin"][0] == "recorded":
            return manifest, project.shown(path)
    # a folder of that name may also contain fold files, as in EmoBox
    folder = project.top() / DATA / corpus
    if folder.is_dir() and corpora.get(corpus).recognise(folder).root == folder:
        return build(corpus, folder), project.shown(folder)
    return None, "names and published hashes, as the corpus is not available"
