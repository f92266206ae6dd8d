"""How stages end: two lines and an exit code for whatever a person can mend."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        ("raise ZooError('a is wrong', 'mend a', 3)", 3, "error: a is wrong\nhint: mend a\n"),
        ("raise ZooError('a is wrong')", 1, "error: a is wrong\n"),
        ("raise KeyboardInterrupt", 130, "interrupted; run it again to resume\n"),
        (
            "raise OSError(errno.ENOSPC, 'No space left on device')",
            1,
            "error: no space left on the disk\nhint: free some space and run it again\n",
        ),
        (
            "raise OSError(errno.EDQUOT, 'Disk quota exceeded')",
            1,
            "error: no space left on the disk\nhint: free some space and run it again\n",
        ),
        (
            "raise RuntimeError('parquet: No space left on device (os error 28)')",
            1,
            "error: no space left on the disk\nhint: free some space and run it again\n",
        ),
        ("pass", 0, ""),
    ],
)
def test_a_stage_ends_with_its_code_and_no_traceback(tmp_path: Path, body: str, code: int, message: str) -> None:
    script = (
        f"import errno\nfrom _run import run\nfrom zoo.errors import ZooError\ndef main(word):\n    {body}\nrun(main)\n"
    )
    (tmp_path / "stage.py").write_text(script)
    paths = os.pathsep.join([str(TOP / "stages"), str(TOP)])
    done = subprocess.run(
        [sys.executable, tmp_path / "stage.py", "word"],
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (code, message)


@pytest.mark.parametrize("stage", sorted(path.name for path in (TOP / "stages").glob("[!_]*.py")))
def test_what_takes_long_to_import_is_imported_where_an_interruption_is_two_lines(stage: str) -> None:
    """Ctrl-C while a stage file itself is imported would be a traceback: `run` is not called yet."""
    heavy = ("polars", "numpy", "torch", "ray", "scipy", "matplotlib", "pydantic", "yaml", "great_expectations")
    code = (
        f"import runpy, sys\nrunpy.run_path({str(TOP / 'stages' / stage)!r}, run_name='imported')\n"
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )
    paths = os.pathsep.join([str(TOP / "stages"), str(TOP)])
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "[]\n"
