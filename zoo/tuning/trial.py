"""A trial: one configuration trained on a group's training speakers and judged on its dev speakers."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from zoo.files import write_text
from zoo.study import Study
from zoo.tables.trials import TRIALS


@dataclass(frozen=True)
class Trial:
    """What a worker needs to know; plain values, so that it travels. top: the absolute folder of the project."""

    top: str
    study: dict[str, Any]
    corpus: str
    architecture: str
    group: int
    config_id: int
    config: dict[str, Any]
    train: list[str]  # speakers
    dev: list[str]  # speakers
    fold: int | None  # where one speaker is both, the fold whose train and dev utterances are meant
    scratch: str  # folder for what an interrupted trial leaves


def run_trial(trial: Trial) -> dict[str, Any]:
    """Train, and return epoch, dev_uar and dev_loss of the best epoch, and num_parameters.

    A trial that was done before is not done again; one that was interrupted goes on.
    """
    import torch

    from zoo.training.checkpoints import key_of, load_progress, saver
    from zoo.training.data import load
    from zoo.training.loop import Recipe, fit

    study = Study.model_validate(trial.study)
    torch.set_num_threads(max(1, int(study.tune.cpus_per_trial)))
    data = load(study, trial.corpus, trial.architecture, Path(trial.top))
    if trial.fold is None:
        rows = [data.of_speakers(speakers) for speakers in (trial.train, trial.dev)]
    else:
        rows = [data.split(trial.fold, split) for split in ("train", "dev")]
    train, dev = map(data.examples, rows)
    recipe = Recipe(
        architecture=trial.architecture,
        num_classes=len(data.classes),
        frames_per_s=data.frames_per_s,
        train=data.suited(study.train),
        max_epochs=study.tune.max_epochs,
        schedule_epochs=study.tune.max_epochs,
        patience=study.tune.patience,
        seed=study.tune.seed,
        **trial.config,
    )
    scratch = Path(trial.scratch)
    key = key_of(recipe, train, dev)
    finished, unfinished = scratch / f"{key}.json", scratch / f"{key}.progress"
    if finished.exists():
        return dict(json.loads(finished.read_text()))
    model, progress = fit(recipe, train, dev, load_progress(unfinished), saver(unfinished))
    result = {
        "epoch": progress.best_epoch,
        "dev_uar": progress.dev_uar,
        "dev_loss": progress.dev_loss,
        "num_parameters": model.num_parameters,
    }
    write_text(finished, json.dumps(result))
    unfinished.unlink(missing_ok=True)
    return result


def row_of(trial: Trial, result: dict[str, Any]) -> dict[str, Any]:
    """The trial as a row of the TRIALS table."""
    told = asdict(trial) | result | {"config": json.dumps(trial.config, sort_keys=True)}
    return {name: told[name] for name in TRIALS.columns}
