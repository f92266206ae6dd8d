"""How stages end: two lines and an exit code for whatever a person can mend."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("body", "code", "said"),
    [
        ("raise ZooError('a is wrong', 'mend a', 3)", 3, "error: a is wrong\nhint: mend a\n"),
        ("raise ZooError('a is wrong')", 1, "error: a is wrong\n"),
        ("raise KeyboardInterrupt", 130, "interrupted; run it again to go on\n"),
        (
            "raise OSError(28, 'No space left on device')",
            1,
            "error: no space left on the disk\nhint: free some space and run it again\n",
        ),
        ("pass", 0, ""),
    ],
)
def test_a_stage_ends_with_its_code_and_no_traceback(tmp_path: Path, body: str, code: int, said: str) -> None:
    script = f"from _run import run\nfrom zoo.errors import ZooError\ndef main(word):\n    {body}\nrun(main)\n"
    (tmp_path / "stage.py").write_text(script)
    paths = os.pathsep.join([str(TOP / "stages"), str(TOP)])
    done = subprocess.run(
        [sys.executable, tmp_path / "stage.py", "word"],
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (code, said)
