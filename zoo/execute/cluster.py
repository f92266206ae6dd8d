"""One Ray session, on this machine or on a cluster."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from zoo.errors import WRONG_USAGE, ZooError
from zoo.study.tune import Tune

LOCAL = "local"


@contextmanager
def connected(tune: Tune) -> Iterator[None]:
    """Connect, check at once that a node can run a trial, and disconnect at the end.

    Raises ZooError naming the resources of the cluster when no node offers cpus_per_trial and gpus_per_trial, or when
    nothing answers at the address.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_TRAIN_ENABLE_V2_MIGRATION_WARNINGS", "0")
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    os.environ.setdefault("RAY_worker_niceness", "0")
    os.environ.setdefault("TUNE_DISABLE_SIGINT_HANDLER", "1")  # Ctrl-C stops the search, not only its trials
    os.environ.setdefault("TUNE_DISABLE_AUTO_CALLBACK_LOGGERS", "1")
    if tune.address != LOCAL:
        _require_answer(tune.address)
    import ray

    quiet: dict[str, Any] = {"log_to_driver": False, "logging_level": "ERROR"}
    try:
        if tune.address == LOCAL:
            cpus = max(1, os.cpu_count() or 1)
            ray.init(address=LOCAL, num_cpus=cpus, include_dashboard=False, **quiet)
        else:
            ray.init(address=tune.address, **quiet)
    except (ConnectionError, ValueError, RuntimeError) as error:
        reason = str(error).splitlines()[0]
        raise ZooError(
            f"no Ray cluster at tune.address = {tune.address}: {reason}",
            "start it with `ray start`, or set tune.address to local",
        ) from error
    try:
        check_request(tune, _nodes())
        yield
    finally:
        ray.shutdown()


def _require_answer(address: str) -> None:
    # ray.init waits for minutes when nothing answers
    host, _, port = address.removeprefix("ray://").rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=5).close()
    except (OSError, ValueError) as error:
        raise ZooError(
            f"nothing answers at tune.address = {address}",
            "start Ray there with `ray start`, or set tune.address to local",
        ) from error


def _nodes() -> list[dict[str, float]]:
    import ray

    return [node["Resources"] for node in ray.nodes() if node["Alive"]]  # type: ignore[no-untyped-call]


def check_request(tune: Tune, nodes: list[dict[str, float]]) -> None:
    """Raises ZooError unless one of the nodes has the resources that a trial requests."""
    for node in nodes:
        if node.get("CPU", 0) >= tune.cpus_per_trial and node.get("GPU", 0) >= tune.gpus_per_trial:
            return
    available = "; ".join(f"{node.get('CPU', 0):g} CPUs and {node.get('GPU', 0):g} GPUs" for node in nodes) or "no node"
    raise ZooError(
        f"no node can run a trial of {tune.cpus_per_trial:g} CPUs and {tune.gpus_per_trial:g} GPUs; nodes: {available}",
        "lower tune.cpus_per_trial or tune.gpus_per_trial in params.yaml",
        WRONG_USAGE,
    )
