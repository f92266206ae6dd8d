"""Cut a corpus into folds, given its manifest, a label scheme and a protocol."""

import polars as pl

from zoo import folds, labels
from zoo.errors import WRONG_USAGE, ZooError
from zoo.folds.contract import Protocol
from zoo.folds.speakers import (
    Speakers,
    balanced_fifth,
    balanced_subset,
    sessions,
    shared_dev,
    speakers_of,
    texts_of,
)
from zoo.tables.folds import MARK, SPEAKER_DEPENDENT
from zoo.tables.manifest import NO_SPEAKER


def usable(manifest: pl.DataFrame, corpus: str, scheme: str) -> pl.DataFrame:
    """The utterances that any task can use, with their class in the column label: those that the scheme keeps, and
    those with votes or with valence, arousal or dominance, whose label may be null."""
    frame = manifest.with_columns(_label(manifest, corpus, scheme), pl.lit(scheme).alias("scheme"))
    voted = pl.col("votes").list.len().fill_null(0) > 0
    rated = pl.any_horizontal(pl.col(name).is_not_null() for name in ("valence", "arousal", "dominance"))
    return frame.filter(pl.col("label").is_not_null() | voted | rated)


def labelled(manifest: pl.DataFrame, corpus: str, scheme: str) -> pl.DataFrame:
    """The utterances that the scheme keeps, with their class in the column label."""
    return usable(manifest, corpus, scheme).filter(pl.col("label").is_not_null())


def _label(manifest: pl.DataFrame, corpus: str, scheme: str) -> pl.Expr:
    classes = labels.mapping(scheme, corpus, sorted(set(manifest["native_label"])))
    return pl.col("native_label").replace_strict(classes, default=None, return_dtype=pl.String()).alias("label")


def cut(manifest: pl.DataFrame, corpus: str, scheme: str, protocol: str) -> pl.DataFrame:
    """The FOLDS rows: for every fold the protocol's test speakers, dev speakers, and the rest as train.

    Dev speakers are the published ones, else a balanced fifth of those not tested. Exception: with two speakers, one is
    tested, dev is a fifth of the sentences (or takes) of the other, and train is the rest.
    Raises ZooError when there are too few speakers or sentences.
    """
    utterances = usable(manifest, corpus, scheme)
    rules = folds.get(protocol)
    require_fit(rules, protocol, corpus, not utterances["speaker_id"].str.starts_with(NO_SPEAKER).any())
    speakers = speakers_of(utterances)
    if len(speakers) < 2:
        raise ZooError(
            f"{corpus} has {len(speakers)} speakers; train and test need one each",
            "remove it from corpora in params.yaml; `zoo evaluate MODEL DATA` tests a model on it",
        )
    rows = []
    for fold, (kept, split, text_set) in enumerate(_splits(utterances, speakers, rules, protocol)):
        part = kept.select(
            "corpus",
            pl.lit(protocol).alias("protocol"),
            pl.lit(fold, dtype=pl.Int64()).alias("fold"),
            "utterance_id",
            "speaker_id",
            "sex",
            split.alias("split"),
            pl.lit(text_set, dtype=pl.Int64()).alias("text_set"),
            "scheme",
            "label",
        )
        if missing := sorted({"train", "dev", "test"} - set(part["split"])):
            raise ZooError(
                f"fold {fold} of {protocol} has nothing in {missing[0]}: too few speakers or sentences of {corpus}",
                "choose another protocol in params.yaml (folds)",
            )
        rows.append(part)
    return pl.concat(rows)


def require_fit(rules: Protocol, protocol: str, corpus: str, speakers_known: bool) -> None:
    """Raise ZooError for a protocol that needs speakers where none are known, or knows none where they are."""
    if rules.speaker_dependent and speakers_known:
        raise ZooError(
            f"{protocol} is for corpora whose speakers nobody knows, and {corpus} names them",
            "choose a protocol that keeps them apart in params.yaml (folds), such as leave_speakers_out",
            WRONG_USAGE,
        )
    if not rules.speaker_dependent and not speakers_known:
        raise ZooError(
            f"{protocol} keeps speakers apart, and {corpus} names none",
            f"use random_recordings in params.yaml (folds.{corpus}), whose figures are speaker-dependent; or add the "
            "corpus again with a column `speaker`",
            WRONG_USAGE,
        )


def _splits(
    utterances: pl.DataFrame, speakers: Speakers, rules: Protocol, protocol: str
) -> list[tuple[pl.DataFrame, pl.Expr, int | None]]:
    """The utterances of each fold, an expression for their split, and the set of sentences that is held out."""
    tests = rules.test_sets(speakers)
    devs = rules.dev_sets(speakers) if rules.dev_sets else [[] for _ in tests]
    found = []
    for fold, (test, dev) in enumerate(zip(tests, devs, strict=True)):
        others = speakers.without(set(test))
        if len(others) == 1 and len(speakers) == 2:
            split = _dev_inside(utterances, set(test))
        elif len(others) < 2:
            raise ZooError(
                f"fold {fold} of {protocol} leaves {len(others)} speaker of {speakers.corpus}; "
                "train and dev need one each",
                "choose another protocol in params.yaml (folds)",
            )
        else:
            dev = dev or balanced_fifth(others, seed=fold)
            serves = dict.fromkeys(others.names, "train") | dict.fromkeys(dev, "dev") | dict.fromkeys(test, "test")
            split = pl.col("speaker_id").replace_strict(serves)
        found.append(split)
    if rules.text_sets is None:
        return [(utterances, split, None) for split in found]
    return _with_text_sets(utterances, found, rules.text_sets(texts_of(utterances)))


def _dev_inside(utterances: pl.DataFrame, test: set[str]) -> pl.Expr:
    """The split where one speaker is left to train on: a fifth of that speaker's sentences is dev, or of the
    recordings, where utterances are parts of these.

    Raises ZooError when that speaker has only one sentence.
    """
    parts_of_files = utterances["start_s"].count() > 0
    unit = pl.col("take_group") if parts_of_files else pl.coalesce("text_id", "take_group")
    spoken = utterances.filter(~pl.col("speaker_id").is_in(list(test))).with_columns(unit.alias("unit"))
    units = texts_of(spoken, "unit")
    if len(units) < 2:
        raise ZooError(
            f"speaker {spoken['speaker_id'][0]} of {units.corpus} has one sentence; train and dev need one each",
            "remove it from corpora in params.yaml; `zoo evaluate MODEL DATA` tests a model on it",
        )
    dev = balanced_subset(units, max(1, round(len(units) / 5)), seed=0)
    return (
        pl.when(pl.col("speaker_id").is_in(list(test)))
        .then(pl.lit("test"))
        .when(unit.is_in(dev))
        .then(pl.lit("dev"))
        .otherwise(pl.lit("train"))
    )


def _with_text_sets(
    utterances: pl.DataFrame, splits: list[pl.Expr], text_sets: list[list[str]]
) -> list[tuple[pl.DataFrame, pl.Expr, int | None]]:
    """Each fold once per set of sentences, without utterances that would put test sentences into train or dev.

    Improvised utterances have no sentence: they are always in train, and tested with the first set.
    """
    result: list[tuple[pl.DataFrame, pl.Expr, int | None]] = []
    for split in splits:
        for number, texts in enumerate(text_sets):
            in_set = pl.col("text_id").is_in(texts)
            tested = split == "test"
            stays = pl.when(tested).then(in_set.fill_null(number == 0)).otherwise(~in_set.fill_null(False))
            result.append((utterances.filter(stays), split, number))
    return result


def remarks(table: pl.DataFrame, num_labelled: int) -> list[str]:
    """Remarks on a FOLDS table, one sentence each: what it leaves out, and dev that shares its speaker with train.

    num_labelled: number of utterances that the scheme keeps.
    """
    messages = []
    corpus, protocol = table["corpus"][0], table["protocol"][0]
    unlabelled = table.filter(pl.col("label").is_null())["utterance_id"].n_unique()
    table = table.filter(pl.col("label").is_not_null())
    sizes = table.group_by("fold").len()["len"]
    if sizes.min() != num_labelled:
        shares = [f"{1 - size / num_labelled:.0%}" for size in (sizes.max(), sizes.min())]  # type: ignore[operator]
        messages.append(f"{protocol} leaves {' to '.join(sorted(set(shares)))} of {corpus}'s utterances out of a fold")
    tested = table.filter(pl.col("split") == "test")["utterance_id"].n_unique()
    if tested != num_labelled:
        messages.append(f"{protocol} tests {tested} of {corpus}'s {num_labelled} utterances")
    if protocol in SPEAKER_DEPENDENT:
        messages.append(f"{protocol} is {MARK}: who is tested may be in training, since {corpus} names no speakers")
    if unlabelled:
        messages.append(f"{unlabelled} utterances of {corpus} without a label are for tasks that need none")
    if separated := separated_sessions(table):
        messages.append(f"{protocol} separates speakers of one session in {corpus}: {separated[0]} and others")
    if shared := shared_dev(table):
        messages.append(
            f"{corpus} has one speaker to train on: dev is a part of that speaker's sentences ({len(shared)} folds)"
        )
    return messages


def separated_sessions(table: pl.DataFrame) -> list[str]:
    """Sessions whose speakers are in several splits of a fold, described in a few words: the splits share dialogues."""
    speakers = speakers_of(table.unique("utterance_id"))
    session = {name: " and ".join(unit) for unit in sessions(speakers) if len(unit) > 1 for name in unit}
    joined = table.with_columns(pl.col("speaker_id").replace_strict(session, default=None).alias("session"))
    found = joined.drop_nulls("session").group_by("fold", "session").agg(pl.col("split").unique().sort())
    odd = found.filter(pl.col("split").list.len() > 1).sort("fold", "session")
    return [f"{who} in {' and '.join(splits)} of fold {fold}" for fold, who, splits in odd.iter_rows()]
