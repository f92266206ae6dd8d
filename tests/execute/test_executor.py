"""One executor: the same results inline, in processes and on Ray, every epoch shown, and its errors as they are."""

import math
import sys
from dataclasses import replace

import pytest
from fixtures.trainings import job

from zoo.errors import ZooError
from zoo.execute.executor import Done, Work, execute
from zoo.execute.progress import Reporter
from zoo.execute.settings import settings_of
from zoo.training import resume
from zoo.training.run import cost, run
from zoo.tuning.run import run_trials
from zoo.tuning.search import search

HERE = ("inline", "processes")


def settings(study, executor, workers=2):
    resources = study.execute.model_copy(update={"workers": workers})
    return replace(settings_of(study, "train"), executor=executor, resources=resources)


def works(number, epochs=3):
    def work(at):
        def run(on_epoch):
            for epoch in range(1, epochs + 1):
                on_epoch(epoch, epoch / 10)
            return Done(epochs, epochs / 10, f"key {at}")

        return run

    return [Work(f"work {at}", epochs, work(at)) for at in range(number)]


@pytest.mark.parametrize("executor", HERE)
@pytest.mark.parametrize("number", [1, 5])
def test_what_is_reported_comes_in_the_order_of_the_works(tiny_study, executor, number, capsys):
    found = execute(works(number), settings(tiny_study(), executor), "train cnn", kept=3)
    assert found == [Done(3, 0.3, f"key {at}") for at in range(number)]
    kept, *lines = capsys.readouterr().err.splitlines()
    assert kept == f"train cnn: 3 of {3 + number} are kept from earlier runs"
    assert [line.partition(":")[0] for line in lines] == [
        f"train cnn {3 + at}/{3 + number}" for at in range(1, number + 1)
    ]
    assert {line.partition(": ")[2] for line in lines} == {
        f"work {at}: best epoch 3, dev score 0.300" for at in range(number)
    }


@pytest.mark.parametrize("executor", HERE)
def test_an_error_of_a_work_arrives_as_itself(tiny_study, executor):
    def broken(on_epoch):
        raise ZooError("it broke", "mend it", 3, "empty")

    with pytest.raises(ZooError, match="it broke") as caught:
        execute([*works(3), Work("broken", 1, broken)], settings(tiny_study(), executor), "train")
    assert (caught.value.hint, caught.value.exit_code, caught.value.kind) == ("mend it", 3, "empty")


def jobs_of(study):
    """A fold's training with its refit, a trial's, and a release's."""
    fold = job(study, "cnn", refit=True)
    return [fold, replace(job(study, fold=1), test=None), replace(job(study), dev=None, test=None, with_weights=True)]


def facts(finished):
    outcome = finished.outcome
    weights = outcome.weights and {name: value.numpy().tobytes() for name, value in outcome.weights.items()}
    logits = None if outcome.outputs is None else outcome.outputs.tobytes()
    return outcome.best_epoch, outcome.dev_score, outcome.dev_loss, logits, weights


@pytest.mark.parametrize("executor", HERE)
def test_seconds_are_those_of_the_run_that_trained(tiny_study, tmp_path, executor, monkeypatch):
    study = tiny_study()
    first = run(jobs_of(study), settings(study, executor), tmp_path, "train")
    assert all(one.seconds > 0 and one.precision == "float32" for one in first)
    monkeypatch.setattr("zoo.training.run.execute", None)
    again = run(jobs_of(study), settings(study, executor), tmp_path, "train")
    assert [facts(one) for one in again] == [facts(one) for one in first]
    assert cost(again) == cost(first) and cost(again)["trainings"] == 3


def test_seconds_before_an_interruption_count(tiny_study, tmp_path, monkeypatch):
    study, now = tiny_study(), [0.0]
    monkeypatch.setattr(resume.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(resume, "EVERY_S", 0.0)
    [fold, *_] = jobs_of(study)

    def until(epoch):
        def on_epoch(progress):
            now[0] += 10
            if progress.epoch == epoch:
                raise KeyboardInterrupt

        return on_epoch

    for fit, refit in ((3, None), (None, 1), (None, None)):
        try:
            resume.run(fold, tmp_path, until(fit), until(refit))
        except KeyboardInterrupt:
            now[0] += 1000  # between two runs
    done = resume.finished(tmp_path, resume.key_of(fold))
    epochs = fold.recipe.max_epochs + done.outcome.best_epoch
    # each epoch takes 10 s and none counts twice: those whose state was lost are not in the result
    assert done.seconds == 10 * epochs


@pytest.mark.parametrize("executor", HERE)
def test_every_epoch_is_reported_and_a_refit_counts_on(tiny_study, tmp_path, executor, monkeypatch):
    study, log = tiny_study(), tmp_path / "epochs"
    former = Reporter.epoch

    def written(self, number, epoch, dev_score):
        with log.open("a") as file:
            file.write(f"{number} {epoch} {math.isfinite(dev_score)}\n")
        former(self, number, epoch, dev_score)

    monkeypatch.setattr(Reporter, "epoch", written)
    [fold, *_] = run(jobs_of(study), settings(study, executor), tmp_path, "train")
    epochs = {0: 4 + fold.outcome.best_epoch, 1: 4, 2: 4}
    wanted = [f"{at} {epoch} {at != 2}" for at, last in epochs.items() for epoch in range(1, last + 1)]
    assert sorted(log.read_text().splitlines()) == sorted(wanted)


def test_a_result_that_is_not_on_shared_storage_is_an_error(tiny_study, tmp_path, monkeypatch):
    study = tiny_study()
    monkeypatch.setattr("zoo.training.run.execute", lambda works, *_: [Done(1, 0.5, "0" * 64) for _ in works])
    with pytest.raises(ZooError, match="fold 0 has run, but its result is not in ") as caught:
        run(jobs_of(study), settings(study, "inline"), tmp_path, "train")
    assert "storage that they share" in caught.value.hint


def test_a_study_runs_without_ray(tiny_study, monkeypatch):
    for name in [name for name in sys.modules if name.partition(".")[0] == "ray"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "ray", None)
    study = tiny_study(models=["statistics"], tune={"executor": "processes"}, execute={"workers": 2})
    search(study, run_trials)
    assert (study.derived / "tuned" / "statistics" / "emodb.json").is_file()
