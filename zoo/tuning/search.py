"""One search a study: corpus x architecture x group x configuration, in one Ray session and one fit."""

import hashlib
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import polars as pl

from zoo.errors import ZooError
from zoo.execute.session import ray_session
from zoo.files import sha256_of, write_text
from zoo.folds.search_groups import SearchGroup, search_groups
from zoo.study import Study
from zoo.tables.trials import TRIALS
from zoo.training.checkpoints import code_version
from zoo.training.data import CorpusData, load
from zoo.tuning.configurations import configurations
from zoo.tuning.trial import Trial, row_of, run_trial

KEYS = "keys.json"  # apart from the verdicts, so that a release does not change with the code that found it again
Results = list[tuple[Trial, dict[str, Any]]]


def search(study: Study, run: Callable[[Study, list[Trial]], Results] | None = None) -> None:
    """Write derived/<study>/tuned/<corpus>/<architecture>.json for all, and trials.parquet.

    A search whose key (code of its architecture, folds, features, configurations, budget) stands is kept.
    run: how trials are run, each handed back with its result in any order; on Ray unless told otherwise.
    """
    tuned, scratch = study.derived / "tuned", study.derived / "scratch" / "tune"
    keys: dict[str, str] = json.loads((tuned / KEYS).read_text()) if (tuned / KEYS).exists() else {}
    searches: dict[Path, tuple[list[SearchGroup], list[Trial]]] = {}
    new_keys, rows = {}, {}
    for corpus in study.corpora:
        for architecture in study.architectures:
            path, name = tuned / corpus / f"{architecture}.json", f"{architecture}@{corpus}"
            data = load(study, corpus, architecture)
            groups = search_groups(data.folds, study.tune.groups)
            trials = _trials(study, corpus, architecture, groups, scratch)
            searches[path] = groups, trials
            new_keys[name] = _key(study, data, architecture, trials)
            if path.exists() and keys.get(name) == new_keys[name]:
                rows[path] = json.loads(path.read_text())["trials"]
    if wanted := [trial for path, (_, trials) in searches.items() if path not in rows for trial in trials]:
        results = {id(trial): row_of(trial, result) for trial, result in (run or run_on_ray)(study, wanted)}
        for path, (_, trials) in searches.items():
            if path not in rows:
                rows[path] = [results[id(trial)] for trial in trials]
    for path, (groups, _) in searches.items():
        write_text(path, json.dumps(_verdict(groups, rows[path]), indent=2, sort_keys=True) + "\n")
    write_text(tuned / KEYS, json.dumps(new_keys, indent=2, sort_keys=True) + "\n")
    for path in set(tuned.glob("*/*.json")) - set(searches):
        path.unlink()
    _write_trials(study, set(searches))


def run_on_ray(study: Study, trials: list[Trial]) -> Results:
    """Run trials side by side on the session's workers, and show how far they are.

    Raises ZooError naming a trial that failed.
    """
    with ray_session(study.tune):
        from ray import tune

        def trainable(config: dict[str, Any]) -> None:
            tune.report(run_trial(trials[config["number"]]))

        resources = {"cpu": study.tune.cpus_per_trial, "gpu": study.tune.gpus_per_trial}
        tuner = tune.Tuner(
            tune.with_resources(trainable, resources),
            param_space={"number": tune.grid_search(list(range(len(trials))))},
            tune_config=tune.TuneConfig(reuse_actors=True, metric="dev_uar", mode="max"),
            run_config=tune.RunConfig(
                name="search",
                storage_path=str(Path(study.derived / "scratch" / "ray").resolve()),
                verbose=0,
                failure_config=tune.FailureConfig(fail_fast=True),
                callbacks=[_counter(trials)],
            ),
        )
        grid = tuner.fit()
    results = []
    for result in (grid[number] for number in range(len(grid))):
        if result.error is not None:
            raise _reason(result.error) from result.error
        assert result.config is not None and result.metrics is not None
        kept = {name: result.metrics[name] for name in ("epoch", "dev_uar", "dev_loss", "num_parameters")}
        results.append((result.config["number"], kept))
    return [(trials[number], kept) for number, kept in sorted(results, key=lambda pair: pair[0])]


def _reason(error: Exception) -> ZooError:
    """What went wrong in a worker: Ray wraps the error that was raised there, and keeps it as `cause`."""
    cause = getattr(error, "cause", None)
    if isinstance(cause, ZooError):
        return cause
    return ZooError(f"a trial failed: {str(error).strip().splitlines()[-1]}", "see the lines above")


def _counter(planned: list[Trial]) -> Any:
    """A Ray callback that prints a line a trial."""
    import sys

    from ray.tune import Callback

    class Counter(Callback):
        done = 0

        def on_trial_result(self, iteration: int, trials: Any, trial: Any, result: dict[str, Any], **info: Any) -> None:
            self.done += 1
            told = planned[trial.config["number"]]
            print(
                f"tune {self.done}/{len(planned)}: {told.architecture}@{told.corpus}, group {told.group}, "
                f"configuration {told.config_id}: dev UAR {result['dev_uar']:.3f}",
                file=sys.stderr,
                flush=True,
            )

    return Counter()


def _trials(study: Study, corpus: str, architecture: str, groups: list[SearchGroup], scratch: Path) -> list[Trial]:
    return [
        Trial(
            top=str(Path.cwd()),
            study=study.model_dump(),
            corpus=corpus,
            architecture=architecture,
            group=number,
            config_id=config_id,
            config=config,
            train=list(group.train),
            dev=list(group.dev),
            fold=group.fold,
            scratch=str(scratch.resolve()),
        )
        for number, group in enumerate(groups)
        for config_id, config in enumerate(configurations(architecture, study.tune.num_trials, study.tune.seed))
    ]


def _key(study: Study, data: CorpusData, architecture: str, trials: list[Trial]) -> str:
    searched = data.folds.select("utterance_id", "speaker_id", "label").unique().sort("utterance_id")
    told = {
        "code": code_version(architecture) + sha256_of(Path(run_trial.__code__.co_filename)),
        "labels": searched.to_dicts(),
        "features": data.store.fingerprint,
        "train": study.train.model_dump(exclude={"max_epochs", "patience", "refit", "seeds", "workers"}),
        "budget": study.tune.model_dump(include={"seed", "max_epochs", "patience"}),
        "trials": [
            (trial.group, trial.config_id, trial.config, trial.train, trial.dev, trial.fold) for trial in trials
        ],
    }
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _verdict(groups: list[SearchGroup], rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Per group the configuration with the best dev UAR; for the release the best mean dev UAR over the groups.

    rows: of the TRIALS table. Ties go to the lower dev loss, then to the earlier configuration.
    """
    verdict: dict[str, Any] = {"groups": [], "trials": rows}
    for number, group in enumerate(groups):
        own = [row for row in rows if row["group"] == number]
        winner = max(own, key=lambda row: (row["dev_uar"], -row["dev_loss"], -row["config_id"]))
        verdict["groups"].append(
            {
                "folds": list(group.folds),
                "train_speakers": list(group.train),
                "dev_speakers": list(group.dev),
                "config_id": winner["config_id"],
                "config": json.loads(winner["config"]),
                "dev_uar": winner["dev_uar"],
            }
        )
    by_config: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        by_config.setdefault(row["config_id"], []).append(row)
    means = {
        number: (_mean(row["dev_uar"] for row in part), -_mean(row["dev_loss"] for row in part))
        for number, part in by_config.items()
    }
    best = max(means, key=lambda number: (*means[number], -number))
    config = json.loads(by_config[best][0]["config"])
    verdict["release"] = {"config_id": best, "config": config, "mean_dev_uar": means[best][0]}
    return verdict


def _mean(values: Iterable[float]) -> float:
    numbers = list(values)
    return sum(numbers) / len(numbers)


def _write_trials(study: Study, paths: set[Path]) -> None:
    rows = [row for path in sorted(paths) for row in json.loads(path.read_text())["trials"]]
    made_from = {"/".join(path.parts[-2:]): path for path in sorted(paths)}
    TRIALS.write(pl.DataFrame(rows, schema=TRIALS.schema), study.derived / "trials.parquet", made_from)
