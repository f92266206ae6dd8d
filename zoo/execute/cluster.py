"""One Ray session, on this machine or on a cluster."""

import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from zoo.errors import WRONG_USAGE, ZooError
from zoo.execute.settings import Settings
from zoo.study.execute import Execute

LOCAL = "local"
_SHORT = "/tmp"  # the paths of Ray's sockets may have 107 characters, of which it needs about 65 itself


@contextmanager
def connected(settings: Settings) -> Iterator[None]:
    """Connect, check at once that a node can run a job, and disconnect at the end.

    Raises ZooError naming the resources of the cluster when no node offers cpus_per_job and gpus_per_job, when nothing
    answers at the address, and when Ray does not start here, is not installed, or fails in any other way twice.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_TRAIN_ENABLE_V2_MIGRATION_WARNINGS", "0")
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    os.environ.setdefault("RAY_worker_niceness", "0")
    os.environ.setdefault("TUNE_DISABLE_SIGINT_HANDLER", "1")  # Ctrl-C stops the search, not only its trials
    os.environ.setdefault("TUNE_DISABLE_AUTO_CALLBACK_LOGGERS", "1")
    os.environ.setdefault("RAY_AIR_NEW_OUTPUT", "0")  # its tables ignore verbose=0
    try:
        import ray.tune  # noqa: F401
    except ImportError as error:
        raise ZooError(f"Ray cannot be imported: {first_line(error)}", settings.without_ray) from error
    address = settings.resources.address
    if address != LOCAL:
        _require_answer(address)
    folder = None
    try:
        try:
            _start(address)
        except Exception:  # of any kind: Ray's time-out is a bare Exception
            _stop()
            try:
                folder = tempfile.mkdtemp(prefix="zoo-ray-", dir=_SHORT) if address == LOCAL else None
                _start(address, folder)
            except Exception as error:
                raise _not_started(error, settings) from error
        check_request(settings.resources, _nodes())
        yield
    finally:
        _stop()
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)


def _start(address: str, folder: str | None = None) -> None:
    """folder: for the files and sockets of a local session, instead of one in TMPDIR."""
    import ray

    quiet: dict[str, Any] = {"log_to_driver": False, "logging_level": "ERROR"}
    if address == LOCAL:
        cpus = max(1, os.cpu_count() or 1)
        ray.init(address=LOCAL, num_cpus=cpus, include_dashboard=False, _temp_dir=folder, **quiet)
    else:
        ray.init(address=address, **quiet)


def _stop() -> None:
    import ray

    with suppress(Exception):  # of a session that started by half
        ray.shutdown()


def _not_started(error: Exception, settings: Settings) -> ZooError:
    address, reason = settings.resources.address, first_line(error)
    if address == LOCAL:
        return ZooError(f"Ray did not start on this machine: {reason}", settings.without_ray)
    return ZooError(
        f"no Ray cluster at execute.address = {address}: {reason}",
        "start it with `ray start`, or set execute.address: local in params.yaml",
    )


def first_line(error: BaseException) -> str:
    """The first line of an error's text; its type where it has none."""
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)


def _require_answer(address: str) -> None:
    # ray.init waits for minutes when nothing answers
    host, _, port = address.removeprefix("ray://").rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=5).close()
    except (OSError, ValueError, OverflowError) as error:
        raise ZooError(
            f"nothing answers at execute.address = {address}",
            "start Ray there with `ray start`, or set execute.address: local in params.yaml",
        ) from error


def _nodes() -> list[dict[str, float]]:
    import ray

    return [node["Resources"] for node in ray.nodes() if node["Alive"]]  # type: ignore[no-untyped-call]


def check_request(asked: Execute, nodes: list[dict[str, float]]) -> None:
    """Raises ZooError unless one of the nodes has the resources that a job requests."""
    for node in nodes:
        if node.get("CPU", 0) >= asked.cpus_per_job and node.get("GPU", 0) >= asked.gpus_per_job:
            return
    available = "; ".join(f"{node.get('CPU', 0):g} CPUs and {node.get('GPU', 0):g} GPUs" for node in nodes) or "no node"
    raise ZooError(
        f"no node can run a job of {asked.cpus_per_job:g} CPUs and {asked.gpus_per_job:g} GPUs; nodes: {available}",
        "lower execute.cpus_per_job or execute.gpus_per_job in params.yaml",
        WRONG_USAGE,
    )
