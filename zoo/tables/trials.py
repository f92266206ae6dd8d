"""The trials: the dev score of every configuration of a search."""

import polars as pl

from zoo.tables.table import Column, Table

TEXT, REAL, WHOLE = pl.String(), pl.Float64(), pl.Int64()

TRIALS = Table(
    name="trials",
    row="a trial of a search",
    key=("corpus", "model", "group", "config_id"),
    columns={
        "corpus": Column(TEXT, "name of the corpus"),
        "model": Column(TEXT, "name of the model"),
        "group": Column(WHOLE, "group of folds that the trial is for; it uses none of their test speakers"),
        "config_id": Column(WHOLE, "number in the list of configurations, the same list for every group"),
        "config": Column(TEXT, "hyperparameters, as JSON"),
        "epoch": Column(WHOLE, "epoch (from 1) with the best dev score"),
        "dev_score": Column(REAL, "the task's dev score on the search's dev speakers at that epoch"),
        "output_scale": Column(REAL, "factor on the outputs of what is fitted at once, found on dev speakers; else 1"),
        "dev_loss": Column(REAL, "loss on the dev speakers at that epoch; breaks ties"),
        "dev_scores": Column(
            pl.List(REAL), "dev score after every epoch, the learning curve; empty for what is fitted at once"
        ),
    },
)
