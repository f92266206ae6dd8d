"""Anybody's predictions as one table, out of a listing in any format, with the columns of several tools.

What is understood beside our own tables: nkululeko's result files (truth, predicted, a column a class; or the target,
speaker and predictions of its test module) and the answers of a Hugging Face audio-classification pipeline, a list of
{"label", "score"} beside the file and its true label.
"""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import polars as pl

from zoo import listings
from zoo.errors import WRONG_USAGE, ZooError
from zoo.files import named
from zoo.listings import Listing, Row
from zoo.listings.names import hint, plain
from zoo.listings.repeats import once, places
from zoo.tables.manifest import NO_SPEAKER

COLUMNS = "utterance, speaker, label, predicted"
# what a table of ours may hold several of, though a score is of one
OURS = ("model", "source", "target", "protocol", "task", "scheme")
_ROLES = ("path", "key", "speaker", "label", "predicted", "seed", "start", "end")
_SCHEMA = {name: pl.String() for name in ("utterance_id", "speaker_id", "label", "predicted")} | {
    "seed": pl.Int64(),
    "synthetic": pl.Boolean(),
}


def read(path: Path) -> pl.DataFrame:
    """The predictions in a file: utterance_id, speaker_id, label, predicted (text), seed and synthetic, a row each.

    synthetic: whether the file says that the speech is made up, as ours do. speaker_id is NO_SPEAKER throughout if the
    file has none. Utterances without a label are left out if the file is Parquet, as ours are: raters may be tied.
    Raises ZooError, naming file, line or column, for a file that cannot be read, lacks a column, is empty, has empty
    cells, predicts an utterance twice (with one seed), gives it two labels or speakers, or has labels that differ only
    in case.
    """
    listing = listings.read(path, _ROLES)
    _require_columns(listing)
    _require_one_model(listing)
    role = _utterance(listing)
    rows = listing.rows
    if path.suffix == ".parquet":
        rows = [row for row in rows if "label" in row.cells]
        if not rows:
            raise ZooError(f"{path} has no utterance with a label", "a score needs the true labels")
    repeated = Counter(row.cells.get(role) for row in rows)
    asked = ["label", "predicted", *(["speaker"] if "speaker" in listing.columns else [])]
    table = []
    for row in rows:
        utterance = listing.filled(row, role)
        label, predicted, *speaker = (listing.filled(row, name) for name in asked)
        if repeated[utterance] > 1:  # several segments of a recording
            utterance = " ".join([utterance, *(row.cells.get(name, "") for name in ("start", "end"))]).strip()
        synthetic = "synthetic" in (row.other.get("source_origin"), row.other.get("target_origin"))
        table.append((utterance, *(speaker or [NO_SPEAKER]), label, predicted, _seed(row, listing), synthetic))
    _require_distinct(path, rows, table)
    frame = pl.DataFrame(table, schema=_SCHEMA, orient="row")
    _check_classes(path, frame)
    return frame


def _require_columns(listing: Listing) -> None:
    """Raise ZooError unless there are predictions, and columns of utterances, labels and predictions."""
    path = named(listing.path)
    if not listing.rows:
        raise ZooError(f"{path} holds no predictions", f"one row for each utterance: {COLUMNS}", WRONG_USAGE)
    if {plain(name) for name in listing.names} == {"label", "score"}:
        raise ZooError(
            f"{listing.rows[0].where} has no utterance and no true label",
            'write {"file": …, "speaker": …, "label": …, "prediction": the pipeline\'s answer} for each utterance',
            WRONG_USAGE,
        )
    if not {"path", "key"} & set(listing.columns):
        raise ZooError(
            f"{path} has no column 'utterance' (it has {named(', '.join(listing.names))})",
            f"{hint('key', listing.names)}; columns: {COLUMNS}",
            WRONG_USAGE,
        )
    listing.require("label", "predicted")


def _utterance(listing: Listing) -> str:
    """The role of the column that names utterances: a key that says so, otherwise the path, otherwise any key."""
    if "path" not in listing.columns:
        return "key"
    return "key" if plain(listing.columns.get("key", "")) in ("utterance", "utteranceid") else "path"


def _require_one_model(listing: Listing) -> None:
    """Raise ZooError for a table of ours with several models, or with numbers instead of classes."""
    if "utterance_id" not in listing.names or "model" not in listing.names:
        return
    numbers = {name: len({str(row.other.get(name)) for row in listing.rows}) for name in OURS}
    if several := ", ".join(f"{number} of {name}" for name, number in numbers.items() if number > 1):
        raise ZooError(
            f"{named(listing.path)} holds predictions of several models ({several})",
            "pass the file of one: derived/STUDY/trained/MODEL/CORPUS/predictions.parquet",
            WRONG_USAGE,
        )
    if not any("predicted" in row.cells for row in listing.rows):
        task = listing.rows[0].other.get("task")
        raise ZooError(
            f"{named(listing.path)} holds no predicted classes but numbers ({task})", "pass predictions of classes"
        )


def _require_distinct(path: Path, rows: list[Row], table: list[tuple[Any, ...]]) -> None:
    """Raise ZooError for an utterance with two labels or speakers, or that is predicted twice with one seed."""
    once(rows, [utterance for utterance, *_ in table])
    found: dict[tuple[str, int], list[Row]] = {}
    for row, (utterance, *_, seed, _) in zip(rows, table, strict=True):
        found.setdefault((utterance, seed), []).append(row)
    if twice := {utterance: same for (utterance, _), same in found.items() if len(same) > 1}:
        first, same = next(iter(twice.items()))
        raise ZooError(
            f"{named(path)} predicts {len(twice)} utterance{'s' if len(twice) > 1 else ''} more than once, such as "
            f"'{named(first)}' ({places(same)})",
            "keep one prediction for each utterance; repeated trainings need a column 'seed'",
            WRONG_USAGE,
        )


def _seed(row: Row, listing: Listing) -> int:
    if "seed" not in listing.columns:
        return 0
    given = row.cells.get("seed", "")
    try:
        seed = int(float(given)) if "." in given else int(given)
        if seed != float(given) or abs(seed) > 2**62:
            raise ValueError
    except (ValueError, OverflowError) as error:
        message = f"{row.where}: the {listing.columns['seed']} '{named(given)[:40]}' is not a whole number"
        raise ZooError(message, "number the trainings", WRONG_USAGE) from error
    return seed


def _check_classes(path: Path, frame: pl.DataFrame) -> None:
    """Raise ZooError for classes that differ only in case, and for predictions none of which is a label."""
    labels, predicted = set(frame["label"]), set(frame["predicted"])
    spelled: dict[str, list[str]] = {}
    for name in sorted(labels | predicted):
        spelled.setdefault(name.casefold(), []).append(name)
    for names in spelled.values():
        if len(names) > 1:
            raise ZooError(
                f"{path} spells a class in several ways: {' and '.join(f'{name!r}' for name in names)}",
                "spell every class the same in labels and predictions",
                WRONG_USAGE,
            )
    if not labels & predicted:
        raise ZooError(
            f"{path}: no prediction is one of the labels (labels {_some(labels)}; predictions {_some(predicted)})",
            "use the same names of classes in both columns",
            WRONG_USAGE,
        )


def _some(names: Iterable[str], most: int = 4) -> str:
    listed = sorted(names)
    return ", ".join(f"'{name}'" for name in listed[:most]) + (", …" if len(listed) > most else "")
