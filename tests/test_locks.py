"""Locks: the second process reports that it waits, Ctrl-C ends the wait, and a killed holder releases the lock."""

import signal
import subprocess
import sys
from pathlib import Path

from zoo.locks import locked

CODE = """
import sys
from pathlib import Path
from zoo.locks import locked
with locked(Path(sys.argv[1]), "somebody has it; waiting"):
    print("held", flush=True)
    sys.stdin.read()
"""


def other(path: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", CODE, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def line_of(stream: object) -> str:
    return str(stream.readline())  # type: ignore[attr-defined]


def test_the_second_process_reports_once_that_it_waits_and_continues_when_the_first_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "new" / "x.lock"
    first = other(path)
    assert line_of(first.stdout) == "held\n"
    second = other(path)
    assert line_of(second.stderr) == "somebody has it; waiting\n"
    first.kill()
    first.communicate(timeout=10)
    assert line_of(second.stdout) == "held\n"
    assert second.communicate(timeout=10)[1] == ""
    assert second.returncode == 0


def test_ctrl_c_ends_the_wait(tmp_path: Path) -> None:
    with locked(tmp_path / "x.lock", ""):
        second = other(tmp_path / "x.lock")
        assert line_of(second.stderr) == "somebody has it; waiting\n"
        second.send_signal(signal.SIGINT)
        output = second.communicate(timeout=10)
    assert "held" not in output[0]
    assert "KeyboardInterrupt" in output[1]


def test_a_free_lock_is_acquired_without_a_message(tmp_path: Path) -> None:
    for _ in range(2):  # the file that the first one left holds nobody up
        done = subprocess.run(
            [sys.executable, "-c", CODE, str(tmp_path / "x.lock")],
            input="",
            capture_output=True,
            text=True,
            check=True,
            timeout=20,
        )
        assert (done.stdout, done.stderr) == ("held\n", "")
    assert [path.read_bytes() for path in tmp_path.iterdir()] in ([], [b""])
