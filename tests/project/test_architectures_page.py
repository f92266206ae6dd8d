"""docs/architectures.md has every architecture, as benchmarks/architectures.py describes it."""

import importlib.util
from pathlib import Path

import pytest

from zoo import architectures

TOP = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def benchmark():
    spec = importlib.util.spec_from_file_location("benchmark_of_architectures", TOP / "benchmarks/architectures.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_has_every_architecture_with_its_kinds_and_parameters(benchmark):
    lines = (TOP / "docs/architectures.md").read_text(encoding="utf-8").splitlines()
    found = [line.rpartition("|")[0].rpartition("|")[0] + "|" for line in lines if line.startswith("| `")]
    assert found == [benchmark.described(name) for name in architectures.names()], "run benchmarks/architectures.py"
