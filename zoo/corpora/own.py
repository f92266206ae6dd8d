"""A corpus of the project's own: facts from corpora/NAME.yaml, utterances from utterances.csv beside its audio."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

from zoo import corpus_file
from zoo.corpora.contract import (
    Corpus,
    Defect,
    Recognition,
    Speaker,
    Utterance,
    Vote,
    find_root,
    recognise_by_counts,
    rejection_reason,
)
from zoo.errors import ZooError
from zoo.tables.manifest import NO_SPEAKER

TABLE = "utterances.csv"
RATERS = "raters"
COLUMNS = ("utterance_id", "path", "start_s", "end_s", "speaker", "label", "language", "text", "votes")


def described(name: str) -> Corpus:
    """The corpus of corpora/NAME.yaml. Raises ZooError that names the file and field that is not valid."""
    facts = corpus_file.read(name)
    return Corpus(
        name=name,
        title=facts.title,
        citation=facts.citation,
        licence=facts.licence,
        terms=facts.terms,
        obtain=facts.obtain,
        language=facts.language,
        languages=tuple(facts.languages),
        sampling_rate_hz=facts.sampling_rate_hz,
        other_rates_hz=tuple(facts.other_rates_hz),
        channels=tuple(facts.channels),
        dc_offset=facts.dc_offset,
        speakers={key: Speaker(one.sex, one.age, one.session) for key, one in facts.speakers.items()},
        native_labels=facts.native_labels,
        duration_range_s=facts.duration_range_s,
        recognise=partial(_recognise, facts.title, facts.native_labels),
        utterances=read,
        commercial_use=facts.commercial_use,
        limits=tuple(facts.limits),
        votes=tuple(facts.votes),
        people=facts.people,
        disagreements=tuple(facts.disagreements),
        known_defects={key: Defect(one.kind, one.text, tuple(one.twins)) for key, one in facts.known_defects.items()},
        companions=(TABLE,),
    )


def _recognise(title: str, official: dict[str, int], folder: Path) -> Recognition:
    root = find_root(folder, lambda below: (below / TABLE).is_file(), depth=0) if folder.is_dir() else None
    if root is None:
        return Recognition(None, rejection_reason(folder, f"{TABLE}, which `zoo data add` writes"))
    return recognise_by_counts(root, title, official, (utterance.native_label for utterance in read(root)))


def read(folder: Path) -> Iterator[Utterance]:
    """The utterances that the folder's table lists, in its order. Raises ZooError naming the line that is not valid."""
    path = folder / TABLE
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ZooError(f"{path} cannot be read", f"dvc checkout or dvc pull {folder}") from error
    yield from parsed(text, path)


def _utterance(row: dict[str, str]) -> Utterance:
    recording = PurePosixPath(row["path"]).with_suffix("").as_posix()
    start, end = (float(row[key]) if row[key] else None for key in ("start_s", "end_s"))
    votes = json.loads(row["votes"]) if row["votes"] else {}
    return Utterance(
        utterance_id=row["utterance_id"],
        path=row["path"],
        start_s=start,
        end_s=end,
        speaker_id=row["speaker"] or f"{NO_SPEAKER}{recording}",
        native_label=row["label"],
        # segments of one recording stay together
        take_group=row["path"],
        text_id=row["text"] or None,
        language=row["language"] or None,
        elicitation="unspecified",
        label_source=RATERS if votes else "unspecified",
        votes=tuple(Vote(RATERS, label, float(count)) for label, count in votes.items()),
    )


def text_of(rows: Iterable[Mapping[str, Any]]) -> str:
    """The table's text from rows with COLUMNS; votes: label -> number, or nothing."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    for row in rows:
        votes = json.dumps(row["votes"], sort_keys=True, ensure_ascii=False) if row["votes"] else None
        table.writerow([*(row[key] for key in COLUMNS[:-1]), votes])
    return text.getvalue()


def parsed(text: str, path: Path) -> Iterator[Utterance]:
    """The utterances of the table's text. Raises ZooError naming the line of `path` that is not valid."""
    for number, row in enumerate(csv.DictReader(io.StringIO(text)), start=2):
        try:
            yield _utterance(row)
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            hint = f"restore it: dvc checkout {path.parent}"
            raise ZooError(f"{path}, line {number} is not as `zoo data add` wrote it", hint) from error
