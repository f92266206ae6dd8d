"""One mini study, run once a session by the real pipeline in a copy of this tree; every test gets a copy of its own.

Two synthetic corpora, two models, one configuration, two epochs.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from filelock import FileLock

TOP = Path(__file__).parents[2]
CORPORA = ("emodb", "iemocap")
BIN = Path(sys.executable).parent
WATCH = TOP / "tests" / "fixtures" / "watch"  # its sitecustomize notes what a stage opens
EDIT = "\n_EDITED = 1\n"  # a change of code: what only a reader sees makes nothing stale


@dataclass(frozen=True)
class Project:
    """A folder with the whole project in it. said: what stdout and stderr had, together."""

    top: Path

    @property
    def opened(self) -> Path:
        """Where it is written which files of ours each stage opened while the mini study was built: STAGE/PID."""
        return self.top.parent / "opened"

    @property
    def environment(self) -> dict[str, str]:
        """That of a person who has activated the environment, with nothing of theirs outside the test's folder."""
        outside = self.top.parent
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "GIT_", "GITHUB_"))
        }
        return kept | {
            "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(self.top),
            "DVC_SITE_CACHE_DIR": str(outside / "dvc"),
            "DVC_NO_ANALYTICS": "1",
            "ZOO_CACHE": str(outside / "zoo_cache"),
            **{f"GIT_{who}_{what}": f"{what}@test" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
        }

    def run(self, *words: str | Path, shell: bool = False, watched: bool = False) -> subprocess.CompletedProcess[str]:
        """Run a command here, whatever becomes of it; a shell line with shell=True. stdout has stderr in it."""
        return subprocess.run(
            ["bash", "-euo", "pipefail", "-c", str(words[0])] if shell else [str(word) for word in words],
            cwd=self.top,
            env=self.environment | (self._watch() if watched else {}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )

    def _watch(self) -> dict[str, str]:
        path = os.pathsep.join([str(self.top), str(WATCH)])
        return {"PYTHONPATH": path, "ZOO_OPENED": str(self.opened)}

    def ok(self, *words: str | Path, shell: bool = False, watched: bool = False) -> str:
        """Run a command that must succeed; what it said. watched: with what its stages open written down."""
        done = self.run(*words, shell=shell, watched=watched)
        assert done.returncode == 0, f"{words}:\n{done.stdout[-4000:]}"
        return done.stdout

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start a command as the leader of a process group, as a terminal does. stdout has stderr in it."""
        return subprocess.Popen(
            words,
            cwd=self.top,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def commit(self, message: str) -> None:
        """Commit everything that git does not ignore."""
        self.ok("git", "add", "--all")
        self.ok("git", "commit", "--quiet", "--message", message)

    def params(self, change: Callable[[dict[str, Any]], Any]) -> None:
        """Change params.yaml."""
        path = self.top / "params.yaml"
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
        change(values)
        path.write_text(yaml.safe_dump(values, sort_keys=False), encoding="utf-8")

    @contextmanager
    def edited(self, name: str, text: str = EDIT, instead_of: str | None = None) -> Iterator[None]:
        """Append to a file while the block runs, or put the text in the place of some other."""
        path = self.top / name
        before = path.read_text(encoding="utf-8")
        if instead_of is not None:
            assert before.count(instead_of) == 1, f"{name} has no line such as {instead_of}: this test needs another"
        path.write_text(before + text if instead_of is None else before.replace(instead_of, text), encoding="utf-8")
        try:
            yield
        finally:
            path.write_text(before, encoding="utf-8")

    def stale(self) -> set[str]:
        """The stages whose own dependencies, parameters, command or outputs are not those of dvc.lock.

        The plan is written anew before: `dvc status` runs no stage, and `dvc repro` always runs this one. Both in this
        process, for many questions: the commands take seconds to start. That the plan is the same as in one of its own
        is seen after every repro, whose stages would all be stale otherwise.
        """
        from dvc.repo import Repo

        with self._planned_anew(), Repo(str(self.top)) as repo:
            found = {name.rpartition(":")[2] for name in repo.status()}  # with the path of dvc.yaml before it
        return {name for name in found if not name.startswith("plan@")}

    def replanned(self, former: "Project") -> set[str]:
        """The stages whose plan is not that of the former project: what an edit of code makes stale. DVC is not asked,
        which takes longer."""
        plan = Path("derived/embedded/plan")
        with self._planned_anew():
            places = {path.relative_to(one.top / plan) for one in (self, former) for path in _files(one.top / plan)}
        changed = [one for one in places if not _equal(self.top / plan / one, former.top / plan / one)]
        parts = [one.with_suffix("").parts for one in changed]
        return {"-".join([f"{stage}@embedded", *items]) for stage, *items in parts}

    @contextmanager
    def _planned_anew(self) -> Iterator[None]:
        """In the project, with its environment, after its plan was written anew, in this process."""
        from zoo.dependencies import closure, plan
        from zoo.inputs import encoders_of_study
        from zoo.study import params

        with pytest.MonkeyPatch.context() as patch:
            for name, value in self.environment.items():
                patch.setenv(name, value)
            patch.chdir(self.top)
            patch.setattr(closure, "TOP", self.top)
            study = params.load()
            plan.write(study, lambda folder: encoders_of_study.bring(study, folder / plan.ENCODERS))
            yield

    def trainings(self) -> dict[str, tuple[bytes, int]]:
        """What is kept of trials and trainings: content and time by name. A training that is taken up changes none."""
        paths = sorted((self.top / "derived/scratch").glob("*/*.*"))
        return {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in paths}


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def _equal(*paths: Path) -> bool:
    return all(path.is_file() for path in paths) and len({path.read_bytes() for path in paths}) == 1


def copied(source: Project, folder: Path) -> Project:
    """The project again, in a new folder inside `folder`."""
    top = folder / "project"
    shutil.copytree(source.top, top, symlinks=True, ignore=lambda path, _: ["tmp"] if path.endswith("/.dvc") else [])
    return Project(top)


def _write_study(project: Project) -> None:
    def small(values: dict[str, Any]) -> None:
        values["cross"] |= {"cells": ["each"], "methods": {"source_only": {}, "by_corpus": {}}, "stress": False}
        values |= {"corpora": list(CORPORA), "synthetic": list(CORPORA), "inputs": {"log_mel": {}}}
        values["models"] = {"statistics": {"input": "log_mel"}, "cnn": {"input": "log_mel", "fixed": {"width": 4}}}
        values["tune"] |= {"num_trials": 1, "groups": 2, "max_epochs": 2}
        values["train"] |= {"max_epochs": 2, "crop_s": 1.0}

    project.params(small)
    shutil.copy(project.top / "params.yaml", project.top / "studies" / "embedded.yaml")


def _build(top: Path) -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=TOP,
        capture_output=True,
        check=True,
    )
    for name in filter(None, tracked.stdout.decode().split("\0")):
        # of the committed reports one, without its pages, which `zoo report show` needs
        report = name.startswith("reports/") and not re.fullmatch(r"reports/acted/[^/]+\.(csv|parquet)", name)
        if (TOP / name).is_file() and not report and name != "dvc.lock":
            (top / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(TOP / name, top / name)
    # a person may have another study current, and recorded corpora
    shutil.copy(top / "studies" / "embedded.yaml", top / "params.yaml")
    (top / "data.dvc").write_text("outs: []\n", encoding="utf-8")
    project = Project(top)
    _write_study(project)
    project.ok("git", "init", "--quiet")
    project.commit("The project")
    said = project.ok("dvc", "repro", watched=True)
    (top.parent / "said.txt").write_text(said, encoding="utf-8")
    project.commit("The mini study")


@pytest.fixture(scope="session")
def mini(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The project after a repro of the mini study, committed. To read only; built by whichever worker is first."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    top, built = shared / "mini" / "project", shared / "mini" / "built"
    with FileLock(shared / "mini.lock"):
        if not built.exists():
            shutil.rmtree(top, ignore_errors=True)
            top.mkdir(parents=True)
            _build(top)
            built.touch()
    return Project(top)


@pytest.fixture
def project(mini: Project, tmp_path: Path) -> Project:
    """The mini study, the test's own."""
    return copied(mini, tmp_path)


@pytest.fixture(scope="module")
def shared(mini: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The mini study for tests of a file that leave no trace."""
    return copied(mini, tmp_path_factory.mktemp("shared"))
