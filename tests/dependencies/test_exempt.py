"""What is exempt from the dependencies changes no result: a study comes to the same bytes, or to an error."""

import inspect
import types

import pytest
from dependencies.mutations import mutations
from fixtures.trainings import run_here

import zoo.errors
import zoo.execute.progress
import zoo.files
from zoo.execute.settings import settings_of
from zoo.training.corpus import prepare
from zoo.training.model import train
from zoo.tuning.search import search
from zoo.tuning.selection import read_selection

MODULES = {module.__name__: module for module in (zoo.errors, zoo.files, zoo.execute.progress)}


def results(study):
    """The bytes of everything that a search and a training come to."""
    scratch = study.derived / "trials"
    search(study, lambda _, trials: [run_here(trial, scratch) for trial in trials])
    training = prepare(study, "emodb", "statistics", read_selection(study, "emodb", "statistics"))
    train([training], settings_of(study, "train"), study.derived / "trainings", "train statistics")
    kept = [*(study.derived / "tuned").rglob("*.json"), *(study.derived / "trained").rglob("*")]
    return {str(path): path.read_bytes() for path in sorted(kept) if path.is_file()}


def functions(namespace):
    """Qualified name -> function of a module's namespace, methods and what decorators wrap included."""
    found = {}
    for value in namespace.values():
        members = vars(value).values() if isinstance(value, type) else [value]
        for member in members:
            inner = inspect.unwrap(member) if callable(member) else member
            if isinstance(inner, types.FunctionType) and inner.__module__ == namespace["__name__"]:
                found[inner.__qualname__] = inner
    return found


def apply(module, tree, monkeypatch):
    """Make the module behave like the changed tree, wherever it was imported. False where nothing differs."""
    namespace = {"__name__": module.__name__, "__file__": module.__file__}
    exec(compile(tree, module.__file__, "exec"), namespace)
    own, other, changed = functions(vars(module)), functions(namespace), False
    for name, function in other.items():
        if name in own and function.__code__ != own[name].__code__:
            monkeypatch.setattr(own[name], "__code__", function.__code__)
            changed = True
    for name, value in namespace.items():
        before = getattr(module, name, None)
        if isinstance(value, (str, int, float)) and not name.startswith("__") and value != before:
            monkeypatch.setattr(module, name, value)
            changed = True
    return changed


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name == "zoo.errors" else pytest.mark.slow) for name in MODULES]
)
def test_no_change_of_what_is_exempt_changes_a_result(tiny_study, name):
    module = MODULES[name]
    settings = {"models": ["statistics"], "tune": {"num_trials": 1, "max_epochs": 1}, "train": {"max_epochs": 1}}
    wanted = results(tiny_study("honest", num_speakers=4, takes=1, **settings))
    assert wanted
    ran = 0
    for number, (change, tree) in enumerate(mutations(inspect.getsource(module))):
        study = tiny_study(f"changed {number}", num_speakers=4, takes=1, **settings)
        with pytest.MonkeyPatch.context() as monkeypatch:
            try:
                if not apply(module, tree, monkeypatch):
                    continue
                found = results(study)
            except (Exception, SystemExit):
                found = None  # an error is no result
        ran += 1
        assert found is None or all(found.get(path, content) == content for path, content in wanted.items()), change
    assert ran > 3
