"""Parallel work as trials of Ray Tune: on this machine, or on the nodes of a cluster that share its files."""

import logging
import os
import re
from collections.abc import Callable, Sequence
from typing import Any

from zoo.errors import ZooError
from zoo.execute.cluster import connected, first_line
from zoo.execute.processes import killed, set_threads
from zoo.execute.progress import Reporter
from zoo.execute.settings import Settings

Fields = tuple[int, float, str]  # best epoch, dev score, key of the result
_KEY = "key"  # in the last report of a trial


def on_ray(
    works: Sequence[Callable[[Callable[[int, float], None]], Fields]], settings: Settings, title: str, board: Reporter
) -> dict[int, Fields]:
    """Run all works as trials of Ray Tune; what each returns, by its number.

    works: are called with what reports an epoch and its dev score; pickled to the workers with all that they refer to.
    Ray Tune and the board see every epoch; no scheduler stops any early, so that all have the same budget. Workers are
    reused from one trial to the next, so that each imports torch once.
    Raises what was raised in a trial; ZooError when a worker was killed, or when no node can run a trial.
    """
    with connected(settings):
        from ray import tune
        from ray.exceptions import RayError
        from ray.tune.error import TuneError

        logging.getLogger("ray.tune").setLevel(logging.CRITICAL)  # errors are raised, once
        resources = settings.resources
        gpus = resources.gpus_per_job

        def trainable(config: dict[str, int]) -> None:
            if not gpus:
                os.environ["CUDA_VISIBLE_DEVICES"] = ""  # Ray hides only GPUs that others have reserved
            set_threads(1)  # whatever a trial reserves: the number of threads changes last digits

            def on_epoch(epoch: int, dev_score: float) -> None:
                tune.report({"epoch": epoch, "dev_score": dev_score})

            best_epoch, dev_score, key = works[config["number"]](on_epoch)
            tune.report({"epoch": best_epoch, "dev_score": dev_score, _KEY: key})

        tuner = tune.Tuner(
            tune.with_resources(trainable, {"cpu": resources.cpus_per_job, "gpu": gpus}),
            param_space={"number": tune.grid_search(list(range(len(works))))},
            tune_config=tune.TuneConfig(reuse_actors=True, metric="dev_score", mode="max"),
            run_config=tune.RunConfig(
                name="-".join(re.findall(r"\w+", title)),
                storage_path=str(settings.storage.resolve()),
                verbose=0,
                failure_config=tune.FailureConfig(fail_fast=True),
                callbacks=[_listener(board)],
            ),
        )
        try:
            grid = tuner.fit()
        except (RayError, TuneError) as error:
            hint = f"run it again, or {settings.without_ray}"
            raise ZooError(f"Ray has stopped: {first_line(error)}", hint) from error
    for problem in grid.errors:
        raise reason(problem)
    found: dict[int, Fields] = {}
    for metrics in (grid[index].metrics for index in range(len(grid))):
        assert metrics is not None
        found[metrics["config"]["number"]] = metrics["epoch"], metrics["dev_score"], metrics[_KEY]
    return found


def reason(error: Exception) -> Exception:
    """What was raised in a trial. Ray wraps it, and keeps it as `cause`; of a bug, its wrapper has the traceback."""
    from ray.exceptions import OutOfMemoryError, RayActorError, WorkerCrashedError

    cause = getattr(error, "cause", None)
    if isinstance(cause, ZooError):
        return cause
    if isinstance(error, (OutOfMemoryError, RayActorError, WorkerCrashedError)):
        return killed("raise execute.cpus_per_job (fewer run at a time)")
    return error


def _listener(board: Reporter) -> Any:
    """A callback of Ray Tune that passes every report on to the board."""
    from ray.tune import Callback

    class Listener(Callback):
        def on_trial_result(self, iteration: int, trials: Any, trial: Any, result: dict[str, Any], **info: Any) -> None:
            tell = board.done if _KEY in result else board.epoch
            tell(trial.config["number"], result["epoch"], result["dev_score"])

    return Listener()
