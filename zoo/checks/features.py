"""Checks of a corpus's stored features, before anything is trained on them.

The extractor rejects non-finite values that an input computes. Here the files that training reads are checked: after
rounding to their dtype (half precision overflows at 65504) and slicing by the index, whichever program wrote them.
"""

import hashlib
from functools import partial
from pathlib import Path

import numpy as np
import polars as pl

from zoo import inputs
from zoo.checks.contract import Check, Outcome, failure, outcome
from zoo.files import write_text
from zoo.inputs.contract import Input
from zoo.inputs.store import CONTENT, FRAMES, INDEX, Store
from zoo.study.study import Study
from zoo.tables.manifest import MANIFEST

SOUND = "sound"  # derived/STUDY/sound/CORPUS exists if the features of the corpus passed
TOLERANCE = 2  # frames: inputs differ in padding at the ends
_AT_ONCE = 65_536  # frames read at once when hashing the whole file


def require_sound(study: Study) -> None:
    """Check the features of every corpus, and write derived/STUDY/sound/CORPUS (constant content) for those that pass.

    Raises ZooError (exit code 3) naming the first failures.
    """
    found: list[Outcome] = []
    for corpus in study.corpora:
        mark = study.derived / SOUND / corpus
        mark.unlink(missing_ok=True)
        found += (own := outcomes(study, corpus))
        if all(one.state == "passed" for one in own):
            write_text(mark, "sound\n")
    if (error := failure(found, f"delete {study.derived / 'features'}, then dvc repro")) is not None:
        raise error


def outcomes(study: Study, corpus: str) -> list[Outcome]:
    """The outcome of every check of a corpus's features, for all inputs of the study.

    Raises ZooError for features that cannot be read.
    """
    utterances = MANIFEST.read(study.derived / "manifest" / f"{corpus}.parquet")
    found = []
    for name, entry in study.inputs.items():
        folder = study.derived / "features" / corpus / name
        declared = inputs.spec(name, entry)
        wanted = inputs.build(declared, f"inputs.{name}")
        rows = table(utterances, folder, wanted)
        for check in checks(folder, wanted, declared.dtype, declared.copies):
            assert check.find is not None
            found.append(outcome(corpus, f"features ({name})", check, check.find(rows)))
    return found


def table(manifest: pl.DataFrame, folder: Path, wanted: Input) -> pl.DataFrame:
    """A row for every utterance of the manifest, and every utterance and copy of an input's store, with found and
    expected numbers of frames.

    Columns: utterance_id, copy, duration_s (null: not in the manifest), offset and num_frames (null: not in the store),
    expected_frames (null: rows are not frames), lowest and highest value (NaN if any value is NaN). Reads every frame
    once, one utterance at a time. Raises ZooError when there is no store.
    """
    store, index = Store(folder), pl.read_parquet(folder / INDEX)
    rows = [(name, copy, start, count, *_range(store, start, count)) for name, copy, start, count in index.iter_rows()]
    columns = {
        "utterance_id": pl.String(),
        "copy": pl.Int64(),
        "offset": pl.Int64(),
        "num_frames": pl.Int64(),
        "lowest": pl.Float64(),
        "highest": pl.Float64(),
    }
    found = pl.DataFrame(rows, schema=columns, orient="row")
    expected = (pl.col("duration_s") * pl.lit(wanted.frames_per_s, dtype=pl.Float64())).alias("expected_frames")
    utterances = manifest.select("utterance_id", "duration_s", expected)
    return utterances.join(found, on="utterance_id", how="full", coalesce=True).sort("utterance_id")


def checks(folder: Path, wanted: Input, dtype: str, copies: int = 0) -> list[Check]:
    """The checks of the table of a store. dtype, copies: of the input in the study, such as float32 and 0."""
    return [
        Check("every utterance has features exactly once", "fail", find=_once),
        Check("every utterance with features is in the manifest", "fail", find=_not_in_manifest),
        Check("every utterance has at least one frame", "fail", find=_empty),
        Check("numbers of frames match the durations", "fail", find=partial(_lengths, not wanted.facts.get("steps"))),
        Check("all values are finite numbers", "fail", find=_not_finite),
        Check("frames differ within an utterance", "fail", find=_constant),
        Check("utterances are contiguous and fill the file", "fail", find=partial(_not_contiguous, folder)),
        Check("utterances are in the manifest's order", "fail", find=_order),
        Check("frames match their hash in the index", "fail", find=partial(_altered, folder)),
        Check("values have the study's dtype", "fail", find=partial(_type, folder, dtype)),
        Check("utterances have the study's number of copies", "fail", find=partial(_copies, copies)),
        Check("frames have the input's dimensions", "fail", find=partial(_dimensions, folder, wanted)),
        Check("the input is computed as it would be now", "fail", find=partial(_facts, folder, wanted)),
    ]


def _range(store: Store, start: int, count: int) -> tuple[float, float]:
    """The lowest and highest value of an utterance's frames; NaN if any value is NaN or there are none."""
    frames = store.array[start : start + count]
    if frames.size == 0:
        return float("nan"), float("nan")
    with np.errstate(invalid="ignore"):
        return float(frames.min()), float(frames.max())


def _once(table: pl.DataFrame) -> list[str]:
    missing = table.filter(pl.col("offset").is_null())["utterance_id"]
    twice = table.filter(pl.struct("utterance_id", "copy").is_duplicated())["utterance_id"].unique().sort()
    return [f"{name} has no features" for name in missing] + [f"{name} is in the index twice" for name in twice]


def _not_in_manifest(table: pl.DataFrame) -> list[str]:
    return [
        f"{name} is not in the manifest"
        for name in table.filter(pl.col("duration_s").is_null())["utterance_id"].unique().sort()
    ]


def _empty(table: pl.DataFrame) -> list[str]:
    return [f"{name} has no frames" for name in table.filter(pl.col("num_frames") < 1)["utterance_id"]]


def _lengths(whole: bool, table: pl.DataFrame) -> list[str]:
    """whole: no step before the input may have cut something off. A copy may be longer or shorter."""
    table = table.filter(pl.col("copy") == 0)
    excess = pl.col("num_frames") - pl.col("expected_frames")
    wrong = (excess.abs() if whole else excess) > TOLERANCE
    rows = table.filter(wrong & (pl.col("num_frames") > 0)).select("utterance_id", "num_frames", "expected_frames")
    return [f"{name}: {number} frames instead of about {expected:.0f}" for name, number, expected in rows.iter_rows()]


def _not_finite(table: pl.DataFrame) -> list[str]:
    finite = pl.col("lowest").is_finite() & pl.col("highest").is_finite()
    rows = table.filter((pl.col("num_frames") > 0) & ~finite).select("utterance_id", "lowest", "highest")
    return [f"{name}: values from {low} to {high}" for name, low, high in rows.iter_rows()]


def _constant(table: pl.DataFrame) -> list[str]:
    rows = table.filter((pl.col("lowest") == pl.col("highest")) & pl.col("lowest").is_finite())
    return [f"{name}: all values are {value:g}" for name, value in rows.select("utterance_id", "lowest").iter_rows()]


def _not_contiguous(folder: Path, table: pl.DataFrame) -> list[str]:
    rows = table.filter(pl.col("offset").is_not_null()).sort("offset", "num_frames")
    findings, place = [], 0
    for name, start, count in rows.select("utterance_id", "offset", "num_frames").iter_rows():
        if start != place:
            findings.append(f"{name} starts at frame {start}, the one before it ends at {place}")
        place = start + count
    if (length := len(Store(folder).array)) != place:
        findings.append(f"{FRAMES} holds {length} frames, {INDEX} lists {place}")
    return findings


def _order(table: pl.DataFrame) -> list[str]:
    """Utterances are written in the order of their names, so exchanged names are out of order."""
    rows = table.filter(pl.col("offset").is_not_null() & pl.col("duration_s").is_not_null())
    found = rows.sort("offset", "num_frames", "utterance_id")["utterance_id"].to_list()
    return [
        f"{name} is in the place of {wanted}"
        for name, wanted in zip(found, sorted(found), strict=True)
        if name != wanted
    ]


def _altered(folder: Path, _: pl.DataFrame) -> list[str]:
    """Compare the hash of the frames with the one that the writer stored in the index."""
    array, content = Store(folder).array, hashlib.sha256()
    for start in range(0, len(array), _AT_ONCE):
        content.update(np.ascontiguousarray(array[start : start + _AT_ONCE]).data)
    wanted, found = pl.read_parquet_metadata(folder / INDEX).get(CONTENT), content.hexdigest()
    if wanted is None:
        return [f"{INDEX} does not state the hash of the frames"]
    return [] if found == wanted else [f"{FRAMES} holds frames with hash {found[:12]}…, {INDEX} states {wanted[:12]}…"]


def _type(folder: Path, dtype: str, _: pl.DataFrame) -> list[str]:
    found = Store(folder).array.dtype
    return [] if found == np.dtype(dtype) else [f"{FRAMES} holds {found}, not {dtype}"]


def _copies(wanted: int, table: pl.DataFrame) -> list[str]:
    stored = table.filter(pl.col("offset").is_not_null())
    numbers = stored.group_by("utterance_id").agg(pl.col("copy").n_unique() - 1).sort("utterance_id")
    wrong = numbers.filter(pl.col("copy") != wanted)
    return [f"{name} has {number} copies instead of {wanted}" for name, number in wrong.iter_rows()]


def _dimensions(folder: Path, wanted: Input, _: pl.DataFrame) -> list[str]:
    found = Store(folder).num_dims
    return [] if found == wanted.num_dims else [f"{found} dimensions instead of {wanted.num_dims}"]


def _facts(folder: Path, wanted: Input, _: pl.DataFrame) -> list[str]:
    found = Store(folder).facts
    return [
        f"{name} is {found.get(name, 'missing')} instead of {wanted.facts.get(name, 'none')}"
        for name in sorted({*found, *wanted.facts})
        if found.get(name) != wanted.facts.get(name)
    ]
