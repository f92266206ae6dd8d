"""Whatever goes wrong at Ray's start is tried once more, then is two lines that say what to do."""

import sys
from pathlib import Path

import pytest

from zoo.errors import WRONG_USAGE, ZooError
from zoo.execute import cluster
from zoo.execute.cluster import connected
from zoo.execute.settings import Settings
from zoo.study.execute import Execute
from zoo.tuning.run import run_trials
from zoo.tuning.search import search

NODE = {"CPU": 2.0}


def settings(section="tune", address="local"):
    resources = Execute(workers=2, cpus_per_job=1, gpus_per_job=0, address=address)
    return Settings("ray", section, resources, Path("storage"))


class Fake:
    """In place of ray.init and ray.shutdown. errors: what the first starts raise, one each."""

    def __init__(self, *errors):
        self.errors, self.calls, self.folders = list(errors), [], []

    def init(self, address, _temp_dir=None, **options):
        self.calls.append("init")
        self.folders.append(_temp_dir)
        if self.errors:
            raise self.errors.pop(0)

    def shutdown(self):
        self.calls.append("shutdown")
        if self.calls == ["init", "shutdown"]:
            raise RuntimeError("half a session cannot be shut down")


@pytest.fixture
def ray_is(monkeypatch, tmp_path):
    import ray

    def put(fake):
        monkeypatch.setattr(ray, "init", fake.init)
        monkeypatch.setattr(ray, "shutdown", fake.shutdown)
        monkeypatch.setattr(cluster, "_nodes", lambda: [NODE])
        monkeypatch.setattr(cluster, "_require_answer", lambda address: None)
        monkeypatch.setattr(cluster, "_SHORT", str(tmp_path))
        return fake

    return put


ERRORS = [
    Exception("The current node timed out during startup. This\ncould happen because some processes failed."),
    OSError("AF_UNIX path length cannot exceed 107 bytes: /a/b"),
    ValueError("Unrecognized address"),
    ConnectionError("no node is there"),
    RuntimeError("Failed to start"),
    PermissionError(13, "Permission denied", "ray"),
    TimeoutError(),
]


def test_an_impossible_request_stops_a_search_at_once(ray_is, tiny_study):
    fake = ray_is(Fake())
    study = tiny_study(models=["statistics"], tune={"executor": "ray"}, execute={"gpus_per_job": 8})
    message = "no node can run a job of 1 CPUs and 8 GPUs; nodes: 2 CPUs and 0 GPUs"
    with pytest.raises(ZooError, match=message) as caught:
        search(study, run_trials)
    assert caught.value.exit_code == WRONG_USAGE and "execute.gpus_per_job" in caught.value.hint
    assert fake.calls == ["init", "shutdown"]
    assert not (study.derived / "tuned").exists()


@pytest.mark.parametrize("section", ["tune", "train"])
@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_a_local_start_that_fails_twice_names_the_executor_that_needs_no_ray(ray_is, error, section, tmp_path):
    fake = ray_is(Fake(error, error))
    with (
        pytest.raises(ZooError, match=r"Ray did not start on this machine: \S") as caught,
        connected(settings(section)),
    ):
        pytest.fail("not connected")
    assert fake.calls == ["init", "shutdown", "init", "shutdown"]
    assert f"set {section}.executor: processes" in caught.value.hint
    assert "\n" not in caught.value.message + caught.value.hint
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_a_cluster_that_fails_twice_is_named(ray_is, error):
    fake = ray_is(Fake(error, error))
    there = settings(address="there:6379")
    with (
        pytest.raises(ZooError, match=r"no Ray cluster at .* = there:6379: \S") as caught,
        connected(there),
    ):
        pytest.fail("not connected")
    assert fake.calls == ["init", "shutdown", "init", "shutdown"] and fake.folders == [None, None]
    assert "ray start" in caught.value.hint
    assert "\n" not in caught.value.message + caught.value.hint


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_a_start_that_fails_once_is_made_up_for_in_a_short_folder(ray_is, error, tmp_path):
    fake = ray_is(Fake(error))
    with connected(settings()):
        assert fake.folders[0] is None and Path(fake.folders[1]).parent == tmp_path
    assert fake.calls == ["init", "shutdown", "init", "shutdown"]
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_at_the_start_is_not_tried_again(ray_is):
    fake = ray_is(Fake(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt), connected(settings()):
        pytest.fail("not connected")
    assert fake.calls == ["init", "shutdown"]


def test_what_goes_wrong_later_is_not_taken_for_the_start(ray_is):
    fake = ray_is(Fake())
    with pytest.raises(OSError, match="of the work"), connected(settings()):
        raise OSError("of the work")
    assert fake.calls == ["init", "shutdown"]


@pytest.mark.parametrize("address", ["127.0.0.1:9", "ray://127.0.0.1:9", "nowhere", "127.0.0.1:99999999"])
def test_an_address_where_nothing_answers_is_named(address):
    here = settings(address=address)
    with pytest.raises(ZooError, match=r"nothing answers at execute\.address = ") as caught, connected(here):
        pytest.fail("not connected")
    assert address in caught.value.message and "execute.address: local" in caught.value.hint


def test_without_ray_the_executor_that_needs_none_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(ZooError, match="Ray cannot be imported") as caught, connected(settings()):
        pytest.fail("not connected")
    assert "set tune.executor: processes" in caught.value.hint
