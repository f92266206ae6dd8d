"""Each stage's closure, held against what the stage and its workers really open."""

import ast
import json
import re
from pathlib import Path

import pytest
from dependencies.mutations import first_mutation

from zoo.dependencies import closure, exempt, plan, syntax
from zoo.study import params

STAGES = {
    "synth-emodb",
    "synth-iemocap",
    "manifest-emodb",
    "manifest-iemocap",
    "folds-emodb",
    "folds-iemocap",
    "features-emodb-log_mel",
    "features-iemocap-log_mel",
    "check",
    "check_features",
    "pools",
    "tune",
    "train-statistics",
    "train-cnn",
    "predict",
    "adapt-statistics",
    "adapt-cnn",
    "evaluate",
    "package",
    "report",
}
OF_OWN_CORPORA = {"zoo/corpora/own.py"}  # whoever asks for a corpus can reach it, and the tiny study has none
GUARD = "zoo/study/"  # every stage reads the study to compare its code with the plan; `synth` uses it for nothing else


@pytest.fixture(scope="module")
def opened(mini):
    """Stage -> the files of zoo/ that it and its workers opened, modules as their sources."""
    found = {}
    for folder in sorted(mini.opened.iterdir()):
        names = {line for notes in folder.iterdir() for line in notes.read_text().splitlines()}
        sources = {re.sub(r"__pycache__/(\w+)\.cpython-\d+\.pyc(\.\d+)?$", r"\1.py", name) for name in names}
        found[folder.name] = {name for name in sources if not name.endswith("/")}
    return found


def entry(stage):
    """The file of the plan of a stage, below the plan's folder."""
    return stage.replace("-", "/") + ".json"


def is_exempt(path):
    return closure._is_exempt(path.removesuffix("/__init__.py").removesuffix(".py").replace("/", "."))


def test_every_file_that_a_stage_opens_is_in_its_closure(mini, opened):
    assert set(opened) - {"plan"} == STAGES
    for stage in STAGES:
        planned = json.loads((mini.top / "derived/embedded/plan" / entry(stage)).read_text())
        known = {*planned["modules"], *planned["data"]}
        unknown = {path for path in opened[stage] if path not in known and not is_exempt(path)}
        assert not {path for path in unknown if not (stage.startswith("synth-") and path.startswith(GUARD))}, stage


def test_closures_hold_little_that_a_stage_does_not_open(mini, opened):
    """A closure that held everything would be safe and useless: nearly all of it is opened even by a tiny study."""
    for stage in STAGES:
        planned = json.loads((mini.top / "derived/embedded/plan" / entry(stage)).read_text())
        unopened = {path for path in planned["modules"] if path.startswith("zoo/")} - opened[stage] - OF_OWN_CORPORA
        most = 10 if stage == "package" else 3  # package asks for the licences of encoders, of which there are none
        assert len(unopened) <= most, (stage, unopened)


@pytest.mark.parametrize("every", [10, pytest.param(1, marks=pytest.mark.slow)])
def test_a_mutation_of_any_module_makes_stale_every_stage_that_runs_it(mini, opened, monkeypatch, tmp_path, every):
    """One change in each module of zoo/ (in every tenth, by default), in this process: every stage that opened the
    module must see it."""
    monkeypatch.chdir(mini.top)
    study = params.load()
    before = {place.as_posix(): found.digest for place, found in plan.closures(study)}
    honest, seen, changed = syntax.read, 0, {}

    def read(path: Path) -> syntax.Source:
        return changed.get(path) or honest(path)

    monkeypatch.setattr(syntax, "read", read)
    for path in sorted((closure.TOP / "zoo").rglob("*.py"))[::every]:
        name = path.relative_to(closure.TOP).as_posix()
        text = first_mutation(path.read_text(encoding="utf-8"))
        if text is None:
            assert not [node for node in ast.walk(ast.parse(path.read_bytes())) if isinstance(node, ast.Return)]
            continue
        other = tmp_path / f"{seen}.py"
        other.write_text(text, encoding="utf-8")
        changed = {path: syntax.Source(honest(other).digest, honest(path).imports)}
        after = {place.as_posix(): found.digest for place, found in plan.closures(study)}
        stale = {place for place in before if before[place] != after[place]}
        wanted = {entry(stage) for stage in STAGES if name in opened[stage]}
        if name.startswith(GUARD):
            wanted = {place for place in wanted if not place.startswith("synth/")}
        if is_exempt(name):
            assert not stale, name
        else:
            assert wanted <= stale, (name, wanted - stale)
        seen += 1
    assert seen > 100 / every
    assert set(exempt.MODULES) >= {"zoo.errors", "zoo.files"}
