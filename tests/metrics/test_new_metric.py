"""docs/add-a-metric.md, followed word by word: one file, and the metric is in the scores with its interval."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).parents[2]

USE = """
import importlib.util
import numpy as np
from zoo import metrics
from zoo.evaluation.scores import score

spec = importlib.util.spec_from_file_location("made_up", {frames!r})
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
scores = score(module.make(num_speakers=6), "s", 0.95)
row = scores.filter(model="cnn", metric="kappa", group="all").row(0, named=True)
assert 0 < row["low"] < row["value"] < row["high"] < 1, row
assert row["interval"] == "jackknife over 6 speakers, t, 95 %", row
matrix = np.array([[20, 5], [10, 15]])  # the example of Wikipedia's article on Cohen's kappa: 0.4
assert abs(metrics.get("kappa").figure(matrix) - 0.4) < 1e-12
"""


def test_the_page_leads_to_a_metric(tmp_path):
    shutil.copytree(TOP / "zoo", tmp_path / "zoo", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(TOP / "tests" / "metrics", tmp_path / "tests" / "metrics")
    page = (TOP / "docs" / "add-a-metric.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"^```python\n(.*?)^```$", page, re.M | re.S)
    (tmp_path / "zoo" / "metrics" / "kappa.py").write_text(code, encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --import-mode=importlib -p no:cacheprovider\n")
    use = USE.format(frames=str(TOP / "tests" / "evaluation" / "conftest.py"))
    contract = [sys.executable, "-m", "pytest", "-q", "tests/metrics/test_metrics.py", "-k", "kappa"]
    for command in ([sys.executable, "-c", use], contract):
        done = subprocess.run(
            command, cwd=tmp_path, env={"PYTHONPATH": str(tmp_path), "PATH": ""}, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
    assert "3 passed" in done.stdout
