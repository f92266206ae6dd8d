"""The trials: the dev UAR of every configuration of a search."""

import polars as pl

from zoo.tables.table import Column, Table

TEXT, REAL, WHOLE = pl.String(), pl.Float64(), pl.Int64()

TRIALS = Table(
    name="trials",
    row="a trial of a search",
    key=("corpus", "architecture", "group", "config_id"),
    columns={
        "corpus": Column(TEXT, "name of the corpus"),
        "architecture": Column(TEXT, "name of the architecture"),
        "group": Column(WHOLE, "group of folds that the trial is for; it uses none of their test speakers"),
        "config_id": Column(WHOLE, "number in the list of configurations, the same list for every group"),
        "config": Column(TEXT, "hyperparameters, as JSON"),
        "epoch": Column(WHOLE, "epoch (from 1) with the best dev UAR"),
        "dev_uar": Column(REAL, "UAR on the search's dev speakers at that epoch"),
        "dev_loss": Column(REAL, "cross-entropy on the dev speakers at that epoch; breaks ties"),
    },
)
