"""The trivial baselines that a model must beat: chance, always the most frequent class, always the mean."""

import polars as pl

from zoo.tables.predictions import RELEASE

CHANCE = "chance"
MAJORITY = "majority"
MEAN = "mean"
BASELINES = (CHANCE, MAJORITY, MEAN)
_PLACES = ["source", "target", "protocol", "task", "scheme"]
_NOTHING = pl.lit(None, dtype=pl.List(pl.Float32))


def with_baselines(predictions: pl.DataFrame) -> pl.DataFrame:
    """The predictions and those of the models 'majority' and 'mean'.

    'majority' predicts the most frequent class of the training labels for every utterance: within a corpus, of the
    speakers of the other folds; across corpora, of the whole source. Ties go to the first in alphabetical order.
    'mean' is for tasks whose truth is numbers (soft: a distribution, dimensional: valence, arousal, dominance), and
    answers with the mean of the same utterances' truth. If predictions within a source are missing, both are unknown
    and there are no such rows.
    """
    one_model = predictions.filter(
        (pl.col("model") == pl.col("model").min().over(_PLACES))
        & (pl.col("seed") == pl.col("seed").min().over([*_PLACES, "model"]))
    )
    within = one_model.filter((pl.col("fold") != RELEASE) & (pl.col("source") == pl.col("target")))
    across = one_model.filter(pl.col("fold") == RELEASE)
    classes = pl.col("predicted").is_not_null()
    majority = [
        _within(within.filter(classes)),
        _across(across.filter(classes), within.filter(classes)),
    ]
    parts = [
        part.with_columns(pl.lit(MAJORITY).alias("model"), _NOTHING.alias("probabilities"), _NOTHING.alias("logits"))
        for part in majority
    ]
    parts += [_mean(part, within) for part in (within, across)]
    return pl.concat([predictions, *(part.select(predictions.columns) for part in parts)])


def _most_frequent(counts: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    order = counts.sort("number", "label", descending=[True, False])
    return order.group_by(by, maintain_order=True).agg(pl.col("label").first().alias("predicted"))


def _within(within: pl.DataFrame) -> pl.DataFrame:
    place = ["source", "task", "scheme"]
    labelled = within.filter(pl.col("label").is_not_null())
    of_all = labelled.group_by(*place, "label").agg(pl.len().alias("all"))
    folds = within.select(*place, "fold").unique()
    of_test = labelled.group_by(*place, "fold", "label").agg(pl.len().alias("test"))
    counts = (
        folds.join(of_all, on=place)
        .join(of_test, on=[*place, "fold", "label"], how="left")
        .with_columns((pl.col("all").cast(pl.Int64) - pl.col("test").fill_null(0)).alias("number"))
    )
    return within.drop("predicted").join(_most_frequent(counts, [*place, "fold"]), on=[*place, "fold"])


def _across(across: pl.DataFrame, within: pl.DataFrame) -> pl.DataFrame:
    place = ["source", "task", "scheme"]
    labelled = within.filter(pl.col("label").is_not_null())
    counts = labelled.group_by(*place, "label").agg(pl.len().cast(pl.Int64).alias("number"))
    return across.drop("predicted").join(_most_frequent(counts, place), on=place)


def _mean(rows: pl.DataFrame, within: pl.DataFrame) -> pl.DataFrame:
    """The rows that have a truth, answered with the mean truth of their source, without that of their own fold."""
    place = ["source", "task", "trained_scheme"]
    rows = rows.filter(pl.col("truth").is_not_null()).with_row_index("row")
    if rows.is_empty():
        return rows.drop("row")
    entries = within.filter(pl.col("truth").is_not_null() & (pl.col("scheme") == pl.col("trained_scheme"))).select(
        *place,
        "fold",
        pl.col("truth"),
        pl.int_ranges(pl.col("truth").list.len()).alias("at"),
    )
    entries = entries.explode("truth", "at").filter(pl.col("truth").is_finite())
    sums = entries.group_by(*place, "fold", "at").agg(pl.col("truth").sum().alias("sum"), pl.len().alias("number"))
    folds = rows.select(*place, "fold").unique()
    others = folds.join(sums, on=place, suffix="_other").filter(pl.col("fold") != pl.col("fold_other"))
    means = (
        others.group_by(*place, "fold", "at")
        .agg((pl.col("sum").sum() / pl.col("number").sum()).alias("mean"))
        .sort("at")
        .group_by(*place, "fold", maintain_order=True)
        .agg(pl.col("mean").cast(pl.Float32))
    )
    answered = rows.join(means, on=[*place, "fold"]).filter(pl.col("mean").list.len() == pl.col("truth").list.len())
    soft = pl.col("task") == "soft"
    return answered.sort("row").with_columns(
        pl.lit(MEAN).alias("model"),
        pl.lit(None, dtype=pl.String).alias("predicted"),
        pl.when(soft).then("mean").otherwise(_NOTHING).alias("probabilities"),
        pl.when(soft).then(_NOTHING).otherwise("mean").alias("values"),
        _NOTHING.alias("logits"),
    )
