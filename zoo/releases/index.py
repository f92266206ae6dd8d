"""The index of a catalogue: what `zoo list` and `zoo pull` have to know of every release before its card is fetched."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from zoo.errors import ZooError
from zoo.files import named
from zoo.releases import FILES, parse_name, parse_version, require_file_name
from zoo.releases.card import Card, File, Origin, described
from zoo.releases.terms import data_on
from zoo.runtime.release import Part, Sha256, first_problem
from zoo.study.section import Count
from zoo.tables.folds import SPEAKER_DEPENDENT

LARGEST = 4_000_000_000  # bytes of a release: more than any model that zoo trains, and less than most disks have left
Share = Annotated[float, Field(ge=0, le=1)]
Word = Annotated[str, Field(max_length=500)]
Sentence = Annotated[str, Field(max_length=20_000)]  # of a pool, a few words for each corpus


class Encoder(Part):
    """The encoder that has to be fetched beside a release, and the bytes of its weights where it was trained."""

    name: Word
    num_bytes: Count


class Across(Part):
    """UAR on another corpus, in `scheme`. protocol: how; of a pool, leave_one_corpus_out."""

    target: Word
    scheme: Word
    protocol: Word
    uar: Share
    low: Share | None
    high: Share | None
    exploration: Sentence | None = None


class Entry(Part):
    """A release in the index; `uar`, `low`, `high` are the procedure's score by its own protocol.

    exploration: what choices have seen of its speakers; None: nothing. across: on other corpora. commercial_use: None
    where a licence is not known. What follows `exploration` is None where an older zoo wrote the index.
    """

    name: str
    version: str
    origin: Origin
    identity: Sha256
    uar: Share | None
    low: Share | None
    high: Share | None
    exploration: Sentence | None = None
    protocol: Word | None = None
    scheme: Word | None = None
    classes: list[Word] | None = None
    across: list[Across] | None = None
    language: Word | None = None
    licence: Word | None = None
    commercial_use: bool | None = None
    encoder: Encoder | None = None
    files: dict[str, File]

    @property
    def folder(self) -> str:
        """MODEL/CORPUS/VERSION, below the catalogue's address."""
        return f"{self.name.replace('@', '/')}/{self.version}"

    @property
    def num_bytes(self) -> int:
        """Of all that has to be fetched: its files, and its encoder."""
        own = sum(file.num_bytes for file in self.files.values())
        return own + (self.encoder.num_bytes if self.encoder else 0)


class Index(Part):
    format: Literal[2]
    releases: list[Entry]


def entry_of(card: Card, version: str, files: Mapping[str, Path]) -> Entry:
    """The index entry of a release with this card and these files."""
    return stated(card, version, described(files))


def stated(card: Card, version: str, files: dict[str, File]) -> Entry:
    """What a card has to say in the index."""
    data, base = data_on(card), card.release.base
    # a figure that says nothing about new speakers is not compared with those that do
    uar = None if card.release.protocol in SPEAKER_DEPENDENT else card.uar
    return Entry(
        name=card.name,
        version=version,
        origin=card.origin,
        identity=card.identity,
        uar=None if uar is None else uar.value,
        low=None if uar is None else uar.low,
        high=None if uar is None else uar.high,
        exploration=None if uar is None else uar.exploration,
        protocol=None if uar is None else uar.protocol,
        scheme=card.release.scheme,
        classes=card.classes,
        across=[
            Across(uar=score.value, **{name: getattr(score, name) for name in Across.model_fields if name != "uar"})
            for score in card.scores.cross
            if score.metric == "uar" and score.value is not None
        ],
        language=data.language,
        licence=data.licence,
        commercial_use=data.commercial_use,
        encoder=None if base is None else Encoder(name=base.name, num_bytes=base.num_bytes),
        files=files,
    )


def parse_index(content: bytes) -> Index:
    """The index in `content`. Raises ZooError naming what is not valid."""
    try:
        index = Index.model_validate_json(content)
        json.loads(content, object_pairs_hook=_once)
        for entry in index.releases:
            _check(entry)
        require_distinct(index.releases)
    except ValidationError as error:
        raise ZooError(named(first_problem(error))) from error
    except RecursionError as error:
        raise ZooError("it is nested too deeply") from error
    except ValueError as error:  # such as a number with more digits than Python reads
        raise ZooError(named(error)) from error
    return index


def names_in(content: bytes) -> frozenset[str] | None:
    """The names of models in an index that may be damaged; None where it cannot be read."""
    try:
        releases = json.loads(content)["releases"]
        names = [entry["name"] for entry in releases]
    except (ValueError, RecursionError, TypeError, KeyError):
        return None
    known = isinstance(releases, list) and all(isinstance(name, str) for name in names)
    return frozenset(names) if known else None


def require_distinct(entries: Iterable[Entry]) -> None:
    """Raise ZooError if two entries are of the same version of a model, of which nobody could say which one counts."""
    _require_once(f"{entry.name}:{entry.version}" for entry in entries)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON, of whose keys there must be no two alike."""
    _require_once(key for key, _ in pairs)
    return dict(pairs)


def _require_once(names: Iterable[str]) -> None:
    twice = sorted(name for name, number in Counter(names).items() if number > 1)
    if twice:
        raise ZooError(f"'{named(twice[0])}' is there twice")


def _check(entry: Entry) -> None:
    """Name, version and files become paths in the cache: a foreign index must not lead out of it, nor fill the disk."""
    name, version = parse_name(entry.name)
    if version is not None:
        raise ZooError(f"'{named(entry.name)}' is not the name of a model")
    parse_version(entry.version)
    for file in entry.files:
        require_file_name(file)
    if missing := sorted(set(FILES) - set(entry.files)):
        raise ZooError(f"the files of {name}:{entry.version} do not include {missing[0]}")
    if (total := sum(file.num_bytes for file in entry.files.values())) > LARGEST:
        raise ZooError(
            f"the files of {name}:{entry.version} have {total:.3g} bytes, more than the {LARGEST:.3g} of any release"
        )
