"""Running a stage: problems that a user can fix give two lines and an exit code, not a traceback."""

import inspect
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from zoo.errors import FAILURE, WRONG_USAGE, ZooError
from zoo.files import disk_is_full
from zoo.terminal import escaped, replace_what_cannot_be_encoded, say

INTERRUPTED = 130  # what a shell reports after Ctrl-C


def run(main: Callable[..., None]) -> NoReturn:
    """Call `main` with the command line's arguments and exit.

    Exit code 0, that of a ZooError, or 130 after Ctrl-C. Other exceptions are bugs and keep their traceback. A stage
    whose code was edited since the plan was written, or while it ran, fails: DVC would take its results for current.
    """
    replace_what_cannot_be_encoded()
    arguments = sys.argv[1:]
    try:
        inspect.signature(main).bind(*arguments)
    except TypeError:
        wanted = " ".join(name.upper() for name in inspect.signature(main).parameters)
        _leave(f"usage: python stages/{Path(sys.argv[0]).name} {wanted}".rstrip(), "", WRONG_USAGE)
    try:
        _require_current_code(arguments)
        main(*arguments)
        _require_current_code(arguments)
    except ZooError as error:
        _leave(f"error: {error.message}", error.hint, error.exit_code)
    except KeyboardInterrupt:
        _leave("interrupted; run it again to resume", "", INTERRUPTED)
    except Exception as error:
        if not disk_is_full(error):
            raise
        _leave("error: no space left on the disk", "free some space and run it again", FAILURE)
    sys.exit(0)


def _require_current_code(arguments: list[str]) -> None:
    from zoo.dependencies.plan import require_current

    require_current(Path(sys.argv[0]).stem, arguments)


def _leave(message: str, hint: str, exit_code: int) -> NoReturn:
    sys.stdout.flush()
    say(escaped(message), err=True)
    if hint:
        say(f"hint: {escaped(hint)}", err=True)
    sys.exit(exit_code)
