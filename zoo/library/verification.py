"""What a verification of a corpus has found, and what is kept of it until files change."""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from zoo.errors import ZooError
from zoo.files import write_text
from zoo.library.corpus_files import files_in
from zoo.library.places import DATA, verification_file

Kind = Literal[
    "names",
    "counts",
    "missing",
    "unexpected",
    "audio",
    "silent",
    "pointer",
    "hash",
    "lengths",
    "changed",
    "duplicate",
    "copy",
]


@dataclass(frozen=True)
class Finding:
    """A deviation from the published corpus.

    paths: the files, relative to the corpus folder. known: whether the corpus's description states it.
    """

    kind: Kind
    paths: tuple[str, ...]
    text: str
    known: bool = False


@dataclass(frozen=True)
class Verification:
    """The outcome of a verification.

    num_hashes: files compared with a published hash. num_recorded: files compared with what was added.
    deviations: how it differs from the published corpus (another rate, lengths, bytes), None if it is
    synthetic, or of the project's own, which nobody published.
    bandwidth_hz: up to which its recordings have anything, of 8000, the median of some of them; None without any.
    notes: harmless differences, and what could not be verified.
    """

    corpus: str
    folder: str
    synthetic: bool
    num_utterances: int
    official_num_utterances: int
    num_hashes: int
    num_recorded: int
    findings: tuple[Finding, ...]
    deviations: tuple[str, ...] | None
    bandwidth_hz: float | None
    notes: tuple[str, ...]

    @property
    def as_published(self) -> bool | None:
        """Whether it is the published corpus as far as is known; None for synthetic stand-ins."""
        return None if self.deviations is None else not self.deviations and not self.num_new

    @property
    def num_new(self) -> int:
        """The number of findings that are not known."""
        return sum(not finding.known for finding in self.findings)

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self) | {"verified": self.num_new == 0, "as_published": self.as_published}


@dataclass(frozen=True)
class Outcome:
    """What is left of a verification. as_published: see `Verification`."""

    verified: bool
    as_published: bool | None


def keep(found: Verification, before: str) -> None:
    """Save the outcome of a verification. before: the signature of the folder when it began."""
    kept = {"signature": before, "num_new": found.num_new, "as_published": found.as_published}
    write_text(verification_file(found.corpus), json.dumps(kept) + "\n")


def outcome(name: str) -> Outcome | None:
    """The outcome of the last verification; None without one, or if files have changed since."""
    try:
        kept = json.loads(verification_file(name).read_text(encoding="utf-8"))
        # one without as_published is from an older version with weaker checks
        found = Outcome(kept["num_new"] == 0, kept["as_published"])
        return found if kept["signature"] == signature(DATA / name) else None
    except (ZooError, OSError, ValueError, KeyError, TypeError):
        return None


def signature(folder: Path) -> str:
    """A hash of the names, sizes and modification times of all files."""
    lines = []
    for path in files_in(folder):
        state = (folder / path).lstat()
        lines.append(f"{path}\0{state.st_size}\0{state.st_mtime_ns}\n")
    return hashlib.sha256("".join(lines).encode("utf-8", "surrogateescape")).hexdigest()
