"""Groups of folds that share a search, so that no search uses the test speakers, or sentences, of its folds."""

from dataclasses import dataclass

import polars as pl

from zoo.errors import WRONG_USAGE, ZooError
from zoo.folds.speakers import balanced_fifth, balanced_parts, shared_dev, speakers_of


@dataclass(frozen=True)
class SearchGroup:
    """A search for `folds`; it trains on `train` and selects on `dev`, speakers whom these folds do not test.

    Of these it uses the utterances that every one of the folds has in train or dev: no sentence that a fold holds out.
    fold: where one speaker is in both train and dev, the fold that defines their utterances; else None.
    """

    folds: tuple[int, ...]
    train: tuple[str, ...]
    dev: tuple[str, ...]
    fold: int | None = None


def search_groups(folds: pl.DataFrame, num_groups: int) -> list[SearchGroup]:
    """Assign the folds to groups balanced by sex and class (as many groups as folds: full nested cross-validation).

    Folds that hold out other sentences are in other groups: so many for each set of sentences. A single fold is a
    group, with its own train and dev speakers; so is each fold of a corpus of two speakers, with its own train and dev
    sentences of the speaker that it does not test.
    folds: a FOLDS frame. Raises ZooError when there are fewer sets of test speakers than groups, or too few speakers
    outside a group.
    """
    if inside := shared_dev(folds):
        return [_group_of(folds.filter(pl.col("fold") == fold), fold) for fold in inside]
    held_out = folds.sort("text_set", maintain_order=True).partition_by("text_set", maintain_order=True)
    return [group for part in held_out for group in _groups(part, num_groups)]


def _groups(folds: pl.DataFrame, num_groups: int) -> list[SearchGroup]:
    """The groups of folds that hold out the same sentences."""
    tests = folds.filter(pl.col("split") == "test").group_by("fold").agg(pl.col("speaker_id").unique().sort())
    tested_by = dict(tests.sort("fold").iter_rows())
    numbers, units = list(tested_by), list(tested_by.values())
    if len(units) == 1:
        return [_group_of(folds)]
    if num_groups > len(units):
        raise ZooError(
            f"tune.groups = {num_groups}, but {folds['corpus'][0]} has {len(units)} sets of test speakers",
            f"choose 2 to {len(units)} in params.yaml",
            WRONG_USAGE,
        )
    speakers = speakers_of(folds.unique("utterance_id", maintain_order=True))
    groups = []
    for number, part in enumerate(balanced_parts(units, speakers, num_groups, seed=0)):
        tested = {name for unit in part for name in units[unit]}
        outside = speakers.without(tested)
        if len(outside) < 2:
            raise ZooError(
                f"tune.groups = {num_groups} leaves a search on {folds['corpus'][0]} {len(outside)} speaker; "
                "train and dev need one each",
                f"choose more groups, up to {len(units)}, in params.yaml",
                WRONG_USAGE,
            )
        dev = balanced_fifth(outside, seed=number)
        train = outside.without(set(dev)).names
        groups.append(SearchGroup(tuple(numbers[unit] for unit in part), train, tuple(dev)))
    return groups


def _group_of(folds: pl.DataFrame, fold: int | None = None) -> SearchGroup:
    """The group of folds with one test set: its search uses their train and dev speakers."""
    splits = {
        split: tuple(sorted(folds.filter(pl.col("split") == split)["speaker_id"].unique().to_list()))
        for split in ("train", "dev")
    }
    return SearchGroup(tuple(sorted(folds["fold"].unique().to_list())), splits["train"], splits["dev"], fold)
