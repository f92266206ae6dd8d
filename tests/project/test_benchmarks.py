"""What is wrong with the words that a benchmark is given is one line, not a traceback."""

import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["encoders.py", "--help"], "usage: python benchmarks/encoders.py"),
        (["encoders.py", "/absent"], "there is no folder /absent"),
        (["views.py", "nope", "emodb"], "unknown model of the study 'nope'"),
        (["views.py", "cnn", "nope"], "unknown corpus or pool of the study 'nope'"),
        (["some_folds.py", "nope", "0"], "unknown corpus or pool of the study 'nope'"),
        (["some_folds.py", "emodb", "0", "nope"], "unknown model of the study 'nope'"),
    ],
)
def test_a_wrong_word_is_one_line(words, message):
    pytest.importorskip("transformers")
    command = [sys.executable, str(TOP / "benchmarks" / words[0]), *words[1:]]
    done = subprocess.run(command, cwd=TOP, capture_output=True, text=True)
    assert done.returncode == 2 and message in done.stderr and "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) == 1
