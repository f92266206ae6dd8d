"""What is expected of a fold table: nobody and nothing is on two sides."""

from functools import partial

import polars as pl

from zoo import labels
from zoo.checks._outcome import Check
from zoo.errors import ZooError

SPLITS = ("train", "dev", "test")


def checks(corpus: str, protocol: str, scheme: str, manifest: pl.DataFrame) -> list[Check]:
    """The checks of a corpus's folds. manifest: the one that they should belong to."""
    words = sorted(manifest["native_label"].unique().to_list())
    classes = {word: _class(scheme, corpus, word) for word in words}
    utterances = manifest.select(
        "utterance_id",
        pl.col("speaker_id").alias("true_speaker"),
        pl.col("native_label").replace_strict(classes, default=None, return_dtype=pl.String()).alias("true_label"),
        "take_group",
        "sha256_samples",
    )
    kept = utterances.filter(pl.col("true_label").is_not_null())
    known, same = "ExpectColumnValuesToBeInSet", "ExpectCompoundColumnsToBeUnique"

    def rule(title: str, find: object, severity: str = "fail") -> Check:
        return Check(title, severity, find=find)  # type: ignore[arg-type]

    return [
        Check("there are folds", "fail", "ExpectTableRowCountToBeBetween", {"min_value": 1}),
        Check("an utterance is in a fold once", "fail", same, {"column_list": ["fold", "utterance_id"]}),
        Check("folds follow the study's protocol", "fail", known, {"column": "protocol", "value_set": [protocol]}),
        Check("labels are in the study's scheme", "fail", known, {"column": "scheme", "value_set": [scheme]}),
        Check("splits are train, dev and test", "fail", known, {"column": "split", "value_set": list(SPLITS)}),
        rule("every fold has train, dev and test", _missing_splits),
        rule("no speaker is in two splits of a fold", partial(_straddling, "speaker_id", "speaker", None)),
        rule("no take is in two splits of a fold", partial(_straddling, "take_group", "take", utterances)),
        rule("no audio is in two splits of a fold", partial(_straddling_audio, utterances)),
        rule("every utterance of a fold is in the manifest", partial(_strangers, utterances)),
        rule("every fold holds every labelled utterance", partial(_left_out, kept)),
        rule("every labelled utterance is tested exactly once", partial(_tested, kept)),
        rule("speakers are those of the manifest", partial(_differs, utterances, "speaker_id", "true_speaker")),
        rule("labels are those of the manifest", partial(_differs, utterances, "label", "true_label")),
        rule("every class is in every fold's train", partial(_absent, ("train",))),
        rule("every class is in every fold's dev and test", partial(_absent, ("dev", "test")), "warn"),
    ]


def _class(scheme: str, corpus: str, word: str) -> str | None:
    try:
        return labels.mapping(scheme, corpus, [word])[word]
    except ZooError:  # the manifest's checks name it
        return None


def _missing_splits(folds: pl.DataFrame) -> list[str]:
    present = set(folds.select("fold", "split").unique().rows())
    return [
        f"fold {fold} has no {split}"
        for fold in sorted(folds["fold"].unique().to_list())
        for split in SPLITS
        if (fold, split) not in present
    ]


def _straddling(column: str, word: str, utterances: pl.DataFrame | None, folds: pl.DataFrame) -> list[str]:
    """What a fold has in two splits: speakers, takes."""
    joined = folds if utterances is None else folds.join(utterances, on="utterance_id")
    rows = _in_several_splits(joined, column)
    return [f"fold {fold}: {word} {value} is in {_and(splits)}" for fold, value, splits, _ in rows]


def _straddling_audio(utterances: pl.DataFrame, folds: pl.DataFrame) -> list[str]:
    rows = _in_several_splits(folds.join(utterances, on="utterance_id"), "sha256_samples")
    return [f"fold {fold}: {' = '.join(names)} are in {_and(splits)}" for fold, _, splits, names in rows]


def _in_several_splits(folds: pl.DataFrame, column: str) -> list[tuple[int, str, list[str], list[str]]]:
    """Fold, value, splits and utterances of what one fold has in more than one split."""
    grouped = folds.group_by("fold", column).agg(
        pl.col("split").unique().sort(descending=True), pl.col("utterance_id").unique().sort()
    )
    several = grouped.filter(pl.col("split").list.len() > 1).sort("fold", column)
    return [(row[0], row[1], row[2], row[3]) for row in several.iter_rows()]


def _strangers(utterances: pl.DataFrame, folds: pl.DataFrame) -> list[str]:
    strange = folds.join(utterances, on="utterance_id", how="anti")["utterance_id"].unique().sort()
    return [f"{name} is not in the manifest" for name in strange]


def _left_out(kept: pl.DataFrame, folds: pl.DataFrame) -> list[str]:
    wanted = set(kept["utterance_id"].to_list())
    findings = []
    for fold in sorted(folds["fold"].unique().to_list()):
        inside = folds.filter(pl.col("fold") == fold)["utterance_id"].to_list()
        findings += [f"fold {fold} lacks {name}" for name in sorted(wanted - set(inside))]
    return findings


def _tested(kept: pl.DataFrame, folds: pl.DataFrame) -> list[str]:
    tests = dict(folds.filter(pl.col("split") == "test").group_by("utterance_id").len().rows())
    return [
        f"{name} is tested {tests.get(name, 0)} times" if tests.get(name, 0) else f"{name} is never tested"
        for name in sorted(kept["utterance_id"].to_list())
        if tests.get(name, 0) != 1
    ]


def _differs(utterances: pl.DataFrame, column: str, truth: str, folds: pl.DataFrame) -> list[str]:
    joined = folds.join(utterances, on="utterance_id").filter(pl.col(column).ne_missing(pl.col(truth)))
    rows = joined.select("utterance_id", column, truth).unique().sort("utterance_id", column).rows()
    return [f"{name} is '{said}' in the folds, '{true or 'left out'}' by the manifest" for name, said, true in rows]


def _absent(splits: tuple[str, ...], folds: pl.DataFrame) -> list[str]:
    present = set(folds.select("fold", "split", "label").unique().rows())
    classes = sorted(folds["label"].unique().to_list())
    findings = []
    for fold in sorted(folds["fold"].unique().to_list()):
        for split in splits:
            if missing := [name for name in classes if (fold, split, name) not in present]:
                findings.append(f"fold {fold}: no {_and(missing)} in {split}")
    return findings


def _and(words: list[str]) -> str:
    return " and ".join(words) if len(words) < 3 else f"{', '.join(words[:-1])} and {words[-1]}"
