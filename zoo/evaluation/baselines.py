"""The trivial baselines that a model must beat: chance, and always predicting the most frequent class."""

import polars as pl

from zoo.tables.predictions import RELEASE

CHANCE = "chance"
MAJORITY = "majority"
BASELINES = (CHANCE, MAJORITY)


def with_majority(predictions: pl.DataFrame) -> pl.DataFrame:
    """The predictions and those of the model 'majority'.

    It predicts the most frequent class of the training labels for every utterance: within a corpus, of the speakers of
    the other folds; across corpora, of the whole source. Ties go to the first in alphabetical order. If predictions
    within a source are missing, its majority is unknown and there are no such rows.
    """
    places = ["source", "target", "protocol", "scheme"]
    one_model = predictions.filter(
        (pl.col("model") == pl.col("model").min().over(places))
        & (pl.col("seed") == pl.col("seed").min().over([*places, "model"]))
    )
    within = one_model.filter(pl.col("fold") != RELEASE)
    across = one_model.filter(pl.col("fold") == RELEASE)
    majority = [
        part.with_columns(pl.lit(MAJORITY).alias("model")).select(predictions.columns)
        for part in (_within(within), _across(across, within))
    ]
    return pl.concat([predictions, *majority])


def _most_frequent(counts: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    order = counts.sort("number", "label", descending=[True, False])
    return order.group_by(by, maintain_order=True).agg(pl.col("label").first().alias("predicted"))


def _within(within: pl.DataFrame) -> pl.DataFrame:
    of_all = within.group_by("source", "scheme", "label").agg(pl.len().alias("all"))
    folds = within.select("source", "scheme", "fold").unique()
    of_test = within.group_by("source", "scheme", "fold", "label").agg(pl.len().alias("test"))
    counts = (
        folds.join(of_all, on=["source", "scheme"])
        .join(of_test, on=["source", "scheme", "fold", "label"], how="left")
        .with_columns((pl.col("all").cast(pl.Int64) - pl.col("test").fill_null(0)).alias("number"))
    )
    return within.drop("predicted").join(
        _most_frequent(counts, ["source", "scheme", "fold"]), on=["source", "scheme", "fold"]
    )


def _across(across: pl.DataFrame, within: pl.DataFrame) -> pl.DataFrame:
    counts = within.group_by("source", "scheme", "label").agg(pl.len().cast(pl.Int64).alias("number"))
    best = _most_frequent(counts, ["source", "scheme"])
    return across.drop("predicted").join(best, on=["source", "scheme"])
