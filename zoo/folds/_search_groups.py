"""Groups of folds that share a search, so that no configuration has seen its test speakers."""

from dataclasses import dataclass

import polars as pl

from zoo.errors import WRONG_USAGE, ZooError
from zoo.folds._speakers import num_dev_speakers, resembling_parts, resembling_subset, speakers_of


@dataclass(frozen=True)
class SearchGroup:
    """A search serves `folds`; it trains on `train` and selects on `dev`, none of whom these folds test."""

    folds: tuple[int, ...]
    train: tuple[str, ...]
    dev: tuple[str, ...]


def search_groups(folds: pl.DataFrame, num_groups: int) -> list[SearchGroup]:
    """Deal the folds out to groups that resemble each other in sex and class (as many as folds: full nesting).

    folds: a FOLDS frame. Raises ZooError when there are fewer folds than groups, or too few
    speakers outside a group.
    """
    tests = folds.filter(pl.col("split") == "test")
    units = [
        sorted(part["speaker_id"].unique().to_list())
        for part in tests.sort("fold").partition_by("fold", maintain_order=True)
    ]
    if num_groups > len(units):
        raise ZooError(
            f"tune.groups = {num_groups}, but {folds['corpus'][0]} has {len(units)} folds",
            f"choose 2 to {len(units)} in params.yaml",
            WRONG_USAGE,
        )
    speakers = speakers_of(tests)
    groups = []
    for number, part in enumerate(resembling_parts(units, speakers, num_groups, seed=0)):
        tested = {name for unit in part for name in units[unit]}
        outside = speakers.without(tested)
        if len(outside) < 2:
            raise ZooError(
                f"tune.groups = {num_groups} leaves a search on {folds['corpus'][0]} {len(outside)} speaker; "
                "train and dev need one each",
                f"choose more groups, up to {len(units)}, in params.yaml",
                WRONG_USAGE,
            )
        dev = resembling_subset(outside, num_dev_speakers(len(outside)), seed=number)
        train = outside.without(set(dev)).names
        groups.append(SearchGroup(tuple(part), train, tuple(dev)))
    return groups
