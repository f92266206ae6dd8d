"""Parallel work on Ray: on this machine, or on the nodes of a cluster that share its files."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from zoo.errors import ZooError
from zoo.execute.cluster import connected
from zoo.study.tune import Tune

Values = dict[str, Any]


def on_ray(
    work: Callable[[int], Values], number: int, tune: Tune, storage: Path, on_done: Callable[[int, Values], None]
) -> dict[int, Values]:
    """`work(0)` to `work(number - 1)` as trials of Ray Tune; the result of each by its number.

    work: returns plain values, `dev_score` among them; it is pickled to the workers with all that it refers to. Workers
    are reused from one trial to the next, so that each imports torch once. on_done: called here as each finishes.
    Raises ZooError when a trial fails, or when no node can run one.
    """
    with connected(tune):
        from ray import tune as ray_tune

        def trainable(config: dict[str, int]) -> None:
            from zoo.execute.processes import set_threads

            set_threads(1)  # whatever a trial reserves: the number of threads changes last digits
            ray_tune.report(work(config["number"]))

        tuner = ray_tune.Tuner(
            ray_tune.with_resources(trainable, {"cpu": tune.cpus_per_trial, "gpu": tune.gpus_per_trial}),
            param_space={"number": ray_tune.grid_search(list(range(number)))},
            tune_config=ray_tune.TuneConfig(reuse_actors=True, metric="dev_score", mode="max"),
            run_config=ray_tune.RunConfig(
                name="search",
                storage_path=str(storage.resolve()),
                verbose=0,
                failure_config=ray_tune.FailureConfig(fail_fast=True),
                callbacks=[_listener(on_done)],
            ),
        )
        grid = tuner.fit()
    found: dict[int, Values] = {}
    for result in (grid[index] for index in range(len(grid))):
        if result.error is not None:
            raise reason(result.error) from result.error
        assert result.config is not None and result.metrics is not None
        found[result.config["number"]] = result.metrics
    return found


def reason(error: Exception) -> ZooError:
    """The error of a failed trial: Ray wraps the one that was raised in the worker, and keeps it as `cause`."""
    cause = getattr(error, "cause", None)
    if isinstance(cause, ZooError):
        return cause
    return ZooError(f"a trial failed: {str(error).strip().splitlines()[-1]}", "see the lines above")


def _listener(on_done: Callable[[int, Values], None]) -> Any:
    """A callback of Ray Tune."""
    from ray.tune import Callback

    class Listener(Callback):
        def on_trial_result(self, iteration: int, trials: Any, trial: Any, result: Values, **info: Any) -> None:
            on_done(trial.config["number"], result)

    return Listener()
