"""One search per study: corpus x model x group x configuration, all trials in parallel."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial, reduce
from operator import add
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from zoo import architectures
from zoo.dependencies.closure import REGISTRIES, closure
from zoo.errors import WRONG_USAGE, ZooError
from zoo.execute.kept import warn_changed
from zoo.files import write_text
from zoo.folds.search_groups import Part, SearchGroup, cross_validated, search_groups
from zoo.hashes import sha256_of_text
from zoo.runtime.answer import average
from zoo.study.model import AS_PUBLISHED, NESTED
from zoo.study.study import Study
from zoo.tables.trials import TRIALS
from zoo.tasks.contract import Task
from zoo.training import as_published
from zoo.training.data import CorpusData, load
from zoo.training.job import Job
from zoo.training.resume import code_digest, key_of
from zoo.tuning import best
from zoo.tuning.configurations import configurations
from zoo.tuning.selection import KEPT, name_of, select, selected_as_published, written

Result = dict[str, Any]


@dataclass(frozen=True)
class Trial:
    """One configuration, trained on a group's training speakers and validated on its dev speakers."""

    corpus: str
    model: str
    group: int
    config_id: int
    config: dict[str, Any]
    job: Job

    def row(self, result: Result) -> dict[str, Any]:
        """The trial as a row of the TRIALS table."""
        values = vars(self) | result | {"config": json.dumps(self.config, sort_keys=True)}
        return {name: values[name] for name in TRIALS.columns}


Run = Callable[[Study, list[Trial]], list[Result]]


def search(study: Study, run: Run) -> None:
    """Write derived/<study>/tuned/<model>/<corpus>.json for all, trials.parquet and best.json.

    The latter two are of nested models: what is selected as published is not compared.

    A search with an unchanged key (of its groups and trials) is kept, unless its file was changed since it was written.
    run: runs trials and returns their results in the same order.
    """
    tuned = study.derived / "tuned"
    previous = written(tuned / KEPT)
    searches: dict[Path, tuple[list[SearchGroup], list[Trial]]] = {}
    keys: dict[Path, str] = {}
    texts: dict[Path, str] = {}
    of: dict[Path, CorpusData] = {}
    for model in study.models:
        for corpus in study.sources_of(model):
            path = tuned / model / f"{corpus}.json"
            data = load(study, corpus, model)
            at_once = architectures.get(data.model.architecture).solve is not None
            groups = cross_validated(data.cut) if at_once else search_groups(data.cut, study.tune.groups)
            searches[path] = groups, _trials(study, data, groups)
            keys[path] = _key(*searches[path], data.model.average)
            of[path] = data
            if (text := _kept(path, keys[path], previous.get(name_of(path)))) is not None:
                texts[path] = text
    if wanted := [trial for path, (_, trials) in searches.items() if path not in texts for trial in trials]:
        results = {id(trial): result for trial, result in zip(wanted, run(study, wanted), strict=True)}
        for path, (groups, trials) in searches.items():
            if path not in texts:
                rows = [trial.row(results[id(trial)]) for trial in trials]
                told = {(trial.group, trial.config_id): (trial.job, results[id(trial)]) for trial in trials}
                if of[path].model.selection == AS_PUBLISHED:
                    selection = _select_as_published(groups, rows, of[path].task, told)
                else:
                    selection = select(groups, rows, partial(_dev_score, of[path].task, told), of[path].model.average)
                texts[path] = json.dumps(selection, indent=2, sort_keys=True) + "\n"
    for path, text in texts.items():
        write_text(path, text)
    now = {name_of(path): {"key": keys[path], "sha256": sha256_of_text(text)} for path, text in texts.items()}
    write_text(tuned / KEPT, json.dumps(now, indent=2, sort_keys=True) + "\n")
    for path in set(tuned.glob("*/*.json")) - set(searches):
        path.unlink()
    nested = {path for path in searches if of[path].model.selection == NESTED}
    _write_trials(study, nested)
    found = {
        (path.stem, path.parent.name): (of[path].task.dev_measure, json.loads(texts[path])) for path in sorted(nested)
    }
    best.write(found, study.derived / best.BEST)


def _trials(study: Study, data: CorpusData, groups: list[SearchGroup]) -> list[Trial]:
    trials = []
    for number, group in enumerate(groups):
        rows = [_rows(data, group, part) for part in group.parts]
        parts = [(data.examples(train), data.examples(dev)) for train, dev in rows]
        (train, dev), lesson = parts[0], data.lesson(rows[0][0])
        start = data.start(study.tune.seed, rows[0][0])
        if at_once := architectures.get(data.model.architecture).solve is not None:
            train, dev = train + dev, reduce(add, (asked for _, asked in parts))
        configs = configurations(data.model, study.num_trials(data.name), study.tune.seed)
        for config_id, config in enumerate(configs):
            recipe = data.recipe(
                config,
                study.training(data.name),
                epochs=study.tune.max_epochs,
                patience=study.tune.patience,
                seed=study.tune.seed,
                refit=False,
            )
            name = f"{data.name}@{data.corpus}, group {number}, configuration {config_id}"
            code = code_digest(recipe, lesson)
            own = tuple(parts) if at_once else ()
            job = Job(name, recipe, train, dev, parts=own, lesson=lesson, start=start, code=code)
            if data.model.selection == AS_PUBLISHED:
                job = as_published.trial(job, data, group.folds)
            trials.append(Trial(data.corpus, data.name, number, config_id, config, job))
    return trials


def _rows(data: CorpusData, group: SearchGroup, part: Part) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The training and dev utterances of a part of a group's trials."""
    if group.fold is not None:
        return data.split(group.fold, "train"), data.split(group.fold, "dev")
    rows = data.untested(group.folds)
    train, dev = (rows.filter(pl.col("speaker_id").is_in(list(part))) for part in part)
    if train.is_empty() or dev.is_empty():
        raise ZooError(
            f"the search for the folds {', '.join(map(str, group.folds))} of {data.corpus} has nothing to train or "
            f"select {data.name} on: the folds hold out what its other speakers say",
            "choose more groups (tune.groups) or another protocol (folds) in params.yaml",
            WRONG_USAGE,
        )
    return train, dev


def _dev_score(task: Task, told: dict[tuple[int, int], tuple[Job, Result]], group: int, config_ids: list[int]) -> float:
    """Of the mean of the answers of configurations: told holds the trial and the result of each in each group."""
    members = [told[group, number] for number in config_ids]
    job, result = members[0]
    if len(members) == 1:
        return float(result["dev_score"])
    assert job.dev is not None
    return task.dev_score(
        average(task.readings, [np.array(result["dev_outputs"], np.float32) for _, result in members]), job.dev.targets
    )


def _select_as_published(
    groups: list[SearchGroup], rows: list[dict[str, Any]], task: Task, told: dict[tuple[int, int], tuple[Job, Result]]
) -> dict[str, Any]:
    """The same configuration for all folds, and none for a release."""
    answers = [
        (number, job, np.array(result["test_outputs"], np.float32)) for (_, number), (job, result) in told.items()
    ]
    best, score = as_published.best_configuration(task, answers)
    return selected_as_published(groups, rows, best, score)


def _key(groups: list[SearchGroup], trials: list[Trial], average: int) -> str:
    """A hash of the groups of folds, of everything that determines each trial, of the code that selects, and of how
    many it selects."""
    determinants = [
        closure([__name__], dict.fromkeys(REGISTRIES, ())).digest,
        average,
        [vars(group) for group in groups],
        [[trial.group, trial.config_id, trial.config, key_of(trial.job)] for trial in trials],
    ]
    return hashlib.sha256(json.dumps(determinants, sort_keys=True).encode()).hexdigest()


def _kept(path: Path, key: str, entry: dict[str, str] | None) -> str | None:
    """The text of the selection that was made with this key, as it was written; None if there is none."""
    if entry is None or entry.get("key") != key or not path.is_file():
        return None
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != entry.get("sha256"):
        warn_changed(path)
        return None
    return content.decode()


def _write_trials(study: Study, paths: set[Path]) -> None:
    rows = [row for path in sorted(paths) for row in json.loads(path.read_text())["trials"]]
    made_from = {"/".join(path.parts[-2:]): path for path in sorted(paths)}
    TRIALS.write(pl.DataFrame(rows, schema=TRIALS.schema), study.derived / "trials.parquet", made_from)
