"""Groups of folds that share a search, so that no search uses the test speakers, or sentences, of its folds."""

from dataclasses import dataclass

import polars as pl

from zoo.errors import WRONG_USAGE, ZooError
from zoo.folds.speakers import balanced_fifth, balanced_parts, sessions, shared_dev, speakers_of

PARTS = 5  # of the cross-validation within a group

Part = tuple[tuple[str, ...], tuple[str, ...]]  # speakers to train on, speakers to select on


@dataclass(frozen=True)
class SearchGroup:
    """A search for `folds`, on speakers whom these folds do not test.

    parts: a configuration is trained on the first speakers of each part and asked about the second ones; all answers
    together select it. Of these speakers it uses the utterances that every one of the folds has in train or dev: no
    sentence that a fold holds out.
    fold: where one speaker is in both train and dev, the fold that defines their utterances; else None.
    """

    folds: tuple[int, ...]
    parts: tuple[Part, ...]
    fold: int | None = None

    @property
    def train(self) -> tuple[str, ...]:
        """Every speaker that a part trains on."""
        return tuple(sorted({name for train, _ in self.parts for name in train}))

    @property
    def dev(self) -> tuple[str, ...]:
        """Every speaker that a part selects on."""
        return tuple(sorted({name for _, dev in self.parts for name in dev}))


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


def cross_validated(folds: pl.DataFrame) -> list[SearchGroup]:
    """A group for each fold, in which every speaker that it does not test is selected on once: for models that are
    fitted at once, whose trials cost little.

    The parts are balanced by sex and class. A fold whose train and dev share a speaker has one part, as in
    `search_groups`. folds: a FOLDS frame. Raises ZooError where a fold tests all speakers but one.
    """
    inside = shared_dev(folds)
    groups = []
    for number in sorted(folds["fold"].unique()):
        own = folds.filter(pl.col("fold") == number)
        if number in inside:
            groups.append(_group_of(own, number))
            continue
        speakers = speakers_of(own.filter(pl.col("split") != "test").unique("utterance_id", maintain_order=True))
        if len(speakers) < 2:
            raise _too_few(own, f"fold {number}", len(speakers))
        units = [[name] for name in speakers.names] if len(sessions(speakers)) == 1 else sessions(speakers)
        parts = []
        for chosen in balanced_parts(units, speakers, min(PARTS, len(units)), seed=0):
            dev = {name for unit in chosen for name in units[unit]}
            parts.append((speakers.without(dev).names, tuple(sorted(dev))))
        groups.append(SearchGroup((number,), tuple(parts)))
    return groups


def _too_few(folds: pl.DataFrame, what: str, number: int) -> ZooError:
    return ZooError(
        f"{what} leaves a search on {folds['corpus'][0]} {number} speaker; train and dev need one each",
        "choose another protocol (folds), or more groups (tune.groups), in params.yaml",
        WRONG_USAGE,
    )


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
        groups.append(SearchGroup(tuple(numbers[unit] for unit in part), ((train, tuple(dev)),)))
    return groups


def _group_of(folds: pl.DataFrame, fold: int | None = None) -> SearchGroup:
    """The group of folds with one test set: its search uses their train and dev speakers."""
    splits = {
        split: tuple(sorted(folds.filter(pl.col("split") == split)["speaker_id"].unique().to_list()))
        for split in ("train", "dev")
    }
    return SearchGroup(tuple(sorted(folds["fold"].unique().to_list())), ((splits["train"], splits["dev"]),), fold)
