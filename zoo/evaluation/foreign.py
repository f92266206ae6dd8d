"""Anybody's predictions as one table: CSV, TSV, JSON, JSON lines or Parquet, with the columns of several tools.

What is understood beside our own tables: nkululeko's result files (truth, predicted, a column a class; or the target,
speaker and predictions of its test module) and the answers of a Hugging Face audio-classification pipeline, a list of
{"label", "score"} beside the file and its true label.
"""

import csv
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import polars as pl

from zoo.errors import WRONG_USAGE, ZooError
from zoo.files import is_file, is_folder, named

# the names of a column, ours first; compared without case, spaces, - and _
UTTERANCE = ("utterance", "utterance_id", "file", "file_name", "path", "audio", "wav", "clip", "key", "id", "name")
SPEAKER = ("speaker", "speaker_id", "spk", "spk_id", "speaker_name", "actor", "actor_id", "subject", "subject_id")
TRUTH = ("truth", "true", "true_label", "label_true", "y_true", "gold", "reference", "ground_truth", "actual", "target")
LABEL = ("label", *TRUTH, "emotion", "class", "class_label")
PREDICTED = (
    "predicted",
    "prediction",
    "predictions",
    "predicted_label",
    "pred",
    "preds",
    "y_pred",
    "output",
    "hypothesis",
)
SEED = ("seed", "run")
COLUMNS = "utterance, speaker, label, predicted"
# what a table of ours may hold several of, though a score is of one
OURS = ("model", "source", "target", "protocol", "task", "scheme")
_SCHEMA = {name: pl.String() for name in ("utterance_id", "speaker_id", "label", "predicted")} | {
    "seed": pl.Int64(),
    "synthetic": pl.Boolean(),
}
NO_SPEAKER = ""  # speaker of every utterance of a file without speakers


def read(path: Path) -> pl.DataFrame:
    """The predictions in a file: utterance_id, speaker_id, label, predicted (text), seed and synthetic, a row each.

    synthetic: whether the file says that the speech is made up, as ours do. speaker_id is NO_SPEAKER throughout if the
    file has none. Utterances without a label are left out.
    Raises ZooError, naming file, line or column, for a file that cannot be read, lacks a column, is empty, has empty
    cells, predicts an utterance twice (with one seed), or has labels that differ only in case.
    """
    rows = _records(path)
    if not rows:
        raise ZooError(f"{path} holds no predictions", f"one row for each utterance: {COLUMNS}")
    frame = _table(path, rows)
    if not len(frame):
        raise ZooError(f"{path} has no utterance with a label", "a score needs the true labels")
    _check_classes(path, frame)
    twice = frame.filter(frame.select("utterance_id", "seed").is_duplicated())
    if len(twice):
        number, first = twice["utterance_id"].n_unique(), twice["utterance_id"][0]
        raise ZooError(
            f"{path} predicts {number} utterance{'s' if number > 1 else ''} more than once, such as '{first}'",
            "keep one prediction for each utterance; repeated trainings need a column 'seed'",
            WRONG_USAGE,
        )
    return frame


def _records(path: Path) -> list[dict[str, Any]]:
    """The rows of a file, each a dict; its line number is under the key None."""
    if not is_file(path):
        beside = [other.name for other in path.parent.glob("*") if is_file(other)] if is_folder(path.parent) else []
        near = get_close_matches(path.name, beside)
        hint = f"did you mean {path.parent / near[0]}?" if near else "check the path"
        raise ZooError(f"{named(path)} is {'a folder' if is_folder(path) else 'missing'}", hint, WRONG_USAGE)
    if path.suffix == ".parquet":
        try:
            return _one_model(path, pl.read_parquet(path, glob=False)).to_dicts()
        except (pl.exceptions.PolarsError, OSError) as error:
            raise ZooError(f"{path} is not a readable Parquet file", "write it again, or pass a CSV") from error
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ZooError(
            f"{path} is not UTF-8 text (byte {error.start} is {error.object[error.start]:#04x})",
            "save it as CSV in UTF-8",
            WRONG_USAGE,
        ) from error
    except OSError as error:
        raise ZooError(f"{path} cannot be read: {error.strerror}", "check the file's permissions") from error
    if "\0" in text:
        raise ZooError(f"{path} is not text", "pass a CSV, JSON lines or Parquet file", WRONG_USAGE)
    return _from_json(path, text) if text.lstrip()[:1] in ("{", "[") else _from_csv(path, text)


def _one_model(path: Path, frame: pl.DataFrame) -> pl.DataFrame:
    """The table, unless it is one of ours with several models; nested lists are not needed."""
    several = [name for name in OURS if name in frame.columns and frame[name].n_unique() > 1]
    if several and {"utterance_id", "predicted"} <= set(frame.columns):
        found = ", ".join(f"{frame[name].n_unique()} of {name}" for name in several)
        raise ZooError(
            f"{path} holds predictions of several models ({found})",
            "pass the file of one: derived/STUDY/trained/MODEL/CORPUS/predictions.parquet",
            WRONG_USAGE,
        )
    if "task" in frame.columns and frame["predicted"].null_count() == len(frame) > 0:
        raise ZooError(
            f"{path} holds no predicted classes but numbers ({frame['task'][0]})", "pass predictions of classes"
        )
    return frame.select([name for name, kind in frame.schema.items() if not isinstance(kind, pl.List)])


def _from_csv(path: Path, text: str) -> list[dict[str, Any]]:
    lines = text.splitlines()
    head = lines[0] if lines else ""
    reader = csv.reader(lines, delimiter=max(",;\t", key=head.count))
    names = [name.strip() for name in next(reader, [])]
    if twice := sorted({name for name in names if name and names.count(name) > 1}):
        raise ZooError(f"{path} has two columns '{twice[0]}'", "remove or rename one of them", WRONG_USAGE)
    rows: list[dict[str, Any]] = []
    for cells in _csv_records(path, reader):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(names):
            raise ZooError(
                f"{path}, line {reader.line_num}: {len(cells)} cells, but the first line names {len(names)} columns",
                "quote cells that hold the delimiter",
                WRONG_USAGE,
            )
        rows.append({**dict(zip(names, (cell.strip() for cell in cells), strict=True)), "": f"line {reader.line_num}"})
    return rows


def _csv_records(path: Path, reader: Any) -> Iterator[list[str]]:
    """The records of a csv.reader. Raises ZooError for what it does not read, such as a cell of 200,000 characters."""
    try:
        yield from reader
    except csv.Error as error:
        raise ZooError(f"{path}, line {reader.line_num}: {error}", "is it a CSV file?", WRONG_USAGE) from error


def _from_json(path: Path, text: str) -> list[dict[str, Any]]:
    try:
        if text.lstrip().startswith("["):
            values = json.loads(text)
        else:
            values = [json.loads(line) for line in text.splitlines() if line.strip()]
    except (ValueError, RecursionError) as error:
        raise ZooError(f"{path} is neither JSON nor JSON lines: {error}", "one object for each utterance") from error
    rows = []
    for number, value in enumerate(values, start=1):
        if not isinstance(value, dict) or set(value) == {"label", "score"}:
            raise ZooError(
                f"{path}, row {number} has no utterance and no true label",
                'write {"file": …, "speaker": …, "label": …, "prediction": the pipeline\'s answer} for each utterance',
                WRONG_USAGE,
            )
        rows.append({**{name: _top(content) for name, content in value.items()}, "": f"row {number}"})
    return rows


def _top(content: Any) -> Any:
    """The label with the highest score of a pipeline's answer; anything else as it is."""
    if (
        isinstance(content, list)
        and content
        and all(isinstance(one, dict) and {"label", "score"} <= set(one) for one in content)
    ):
        if not all(isinstance(one["score"], int | float) and one["score"] == one["score"] for one in content):
            return None  # no class has the highest score: the cell counts as empty
        return max(content, key=lambda one: one["score"])["label"]
    return content


def _table(path: Path, rows: list[dict[str, Any]]) -> pl.DataFrame:
    places = _places(path, [name for name in rows[0] if name])
    segments = [name for name in ("start", "end") if name in rows[0]]
    repeated = Counter(_text(row.get(places["utterance"])) for row in rows)
    table = []
    for number, row in enumerate(rows, start=2):
        where = f"{path}, {row.get('', f'row {number - 1}')}"
        label = _text(row.get(places["label"]))
        if not label and path.suffix == ".parquet":
            continue  # a tie between the raters
        cells = {"label": label}
        for name in ("utterance", "predicted", *(["speaker"] if "speaker" in places else [])):
            cells[name] = _text(row.get(places[name]))
        for name, cell in cells.items():
            if not cell:
                raise ZooError(
                    f"{where}: the column '{places[name]}' is empty", "fill it in, or remove the row", WRONG_USAGE
                )
        utterance = cells["utterance"]
        if segments and repeated[utterance] > 1:  # several segments of a recording
            utterance = " ".join([utterance, *(_text(row.get(name)) for name in segments)])
        synthetic = "synthetic" in (row.get("source_origin"), row.get("target_origin"))
        seed = _seed(where, row, places)
        table.append((utterance, cells.get("speaker", NO_SPEAKER), label, cells["predicted"], seed, synthetic))
    return pl.DataFrame(table, schema=_SCHEMA, orient="row")


def _text(value: Any) -> str:
    """A cell as text; what programs write for a missing value is empty."""
    text = "" if value is None else str(value).strip()
    return "" if text.lower() in ("nan", "<na>", "null") else text


def _seed(where: str, row: Mapping[str, Any], places: Mapping[str, str]) -> int:
    if "seed" not in places:
        return 0
    name = places["seed"]
    given = row.get(name)
    try:
        seed = int(given)  # type: ignore[arg-type]
        if seed != float(given) or abs(seed) > 2**62:  # type: ignore[arg-type]
            raise ValueError
    except (TypeError, ValueError, OverflowError) as error:
        message = f"{where}: the {name} '{_text(given)[:40]}' is not a whole number"
        raise ZooError(message, "number the trainings", WRONG_USAGE) from error
    return seed


def _places(path: Path, present: Sequence[str]) -> dict[str, str]:
    """Which column of the file is the utterance, label and prediction, and the speaker and seed if there are any."""
    plain = {_plain(name): name for name in reversed(present)}

    def first(names: Iterable[str]) -> str | None:
        return next((plain[_plain(name)] for name in names if _plain(name) in plain), None)

    found = {"utterance": first(UTTERANCE), "speaker": first(SPEAKER), "seed": first(SEED)}
    found |= {"label": first(LABEL), "predicted": first(PREDICTED)}
    other = first((*TRUTH, "emotion"))
    if found["predicted"] is None and other and {"label", "score"} <= set(plain):
        found |= {"label": other, "predicted": plain["label"]}  # a pipeline's answer beside the truth
    for wanted, names in (("utterance", UTTERANCE), ("label", LABEL), ("predicted", PREDICTED)):
        if found[wanted] is None:
            near = get_close_matches(wanted, present, n=1, cutoff=0.6)
            meant = f"did you mean '{near[0]}'? " if near else ""
            raise ZooError(
                f"{path} has no column '{wanted}' (it has {', '.join(present) or 'none'})",
                f"{meant}columns: {COLUMNS}; other names of '{wanted}': {', '.join(names[1:8])}",
                WRONG_USAGE,
            )
    return {name: column for name, column in found.items() if column is not None}


def _plain(name: str) -> str:
    return name.casefold().replace("_", "").replace("-", "").replace(" ", "")


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
