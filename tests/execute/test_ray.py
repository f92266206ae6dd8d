"""Work on Ray itself: each test starts it, so they are few."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from execute.test_executor import facts, jobs_of

from zoo.errors import WRONG_USAGE, ZooError
from zoo.execute.executor import Done, Work, execute
from zoo.execute.progress import Reporter
from zoo.execute.settings import settings_of
from zoo.tables.trials import TRIALS
from zoo.training.run import run
from zoo.tuning.run import run_trials
from zoo.tuning.search import search

TOP = Path(__file__).parents[2]


def settings(study, executor="ray"):
    return replace(settings_of(study, "train"), executor=executor)


def test_a_search_is_the_same_with_every_executor(tiny_study, capsys):
    import ray

    tuned, trials = [], []
    for executor in ("inline", "processes", "ray"):
        changes = {"num_trials": 1, "max_epochs": 2, "executor": executor}
        study = tiny_study(executor, models=["statistics"], tune=changes, execute={"workers": 2})
        search(study, run_trials)
        tuned.append((study.derived / "tuned" / "statistics" / "emodb.json").read_bytes())
        trials.append((study.derived / "trials.parquet").read_bytes())
        assert len(TRIALS.read(study.derived / "trials.parquet")) == 2
        printed = capsys.readouterr().err
        assert "tune 2/2: statistics@emodb" in printed and "dev score" in printed
    assert len(set(tuned)) == len(set(trials)) == 1
    assert not ray.is_initialized()


@pytest.mark.slow
def test_trainings_are_the_same_with_every_executor_and_ray_tune_sees_every_epoch(tiny_study, tmp_path, monkeypatch):
    study = tiny_study(execute={"workers": 2})
    found = []
    epochs, former = [], Reporter.epoch

    def watched(self, at, epoch, dev_score):
        epochs.append((at, epoch))
        former(self, at, epoch, dev_score)

    for executor in ("inline", "processes", "ray"):
        if executor == "ray":  # the board is told in this process, of what Ray Tune has seen
            monkeypatch.setattr(
                Reporter,
                "epoch",
                lambda self, at, epoch, uar: (epochs.append((at, epoch)), former(self, at, epoch, uar)),
            )
        found.append(run(jobs_of(study), settings(study, executor), tmp_path / executor, "train"))
    first, *others = [[facts(one) for one in own] for own in found]
    assert others == [first, first]
    last = {0: 4 + found[0][0].outcome.best_epoch, 1: 4, 2: 4}
    assert sorted(epochs) == [(at, epoch) for at, end in last.items() for epoch in range(1, end + 1)]
    assert all(one.seconds > 0 for own in found for one in own)


@pytest.mark.slow  # test_cluster.py has it without Ray
def test_an_impossible_request_stops_at_once(tiny_study):
    import ray

    study = tiny_study(models=["statistics"], tune={"executor": "ray"}, execute={"gpus_per_job": 8})
    with pytest.raises(ZooError, match="no node can run a job of 1 CPUs and 8 GPUs; nodes: ") as caught:
        search(study, run_trials)
    assert caught.value.exit_code == WRONG_USAGE and "execute.gpus_per_job" in caught.value.hint
    assert not ray.is_initialized()
    assert not (study.derived / "tuned").exists()


@pytest.mark.slow
def test_an_error_in_a_worker_arrives_as_itself_and_a_killed_one_is_an_error(tiny_study):
    def broken(on_epoch):
        raise ZooError("it broke", "mend it", 3)

    def dies(on_epoch):
        on_epoch(1, 0.5)
        os.kill(os.getpid(), signal.SIGKILL)

    def waits(on_epoch):
        for epoch in range(1, 1000):
            time.sleep(0.2)
            on_epoch(epoch, 0.5)
        return Done(1, 0.5, "key")

    started = time.monotonic()
    with pytest.raises(ZooError, match="it broke") as caught:
        execute([Work("waits", 1, waits), Work("broken", 1, broken)], settings(tiny_study()), "train")
    assert (type(caught.value), caught.value.hint, caught.value.exit_code) == (ZooError, "mend it", 3)
    with pytest.raises(ZooError, match="killed from outside") as caught:
        execute([Work("waits", 1, waits), Work("dies", 1, dies)], settings(tiny_study()), "train")
    assert "execute.cpus_per_job" in caught.value.hint
    assert time.monotonic() - started < 180  # the others are stopped


# a process of its own, as a stage is: trains on Ray until it is interrupted
SCRIPT = """
import sys, time
from pathlib import Path
sys.path[:0] = [{top!r}, {tests!r}]
from conftest import write_study
from zoo.execute.executor import Done, Work, execute
from zoo.execute.settings import settings_of
def work(on_epoch):
    on_epoch(1, 0.5)
    Path({begun!r}).touch()  # Ray Tune works in a folder of its own
    time.sleep(120)
    return Done(1, 0.5, "key")
if __name__ == "__main__":
    study = write_study(Path.cwd(), models=["statistics"], tune={{"executor": "ray"}})
    print(execute([Work("work", 1, work)], settings_of(study, "tune"), "tune"))
"""


def start(folder, **environment):
    script = SCRIPT.format(top=str(TOP), tests=str(TOP / "tests"), begun=str(folder / "begun"))
    return subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=folder,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def of_session(leader):
    """The processes of a session that are still there after 20 seconds: their command lines."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        found = []
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                _, _, rest = stat.read_text().rpartition(")")
                state, _, _, session = rest.split()[:4]
                if int(session) == leader and state != "Z":
                    found.append((stat.parent / "cmdline").read_text().replace("\0", " "))
            except OSError:
                continue
        if not found:
            break
        time.sleep(0.2)
    return found


@pytest.mark.slow
def test_ctrl_c_stops_every_process_of_ray_which_does_without_a_tmpdir_too_long_for_its_sockets(tmp_path):
    long = tmp_path / ("long" * 30)
    long.mkdir()
    before = set(Path("/tmp").glob("zoo-ray-*"))
    process = start(tmp_path, TMPDIR=str(long))
    try:
        deadline = time.monotonic() + 120
        while not (tmp_path / "begun").exists() and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.1)
        assert (tmp_path / "begun").exists(), process.communicate(timeout=5)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does
        _, stderr = process.communicate(timeout=60)
        assert "KeyboardInterrupt" in stderr and process.returncode != 0
        assert of_session(process.pid) == []
        assert set(Path("/tmp").glob("zoo-ray-*")) <= before
    finally:
        process.kill()
