"""Work in forked processes: all of it, each once, and none left when something fails."""

import multiprocessing
import os
import signal
import time

import pytest

from zoo.errors import ZooError
from zoo.execute.processes import in_processes


def left():
    """Worker processes that are still there after five seconds."""
    deadline = time.monotonic() + 5
    while (found := multiprocessing.active_children()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return found


@pytest.mark.parametrize(("number", "workers"), [(1, 1), (5, 2), (2, 9)])
def test_every_piece_of_work_is_done_once_and_known_by_its_number(number, workers):
    found = list(in_processes(lambda at: (at * at, os.getpid()), number, workers))
    assert sorted((at, square) for at, (square, _) in found) == [(at, at * at) for at in range(number)]
    pids = {pid for _, (_, pid) in found}
    assert os.getpid() not in pids and len(pids) <= min(workers, number)
    assert not left()


def test_results_come_as_they_are_done():
    def work(at):
        time.sleep(2.0 if at == 0 else 0.0)
        return at

    assert [at for at, _ in in_processes(work, 4, 2)][-1] == 0


def test_workers_share_what_the_parent_has_opened_and_have_one_thread(tmp_path):
    import torch

    held = object()  # cannot be pickled by value
    file = (tmp_path / "open").open("w")

    def work(at):
        assert held is not None and not file.closed
        return torch.get_num_threads()

    assert [threads for _, threads in in_processes(work, 3, 2)] == [1, 1, 1]


@pytest.mark.parametrize("problem", [ZooError("it broke", "mend it"), ValueError("it broke"), KeyboardInterrupt()])
def test_the_first_failure_ends_them_all_with_its_reason(tmp_path, problem):
    def work(at):
        if at == 0:
            time.sleep(0.5)
            raise problem
        time.sleep(60)

    started = time.monotonic()
    with pytest.raises(type(problem)) as caught:
        list(in_processes(work, 3, 3))
    assert str(caught.value) == str(problem)
    if isinstance(problem, ZooError):
        assert caught.value.hint == "mend it"
    assert time.monotonic() - started < 20
    assert not left()


def test_a_killed_worker_gives_an_error():
    """As by the kernel when memory runs out."""
    with pytest.raises(ZooError, match="killed from outside") as caught:
        list(in_processes(lambda at: os.kill(os.getpid(), signal.SIGKILL), 3, 2))
    assert "execute.workers" in caught.value.hint
    assert not left()


def test_ctrl_c_is_the_parents():
    """A terminal signals every process of the group; a worker leaves it to the parent to stop it."""

    def work(at):
        os.kill(os.getpid(), signal.SIGINT)
        return at

    assert sorted(in_processes(work, 2, 2)) == [(0, 0), (1, 1)]


def test_a_caller_who_stops_asking_leaves_no_worker():
    found = in_processes(lambda at: time.sleep(60 if at else 0), 3, 2)
    next(found)
    found.close()
    assert not left()
