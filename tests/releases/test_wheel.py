"""The wheel, installed outside the clone: the shipped models are in it, and are used in any folder."""

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import numpy as np
import pytest
import soundfile

TOP = Path(__file__).parents[2]


def run(*words, where, **environment):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "ZOO_"))}
    done = subprocess.run(
        [str(word) for word in words], cwd=where, env=kept | environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """An environment with the wheel of what is committed or staged here, and everything else from this environment."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    source.mkdir()
    run("git", "checkout-index", "--all", f"--prefix={source}/", where=TOP)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    run(*pip, "wheel", "-q", "--no-build-isolation", "--no-deps", "--no-index", "-w", folder, source, where=folder)
    run(sys.executable, "-m", "venv", "--without-pip", folder / "venv", where=folder)
    python = folder / "venv/bin/python"
    (wheel,) = folder.glob("*.whl")
    run(*pip, "--python", python, "install", "-q", "--no-deps", "--no-index", wheel, where=folder)
    site = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", where=folder).strip())
    # a folder added by a .pth has its own .pth ignored, such as that of an editable install of the clone
    (site / "others.pth").write_text(sysconfig.get_path("purelib"))
    return folder / "venv/bin"


@pytest.mark.slow
def test_the_installed_package_lists_pulls_and_answers_in_an_empty_folder(installed, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    soundfile.write(tmp_path / "a.wav", np.random.default_rng(1).normal(0, 0.1, 16_000), 16_000)
    cache = {"ZOO_CACHE": str(tmp_path / "cache")}

    where = run(installed / "python", "-c", "import zoo; print(zoo.__file__)", where=empty)
    assert str(installed.parent) in where
    listed = json.loads(run(installed / "zoo", "list", "--json", where=empty, **cache))
    index = json.loads((TOP / "models/index.json").read_text(encoding="utf-8"))
    assert [(row["name"], row["version"]) for row in listed] == [
        (row["name"], row["version"]) for row in sorted(index["releases"], key=lambda row: row["name"])
    ]
    assert all(str(installed.parent) in row["where"] for row in listed)
    assert "cnn@emodb" in run(installed / "zoo", "pull", "cnn@emodb", where=empty, **cache)
    predicted = run(installed / "zoo", "predict", tmp_path / "a.wav", "--json", where=empty, **cache)
    label = json.loads(predicted)["predictions"][0]["label"]
    code = "import sys, zoo; print(zoo.load('cnn@emodb')(sys.argv[1]).label)"
    assert run(installed / "python", "-c", code, tmp_path / "a.wav", where=empty, **cache).strip() == label
    assert not list(empty.iterdir())


@pytest.mark.slow
def test_a_damaged_catalogue_of_the_package_says_to_install_it_again(installed, tmp_path):
    site = run(installed / "python", "-c", "import zoo; print(zoo.__path__[0])", where=tmp_path).strip()
    path = max((Path(site) / "models/statistics/ravdess").iterdir()) / "weights.safetensors"
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    try:
        done = subprocess.run(
            [installed / "zoo", "pull", "statistics@ravdess"],
            cwd=tmp_path,
            env={"PATH": os.environ["PATH"], "ZOO_CACHE": str(tmp_path / "cache")},
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        path.write_bytes(whole)
    assert done.returncode == 1
    assert f"{path} is damaged" in done.stderr and "install zoo again" in done.stderr


def test_an_editable_install_finds_the_catalogue_of_its_clone():
    from zoo.releases.catalogue import shipped

    assert shipped().local.resolve() == TOP / "models"
