"""What a person did wrong and what to do about it."""

import difflib
from collections.abc import Iterable
from typing import Literal

FAILURE = 1
WRONG_USAGE = 2
REFUSED = 3  # a failed check, a failed gate, a score on training data


# What a problem is, where other code goes on differently for it; empty for all others.
Kind = Literal[
    "",
    "missing",  # there is no such file
    "unreadable",  # the system does not give the file, or it is no audio
    "empty",  # a file of no bytes or no samples
    "pointer",  # a Git LFS pointer in the place of a file
    "cut_off",  # a file that is shorter than its header says
    "not_finite",  # samples that are not numbers
    "silent",  # audio without a sound
    "stale",  # a table that was made from other files than those that are here
]


class ZooError(Exception):
    """A problem that a person can mend.

    message: one line that names the file or value.
    hint: one line that says what to do; may be empty.
    exit_code: 1, or 2 for wrong usage, 3 for a failed check, gate or overlap.
    kind: tells problems apart for code; messages are for people only.
    """

    def __init__(self, message: str, hint: str = "", exit_code: int = FAILURE, kind: Kind = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.exit_code = exit_code
        self.kind = kind

    def __reduce__(self) -> tuple[type["ZooError"], tuple[str, str, int, Kind]]:
        # exceptions with several arguments do not survive the way back from a worker process without this
        return ZooError, (self.message, self.hint, self.exit_code, self.kind)


def unknown(kind: str, name: str, known: Iterable[str]) -> ZooError:
    """The error for a name that is not among `known`: suggests the nearest ones."""
    choices = sorted(known)
    near = difflib.get_close_matches(name, choices, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else f"known: {', '.join(choices) or 'none'}"
    return ZooError(f"unknown {kind} '{name}'", hint, WRONG_USAGE)
