"""What a person did wrong and what to do about it."""

import difflib
from collections.abc import Iterable

FAILURE = 1
WRONG_USAGE = 2
REFUSED = 3  # a failed check, a failed gate, a score on training data


class ZooError(Exception):
    """A problem that a person can mend.

    message: one line that names the file or value.
    hint: one line that says what to do; may be empty.
    exit_code: 1, or 2 for wrong usage, 3 for a failed check, gate or overlap.
    """

    def __init__(self, message: str, hint: str = "", exit_code: int = FAILURE) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.exit_code = exit_code

    def __reduce__(self) -> tuple[type["ZooError"], tuple[str, str, int]]:
        # exceptions with several arguments do not survive the way back from a worker process without this
        return ZooError, (self.message, self.hint, self.exit_code)


def unknown(kind: str, name: str, known: Iterable[str]) -> ZooError:
    """The error for a name that is not among `known`: suggests the nearest ones."""
    choices = sorted(known)
    near = difflib.get_close_matches(name, choices, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else f"known: {', '.join(choices) or 'none'}"
    return ZooError(f"unknown {kind} '{name}'", hint, WRONG_USAGE)
