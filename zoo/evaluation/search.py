"""What the searches have come to: the figures that stand beside the scores, and the learning curves."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from zoo.tables.search import CURVES, SEARCH

_DIGITS = 4  # of a learning curve: more than its figure shows, and half the file


def search_figures(trials: pl.DataFrame, best: dict[str, Any], sizes: Mapping[tuple[str, str], int]) -> pl.DataFrame:
    """The SEARCH table.

    trials: TRIALS rows; best: corpus -> dev measure -> `best` and `dev_scores`, as in best.json; sizes: (corpus, model)
    -> parameters of its release.
    """
    rows = []
    for (corpus, model), some in trials.group_by("corpus", "model"):
        measure, of = next((name, one) for name, one in best[corpus].items() if model in one["dev_scores"])
        means = some.group_by("config_id").agg(
            pl.col("dev_score").mean(), pl.col("dev_loss").mean(), pl.col("config").first()
        )
        release = means.sort("dev_score", "dev_loss", "config_id", descending=[True, False, False]).row(0, named=True)
        by_group = some.group_by("group").agg(pl.col("dev_score").max()).sort("group")["dev_score"]
        rows.append(
            {
                "corpus": corpus,
                "model": model,
                "measure": measure,
                "is_best": of["best"] == model,
                "dev_score": of["dev_scores"][model],
                "num_configurations": some["config_id"].n_unique(),
                "num_groups": some["group"].n_unique(),
                "by_group": " ".join(f"{score:.3f}" for score in by_group),
                "low": some["dev_score"].min(),
                "high": some["dev_score"].max(),
                "config": release["config"],
                "num_parameters": sizes.get((corpus, model)),
            }
        )
    return SEARCH.check(SEARCH.frame(rows), "search")


def learning_curves(trials: pl.DataFrame) -> pl.DataFrame:
    """The CURVES table of TRIALS rows, without trials of what is fitted at once."""
    place = ["corpus", "model", "group"]
    order = trials.sort([*place, "dev_score", "dev_loss", "config_id"], descending=[False] * 3 + [True, False, False])
    first = pl.int_range(pl.len()).over(place) == 0
    found = order.with_columns(
        first.alias("is_chosen"),
        pl.col("dev_scores").list.eval(pl.element().round(_DIGITS)).cast(CURVES.schema["dev_scores"]),
    )
    return CURVES.check(found.filter(pl.col("dev_scores").list.len() > 0).select(list(CURVES.columns)), "curves")
