"""A trial is done once, goes on after an interruption, and sees whom its group allows; what fails in it is told."""

import pytest
from fixtures.searches import Runs
from fixtures.trainings import DAMAGE, damage, run_here

from zoo.errors import WRONG_USAGE, ZooError
from zoo.execute.on_ray import reason
from zoo.training import job as jobs
from zoo.training import resume
from zoo.training.data import load
from zoo.tuning.search import search

CHANGED = "was changed or truncated since it was written; computing it again"


class WorkerError(Exception):
    """As Ray hands back what was raised in a worker: its text is a traceback."""

    def __init__(self, cause):
        super().__init__(f"ray::train()\n  File ...\n{type(cause).__name__}: {cause}")
        self.cause = cause


def test_a_problem_in_a_worker_is_told_as_if_it_had_happened_here():
    problem = ZooError("the store has no features of 'u1'", "make them again", WRONG_USAGE)
    assert reason(WorkerError(problem)) is problem
    bug = WorkerError(KeyError("class"))
    assert reason(bug) is bug  # with its traceback


def trials_of(study):
    asked = []
    search(study, run=lambda study, trials: (asked.extend(trials), Runs()(study, trials))[1])
    return asked


def test_a_trial_that_is_done_is_not_done_again(tiny_study, monkeypatch, tmp_path):
    trial = trials_of(tiny_study(models=["statistics"]))[0]
    result = run_here(trial, tmp_path / "scratch")
    assert result.keys() == {
        "epoch",
        "dev_score",
        "dev_loss",
        "output_scale",
        "dev_scores",
        "dev_outputs",
        "test_outputs",
    }
    assert max(result["dev_scores"]) == result["dev_scores"][result["epoch"] - 1] == result["dev_score"]
    monkeypatch.setattr(jobs, "fit", None)
    assert run_here(trial, tmp_path / "scratch") == result


def test_of_two_speakers_a_search_trains_and_selects_on_utterances_of_the_one_it_does_not_test(
    tiny_study, monkeypatch, tmp_path
):
    study, heard, fit = tiny_study(num_speakers=2, models=["statistics"]), [], jobs.fit
    monkeypatch.setattr(
        jobs, "fit", lambda recipe, train, dev, *rest: heard.append((train, dev)) or fit(recipe, train, dev, *rest)
    )
    data = load(study, "emodb", "statistics")
    for trial in trials_of(study):
        run_here(trial, tmp_path / "scratch")
        for examples, split in zip(heard.pop(), ("train", "dev"), strict=True):
            assert examples.utterance_ids == data.split(trial.group, split)["utterance_id"].to_list()
            assert not {*examples.utterance_ids} & {*data.split(trial.group, "test")["utterance_id"]}
        assert trial.job.test is None and not heard


def interrupt(trial, scratch, monkeypatch, epoch=2):
    """Press Ctrl-C when the trial's progress has been kept after an epoch; the file that is left."""
    former = resume.saver

    def interrupting(path, *key):
        save = former(path, *key)

        def on_epoch(progress):
            save(progress)
            if progress.epoch == epoch:
                raise KeyboardInterrupt

        return on_epoch

    with monkeypatch.context() as patch:
        patch.setattr(resume, "EVERY_S", 0.0)
        patch.setattr(resume, "saver", interrupting)
        with pytest.raises(KeyboardInterrupt):
            run_here(trial, scratch)
    [path] = scratch.iterdir()
    return path


@pytest.fixture
def begun(monkeypatch):
    """The epochs after which trainings went on, as they are begun."""
    epochs, honest = [], jobs.fit

    def watched(recipe, train, dev, start=None, *rest):
        epochs.append(start.epoch if start else 0)
        return honest(recipe, train, dev, start, *rest)

    monkeypatch.setattr(jobs, "fit", watched)
    return epochs


def test_an_interrupted_trial_goes_on_to_the_same_result(tiny_study, monkeypatch, tmp_path, begun):
    trial = trials_of(tiny_study(models=["cnn"]))[0]
    whole = run_here(trial, tmp_path / "other")
    assert interrupt(trial, tmp_path / "scratch", monkeypatch).suffix == ".fit"
    begun.clear()
    assert run_here(trial, tmp_path / "scratch") == whole
    assert begun == [2]


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_kept_trial_that_was_changed_is_made_again_to_the_same_result(tiny_study, tmp_path, begun, kind, capsys):
    trial, scratch = trials_of(tiny_study(models=["statistics"]))[0], tmp_path / "scratch"
    result = run_here(trial, scratch)
    [path] = scratch.iterdir()
    damage(path, kind)
    begun.clear()
    assert run_here(trial, scratch) == result
    assert begun == [0]
    assert capsys.readouterr().err == f"{path} {CHANGED}\n"
    assert run_here(trial, scratch) == result and begun == [0]


@pytest.mark.parametrize("kind", DAMAGE)
def test_progress_of_a_trial_that_was_changed_costs_a_fresh_start(
    tiny_study, monkeypatch, tmp_path, begun, kind, capsys
):
    trial, scratch = trials_of(tiny_study(models=["statistics"]))[0], tmp_path / "scratch"
    result = run_here(trial, tmp_path / "other")
    path = interrupt(trial, scratch, monkeypatch)
    damage(path, kind)
    begun.clear()
    assert run_here(trial, scratch) == result
    assert begun == [0]
    assert capsys.readouterr().err == f"{path} {CHANGED}\n"
