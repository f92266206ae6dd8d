"""corpora/NAME.yaml: a corpus of a project's own, whose facts are data and which needs no reader.

`zoo data add NAME TABLE` writes it, git keeps it, people may edit it. docs/add-a-corpus.md explains every field.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from zoo import project
from zoo.errors import ZooError

FOLDER = Path("corpora")
NAME = re.compile(r"[a-z][a-z0-9_]*")
MAX_NAME = 100  # characters: files and folders have it too


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SpeakerFacts(_Part):
    """session: the same for speakers who are heard in one recording or dialogue."""

    sex: Literal["female", "male"] | None = None
    age: Annotated[int, Field(ge=0, le=120)] | None = None
    session: str | None = None


class DefectFacts(_Part):
    kind: Literal["silent", "unreadable", "twin", "stereo", "rate", "header", "name", "votes"]
    text: str
    twins: list[str] = []


class CorpusFile(_Part):
    """The fields of `zoo.corpora.contract.Corpus` as data; what each means is explained there.

    speakers: empty where nobody knows who speaks. emotions: native label -> a word of `zoo.labels.emotions`, by which
    the shared schemes know it; None where they leave it out.
    """

    title: str
    citation: str
    licence: str
    terms: str
    commercial_use: bool
    obtain: str
    language: str
    languages: list[str] = []
    sampling_rate_hz: Annotated[int, Field(gt=0)]
    other_rates_hz: list[int] = []
    channels: Annotated[list[Annotated[int, Field(ge=1)]], Field(min_length=1)] = [1]
    dc_offset: bool = False
    duration_range_s: tuple[float, float]
    native_labels: Annotated[dict[str, Annotated[int, Field(ge=0)]], Field(min_length=1)]
    emotions: dict[str, str | None] = {}
    speakers: dict[str, SpeakerFacts] = {}
    people: str = ""
    votes: list[str] = []
    limits: list[str] = []
    disagreements: list[str] = []
    known_defects: dict[str, DefectFacts] = {}


def folder() -> Path:
    """corpora/ of the project that the working directory is in, else of the working directory."""
    top = project.find()
    return FOLDER if top in (None, Path.cwd()) else top / FOLDER


def path_of(name: str) -> Path:
    """The file of a corpus, whether or not it exists."""
    return folder() / f"{name}.yaml"


def names() -> list[str]:
    """The corpora that have a file, in alphabetical order; none is read."""
    return sorted(path.stem for path in folder().glob("*.yaml") if NAME.fullmatch(path.stem))


def has(name: str) -> bool:
    """Whether a corpus has a file."""
    return NAME.fullmatch(name) is not None and len(name) <= MAX_NAME and path_of(name).is_file()


def read(name: str) -> CorpusFile:
    """The facts of a corpus. Raises ZooError that names the file and the field that is not valid."""
    return _parsed(content(name), str(path_of(name)))


def content(name: str) -> bytes:
    """The bytes of a corpus's file. Raises ZooError if it cannot be read."""
    path = path_of(name)
    try:
        return path.read_bytes()
    except OSError as error:
        raise ZooError(f"{path} cannot be read: {error.strerror}", "check its permissions", kind="missing") from error


@lru_cache(maxsize=64)
def _parsed(content: bytes, path: str) -> CorpusFile:
    import yaml

    hint = f"docs/add-a-corpus.md explains the fields; `git checkout {path}` restores it"
    try:
        values = yaml.safe_load(content.decode("utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ZooError(f"{path} is not valid YAML: {' '.join(str(error).split())}", hint) from error
    try:
        return CorpusFile.model_validate(values)
    except ValidationError as error:
        # a misspelt field is missing too; its wrong name is more helpful
        first = min(error.errors(), key=lambda one: one["type"] != "extra_forbidden")
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise ZooError(f"{path}: {where}: {first['msg']}", hint) from error


def text_of(facts: CorpusFile) -> str:
    """The file's content: every field that is not at its default, in a fixed order."""
    import yaml

    values: Mapping[str, Any] = facts.model_dump(mode="json", exclude_defaults=True)
    head = "# A corpus of this project, by `zoo data add`; docs/add-a-corpus.md explains the fields.\n"
    return head + yaml.safe_dump(dict(values), sort_keys=False, allow_unicode=True, width=120)
