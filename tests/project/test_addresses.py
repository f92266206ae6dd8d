"""Nothing that is committed names a package index or a folder of somebody's machine."""

import re
import subprocess
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
CONFIGS = (
    "requirements.lock",
    "torch.pin",
    "pyproject.toml",
    "Makefile",
    ".ci/run",
    ".ci/lock.toml",
    ".dvc/config",
    ".pre-commit-config.yaml",
    ".github/workflows/ci.yml",
    ".github/workflows/regression.yml",
    "dvc.yaml",
    "params.yaml",
    *(str(path.relative_to(TOP)) for path in (TOP / "studies").rglob("*.yaml")),
)
# in two halves, so that this file does not name them
INDEXES = [".".join(words) for words in (("pypi", "org"), ("pythonhosted", "org"), ("download", "pytorch"))]
ADDRESS = re.compile(
    r"\b(https?|ssh|ftp|s3|git)://|--(extra-)?index-url|--find-links|(?<![=\d.])\d{1,3}(\.\d{1,3}){3}\b"
)
FOLDER = re.compile(r"(?<![\w.~$)}:/-])/(home|root|opt|work|tmp|mnt|Users|private)/")


def tracked() -> list[Path]:
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=TOP, capture_output=True, text=True, check=True).stdout
    return [TOP / name for name in listing.split("\0") if name and (TOP / name).is_file()]


@pytest.mark.parametrize("name", CONFIGS)
def test_configuration_has_no_address_and_no_folder_of_a_machine(name: str) -> None:
    for number, line in enumerate((TOP / name).read_text(encoding="utf-8").splitlines(), start=1):
        assert not ADDRESS.search(line), f"{name}:{number}: {line}"
        assert not FOLDER.search(line), f"{name}:{number}: {line}"


def test_no_file_names_a_package_index() -> None:
    found = []
    for path in tracked():
        content = path.read_bytes()
        found += [f"{path.relative_to(TOP)}: {index}" for index in INDEXES if index.encode() in content]
    assert not found


def test_no_source_names_a_folder_of_a_machine() -> None:
    found = []
    for path in tracked():
        if path.suffix in (".py", ".md", ".yaml", ".yml", ".toml", ".lock", ".css", ".json") and path != Path(__file__):
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
                if FOLDER.search(line):
                    found.append(f"{path.relative_to(TOP)}:{number}: {line.strip()[:100]}")
    assert not found
