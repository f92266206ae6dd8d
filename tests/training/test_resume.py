"""A training that is done, or well under way, is taken up again to the same bits; whatever else lies there is not."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from fixtures.trainings import DAMAGE, damage, data_of, examples, job, recipe, under_another_name

from zoo.execute import kept
from zoo.training import job as jobs
from zoo.training import resume
from zoo.training.job import Job
from zoo.training.loop import Progress, fit
from zoo.training.resume import key_of, load_progress, saver

CHANGED = "was changed or truncated since it was written; computing it again"


@pytest.fixture
def study(tiny_study):
    return tiny_study()


@pytest.fixture
def scratch(tmp_path):
    return tmp_path / "scratch"


@pytest.fixture
def always(monkeypatch):
    """Progress is kept after every epoch."""
    monkeypatch.setattr(resume, "EVERY_S", 0.0)


def run(one, scratch, on_epoch=lambda progress: None):
    return resume.run(one, scratch, on_epoch)


def facts(outcome):
    """All of an outcome, to the bit."""
    outputs = None if outcome.outputs is None else (outcome.outputs.dtype, outcome.outputs.tolist())
    weights = outcome.weights and {name: value.numpy().tobytes() for name, value in outcome.weights.items()}
    rest = (outcome.best_epoch, outcome.dev_score, outcome.dev_loss, outcome.num_parameters)
    return rest, outputs, weights


@pytest.fixture
def trained(monkeypatch):
    """The epochs after which trainings went on, as they are begun."""
    started, honest = [], jobs.fit

    def watched(recipe, train, dev, start=None, *rest):
        started.append(start.epoch if start else 0)
        return honest(recipe, train, dev, start, *rest)

    monkeypatch.setattr(jobs, "fit", watched)
    return started


def test_a_training_that_is_done_is_not_done_again(study, scratch, trained):
    for one in (job(study), replace(job(study), test=None, with_weights=True), replace(job(study), dev=None)):
        first = run(one, scratch)
        assert trained
        trained.clear()
        assert facts(run(one, scratch)) == facts(first)
        assert not trained
    assert {path.suffix for path in scratch.iterdir()} == {".done"}
    assert len(list(scratch.iterdir())) == 3


def test_what_comes_back_is_what_was_found(study, scratch):
    one = replace(job(study), with_weights=True)
    first, again = run(one, scratch), run(one, scratch)
    assert isinstance(again.outputs, np.ndarray) and again.outputs.shape == (len(one.test), 3)
    assert again.weights.keys() == first.weights.keys()
    assert all(torch.equal(value, first.weights[name]) for name, value in again.weights.items())
    assert run(replace(one, with_weights=False), scratch).weights is None
    assert run(replace(one, test=None), scratch).outputs is None


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_kept_training_that_was_changed_is_computed_again_with_the_same_result(study, scratch, trained, kind, capsys):
    one = replace(job(study), with_weights=True)
    first = run(one, scratch)
    [path] = scratch.iterdir()
    whole = path.read_bytes()
    damage(path, kind)
    trained.clear()
    capsys.readouterr()
    assert facts(run(one, scratch)) == facts(first)
    assert trained == [0]
    assert capsys.readouterr().err == f"{path} {CHANGED}\n"
    assert kept.kept(path, key_of(one)) is not None and len(path.read_bytes()) == len(whole)


def test_a_result_from_another_training_is_not_taken_for_this_one(study, scratch, trained, capsys):
    one, other = job(study), job(study, fold=1)
    run(one, scratch)
    [path] = scratch.iterdir()
    wanted = run(other, scratch)
    [second] = set(scratch.iterdir()) - {path}
    second.write_bytes(path.read_bytes())  # a whole file, under the other's name
    trained.clear()
    assert facts(run(other, scratch)) == facts(wanted)
    assert trained == [0] and CHANGED in capsys.readouterr().err


def interrupted(one, scratch, monkeypatch, part, epoch):
    """Run until `epoch` of a part is kept, then press Ctrl-C; the file that is left of this part."""
    former = resume.saver

    def interrupting(path, *key):
        save = former(path, *key)

        def on_epoch(progress):
            save(progress)
            if path.suffix == f".{part}" and progress.epoch == epoch:
                raise KeyboardInterrupt

        return on_epoch

    with monkeypatch.context() as patch:
        patch.setattr(resume, "saver", interrupting)
        with pytest.raises(KeyboardInterrupt):
            run(one, scratch)
    [path] = scratch.glob(f"*.{part}")
    assert not list(scratch.glob("*.done"))
    return path


PARTS = [("fit", 1), ("fit", 3), ("refit", 1)]


@pytest.mark.parametrize(("part", "epoch"), PARTS)
@pytest.mark.parametrize("architecture", ["statistics", "cnn"])
def test_an_interrupted_training_goes_on_to_the_same_bits(
    study, tmp_path, monkeypatch, always, trained, architecture, part, epoch
):
    one = replace(job(study, architecture, refit=True), with_weights=True)
    wanted = run(one, tmp_path / "whole")
    interrupted(one, tmp_path / "scratch", monkeypatch, part, epoch)
    trained.clear()
    assert facts(run(one, tmp_path / "scratch")) == facts(wanted)
    assert trained == ([epoch, 0] if part == "fit" else [4, epoch])
    assert {path.suffix for path in (tmp_path / "scratch").iterdir()} == {".done"}


@pytest.mark.parametrize("kind", DAMAGE)
@pytest.mark.parametrize(("part", "epoch"), PARTS[1:])
def test_progress_that_was_changed_costs_a_fresh_start_only(
    study, tmp_path, monkeypatch, always, trained, part, epoch, kind, capsys
):
    one = replace(job(study, refit=True), with_weights=True)
    wanted = run(one, tmp_path / "whole")
    path = interrupted(one, tmp_path / "scratch", monkeypatch, part, epoch)
    damage(path, kind)
    trained.clear()
    capsys.readouterr()
    assert facts(run(one, tmp_path / "scratch")) == facts(wanted)
    assert trained == ([0, 0] if part == "fit" else [4, 0])
    assert capsys.readouterr().err == f"{path} {CHANGED}\n"
    assert {path.suffix for path in (tmp_path / "scratch").iterdir()} == {".done"}


def test_ctrl_c_before_anything_is_kept_leaves_nothing(study, scratch):
    def interrupt(progress):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(job(study), scratch, interrupt)
    assert not scratch.exists() or not list(scratch.iterdir())


@pytest.mark.parametrize("content", [b"", b"damaged", b"PK\x03\x04 cut off"])
def test_a_damaged_checkpoint_costs_a_fresh_start_only(tmp_path, content, capsys):
    path = tmp_path / "progress"
    path.write_bytes(content)
    assert load_progress(path, "key") == (None, 0.0)
    assert not path.exists()
    assert CHANGED in capsys.readouterr().err
    assert load_progress(path, "key") == (None, 0.0)
    assert capsys.readouterr().err == ""


def test_a_cut_off_checkpoint_is_ignored(study, tmp_path, always):
    path = tmp_path / "progress"
    train, dev, _ = examples(data_of(study, "statistics"))
    fit(recipe(study, "statistics"), train, dev, on_epoch=saver(path, "key"))
    assert load_progress(path, "key")[0].epoch == 4
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert load_progress(path, "key") == (None, 0.0)


def test_progress_is_saved_now_and_then_only(tmp_path, monkeypatch):
    now = 100.0
    monkeypatch.setattr(resume.time, "monotonic", lambda: now)
    path = tmp_path / "progress"
    save = saver(path, "key")
    save(Progress(epoch=1))
    now += 19.9
    save(Progress(epoch=2))
    assert not path.exists()
    now += 0.1
    save(Progress(epoch=3))
    assert load_progress(path, "key")[0].epoch == 3
    now += 10
    save(Progress(epoch=4))
    assert load_progress(path, "key")[0].epoch == 3


def test_the_key_of_a_training_changes_with_all_that_decides_it(study, tiny_study):
    one = job(study, "cnn")
    known = key_of(one)
    assert key_of(job(study, "cnn")) == known
    others = [
        key_of(job(study, "cnn", learning_rate=1e-4)),
        key_of(job(study, "cnn", weight_decay=1e-4)),
        key_of(job(study, "cnn", seed=2)),
        key_of(job(study, "cnn", hyperparameters={"width": 96})),
        key_of(job(study, "cnn", augmentation={"gain": 1.0})),
        key_of(job(study, "cnn", batch_size=4)),
        key_of(job(study, "cnn", accumulate=2)),
        key_of(job(study, "cnn", crop_s=0.2)),
        key_of(job(study, "cnn", task=("categorical", {"focal": 2.0}))),
        key_of(job(study, "cnn", task=("sex", {}))),
        key_of(job(study, "cnn", classes=("anger", "fear"))),
        key_of(job(study, "cnn", kind="coefficients")),
        key_of(job(study, "cnn", frames_per_s=50.0)),
        key_of(job(study, "cnn", gradient_clip=1.0)),
        key_of(job(study, "cnn", max_epochs=5)),
        key_of(job(study, "cnn", schedule_epochs=5)),
        key_of(job(study, "cnn", patience=2)),
        key_of(job(study, "cnn", refit=True)),
        key_of(job(study, "bigru")),
        key_of(job(study, "cnn", fold=1)),
        key_of(replace(one, train=replace(one.train, targets=one.train.targets[::-1]))),
        key_of(replace(one, dev=replace(one.dev, utterance_ids=one.dev.utterance_ids[::-1]))),
        key_of(replace(one, dev=None)),
        key_of(replace(one, test=None)),
        key_of(replace(one, dev=one.test, test=one.dev)),
        key_of(replace(one, with_weights=True)),
        key_of(job(tiny_study("other", difference=0.8), "cnn")),
    ]
    assert len({known, *others}) == 1 + len(others)


def test_a_key_changes_with_the_precision_and_the_device(study, monkeypatch):
    one = job(study)
    keys = []
    for precision in ("float32", "bfloat16"):
        monkeypatch.setattr(resume, "precision_of", lambda *_, precision=precision: precision)
        keys.append(key_of(one))
    monkeypatch.setattr(resume, "best_device", lambda: torch.device("cuda"))
    keys.append(key_of(one))
    assert len(set(keys)) == 3


def test_a_key_changes_with_the_code(study, monkeypatch):
    one = job(study)
    before = key_of(one)
    monkeypatch.setattr(resume, "code_digest", lambda recipe, _: f"other code of {recipe.architecture}")
    assert key_of(one) != before


def test_a_key_holds_no_names(study, tiny_study, scratch, trained):
    """Neither that of the job, nor where the features lie, nor what the study is called."""
    one = job(study)
    first = run(one, scratch)
    there = tiny_study("elsewhere")
    other = replace(job(under_another_name(there)), name="another name")
    assert key_of(other) == key_of(one)
    trained.clear()
    assert facts(run(other, scratch)) == facts(first)
    assert not trained


def test_a_job_travels_to_a_worker_without_its_features(study):
    import pickle

    one = job(study)
    content = pickle.dumps(one)
    assert len(content) < one.train.store.array.nbytes
    back = pickle.loads(content)
    assert isinstance(back, Job) and key_of(back) == key_of(one)
