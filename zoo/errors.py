"""Errors that a user can fix, with a hint on how."""

import difflib
from collections.abc import Iterable
from typing import Literal

FAILURE = 1
WRONG_USAGE = 2
REFUSED = 3  # a failed check, a failed gate, a score on training data
_SHOWN = 100  # characters of a name


# The kind of problem, where code handles it differently; empty otherwise.
Kind = Literal[
    "",
    "missing",  # the file does not exist
    "unreadable",  # the file cannot be read, or is not audio
    "empty",  # a file without bytes or samples
    "pointer",  # a Git LFS pointer instead of the file
    "cut_off",  # a file shorter than its header declares
    "not_finite",  # samples that are not numbers
    "silent",  # audio that contains only silence
    "stale",  # a table made from other files than the present ones
]


class ZooError(Exception):
    """A problem that a user can fix.

    message: one line that names the file or value.
    hint: one line on what to do; may be empty.
    exit_code: 1, or 2 for wrong usage, 3 for a failed check, gate or overlap.
    kind: identifies the problem in code; messages are for users only.
    """

    def __init__(self, message: str, hint: str = "", exit_code: int = FAILURE, kind: Kind = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.exit_code = exit_code
        self.kind = kind

    def __reduce__(self) -> tuple[type["ZooError"], tuple[str, str, int, Kind]]:
        # without this, exceptions with several arguments cannot be unpickled when a worker process raises them
        return ZooError, (self.message, self.hint, self.exit_code, self.kind)


def unknown(kind: str, name: str, known: Iterable[str]) -> ZooError:
    """The error for a name that is not in `known`; suggests the closest ones."""
    choices = sorted(known)
    near = difflib.get_close_matches(name[:_SHOWN], choices, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else f"known: {', '.join(choices) or 'none'}"
    shown = name if len(name) <= _SHOWN else f"{name[:_SHOWN]}…"
    return ZooError(f"unknown {kind} '{shown}'", hint, WRONG_USAGE)
