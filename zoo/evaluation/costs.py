"""What every model has cost, as its trainings have logged it."""

import hashlib
import json
from pathlib import Path
from typing import Any

import polars as pl

from zoo.hashes import sha256_of
from zoo.study.study import Study
from zoo.tables.costs import COSTS


def costs(study: Study, before: pl.DataFrame) -> pl.DataFrame:
    """The costs (see zoo.tables.costs) of every model on every corpus and pool.

    before: those of the last time. A row is kept as it is while its search and predictions are the same: running them
    again elsewhere takes other seconds, and would change a file that says the same.
    """
    known = {(row["corpus"], row["model"], row["of"]): row for row in before.iter_rows(named=True)}
    rows = []
    for corpus in study.sources:
        for model in study.nested:
            tuned = study.derived / "tuned" / model / f"{corpus}.json"
            predicted = study.derived / "trained" / model / corpus / "predictions.parquet"
            of = hashlib.sha256((sha256_of(tuned) + sha256_of(predicted)).encode()).hexdigest()[:16]
            search, training = (_log(study, stage, corpus, model) for stage in ("tune", "train"))
            machines = sorted({log["device"] for log in (search, training) if log})
            rows.append(
                known.get((corpus, model, of))
                or {
                    "corpus": corpus,
                    "model": model,
                    "num_trials": study.num_trials(model),
                    "num_networks": study.models[model].average,
                    "search_s": search.get("seconds"),
                    "training_s": training.get("seconds"),
                    "machine": " and ".join(machines) or None,
                    "of": of,
                }
            )
    return COSTS.check(COSTS.frame(rows), "costs")


def _log(study: Study, stage: str, corpus: str, model: str) -> dict[str, Any]:
    """What a stage has logged; empty where it did not run on this machine."""
    path: Path = study.derived / "logs" / stage / corpus / f"{model}.json"
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}
