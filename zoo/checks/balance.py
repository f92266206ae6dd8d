"""Checks of the folds' balance: speakers, sexes, classes and takes of the splits. They only warn.

Leaving one speaker out tests one sex at a time, and some classes of real corpora are rare: nothing here is an error,
but the result of an unbalanced fold is not representative of the corpus.
"""

from functools import partial

import polars as pl

from zoo.checks.contract import Check

FACTOR = 2.0  # a class's share in train may be this many times larger or smaller than in the fold
SEX_SHARE = 0.2  # largest difference between the share of women in train and in the fold
SIZES = 3.0  # largest ratio between the sizes of two test sets
TAKES = 2  # least number of takes of each class in train


def checks(utterances: pl.DataFrame) -> list[Check]:
    """The checks of the folds' balance. utterances: utterance_id and take_group of the manifest."""

    def warn(title: str, find: object) -> Check:
        return Check(title, "warn", find=find)  # type: ignore[arg-type]

    return [
        warn("every fold trains on more than one speaker", _few_speakers),
        warn("test sets are of similar size", _sizes),
        warn("the share of women in train is close to the fold's", _sexes_in_train),
        warn("dev and test sets of several speakers include both sexes", _one_sex),
        warn("class shares in train are close to the fold's", _classes_in_train),
        warn(f"every class has at least {TAKES} takes in train", partial(_few_takes, utterances)),
    ]


def _few_speakers(folds: pl.DataFrame) -> list[str]:
    number = folds.filter(pl.col("split") == "train").group_by("fold").agg(pl.col("speaker_id").n_unique())
    return [f"fold {fold} trains on one speaker" for (fold,) in _rows(number.filter(pl.col("speaker_id") == 1), "fold")]


def _sizes(folds: pl.DataFrame) -> list[str]:
    sizes = folds.filter(pl.col("split") == "test").group_by("fold").len().sort("len", "fold")
    if len(sizes) == 0 or sizes["len"][-1] <= SIZES * sizes["len"][0]:
        return []
    return [f"fold {sizes['fold'][0]} tests {sizes['len'][0]} utterances, fold {sizes['fold'][-1]} {sizes['len'][-1]}"]


def _sexes_in_train(folds: pl.DataFrame) -> list[str]:
    woman = (pl.col("sex") == "female").mean()
    shares = (
        folds.group_by("fold")
        .agg(woman.alias("all"))
        .join(folds.filter(pl.col("split") == "train").group_by("fold").agg(woman.alias("train")), on="fold")
    )
    odd = shares.filter((pl.col("all") - pl.col("train")).abs() > SEX_SHARE)
    return [
        f"fold {fold}: {train:.0%} of train is spoken by women, {everywhere:.0%} of the fold"
        for fold, train, everywhere in _rows(odd, "fold", "train", "all")
    ]


def _one_sex(folds: pl.DataFrame) -> list[str]:
    if folds["sex"].drop_nulls().n_unique() < 2:
        return []
    parts = folds.filter(pl.col("split") != "train").group_by("fold", "split")
    found = parts.agg(pl.col("speaker_id").n_unique(), pl.col("sex").drop_nulls().unique())
    odd = found.filter((pl.col("speaker_id") > 1) & (pl.col("sex").list.len() == 1))
    return [
        f"fold {fold}: the {number} speakers in {split} are {sexes[0]}"
        for fold, split, number, sexes in _rows(odd, "fold", "split", "speaker_id", "sex")
    ]


def _classes_in_train(folds: pl.DataFrame) -> list[str]:
    everywhere, train = _shares(folds), _shares(folds.filter(pl.col("split") == "train"))
    both = everywhere.join(train, on=["fold", "label"], suffix="_train")  # an absent class is reported by another check
    ratio = pl.col("share_train") / pl.col("share")
    odd = both.filter((ratio > FACTOR) | (ratio < 1 / FACTOR))
    return [
        f"fold {fold}: {share:.0%} of train is {label}, {whole:.0%} of the fold"
        for fold, label, share, whole in _rows(odd, "fold", "label", "share_train", "share")
    ]


def _shares(rows: pl.DataFrame) -> pl.DataFrame:
    counts = rows.filter(pl.col("label").is_not_null()).group_by("fold", "label").len()
    return counts.select("fold", "label", (pl.col("len") / pl.col("len").sum().over("fold")).alias("share"))


def _few_takes(utterances: pl.DataFrame, folds: pl.DataFrame) -> list[str]:
    labelled = (pl.col("split") == "train") & pl.col("label").is_not_null()
    train = folds.filter(labelled).join(utterances, on="utterance_id")
    takes = train.group_by("fold", "label").agg(pl.col("take_group").n_unique())
    few = takes.filter(pl.col("take_group") < TAKES)
    return [f"fold {fold}: one take of {label} in train" for fold, label in _rows(few, "fold", "label")]


def _rows(frame: pl.DataFrame, *columns: str) -> list[tuple]:  # type: ignore[type-arg]
    return frame.select(columns).sort(columns[:2]).rows()
