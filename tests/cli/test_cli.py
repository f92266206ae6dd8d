"""The command line as a whole: fast, and without tracebacks."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest
from fixtures.studies import zoo

from zoo.errors import ZooError

TOP = Path(__file__).parents[2]


def test_help_imports_nothing_heavy():
    code = (
        "import sys\nfrom zoo.cli import app\n"
        "try:\n    app(['--help'])\nexcept SystemExit as end:\n    assert not end.code\n"
        "print('HEAVY', [name for name in ('torch', 'polars', 'numpy', 'pandas', 'ray', 'pydantic', 'yaml', 'fsspec',"
        " 'soundfile', 'scipy', 'matplotlib', 'great_expectations', 'dvc') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=TOP)
    assert "HEAVY []" in done.stdout
    for command in ("list", "pull", "show", "predict", "evaluate", "publish", "score", "gate", "data", "study"):
        assert f"\n  {command} " in done.stdout


@pytest.mark.parametrize(
    ("problem", "exit_code", "message"),
    [
        (ZooError("this is wrong", "do that", 3), 3, "error: this is wrong\nhint: do that\n"),
        (KeyboardInterrupt(), 130, "interrupted"),
        (OSError(errno.ENOSPC, "No space left on device"), 1, "free some space"),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), 1, "free some space"),
        (RuntimeError("a fault"), 1, "a bug of zoo"),
        # a foreign name neither clears the screen nor adds lines of its own
        (ZooError("a\nhint: x \x1b[2J", "\u202eb", 1), 1, r"error: a\nhint: x \u001b[2J" + "\nhint: \\u202eb\n"),
    ],
)
def test_problems_are_two_lines_and_an_exit_code(monkeypatch, problem, exit_code, message):
    def fail(*_: object, **__: object) -> None:
        raise problem

    monkeypatch.setattr("zoo.releases.pull.pull", fail)
    result = zoo("pull", "cnn@emodb")
    assert result.exit_code == exit_code
    assert message in result.stderr
    assert "Traceback" not in result.output
    if not isinstance(problem, KeyboardInterrupt):
        assert zoo("--debug", "pull", "cnn@emodb").exception is problem


def test_debug_shows_where_a_problem_arose():
    code = "from zoo.cli import app; app(['--debug', 'pull', 'no name'])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=TOP, check=False)
    assert done.returncode == 1
    assert "Traceback" in done.stderr


@pytest.mark.parametrize("encoding", ["ascii", "cp437"])
def test_a_terminal_without_unicode_gets_what_it_can_show(encoding):
    """Also of --help and of names that it cannot show."""
    code = "from zoo.cli import app\nfor words in (['labels', '--help'], ['labels', 'Straße–東']):\n"
    code += "    try:\n        app(words)\n    except SystemExit:\n        pass\n"
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, cwd=TOP, env=environment, check=True)
    assert b"Traceback" not in done.stderr
    assert b"-\\u6771" in done.stderr


def test_wrong_usage_is_exit_2():
    assert zoo("pull").exit_code == 2
    assert zoo("pul", "x").exit_code == 2
