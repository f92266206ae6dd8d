"""Checks of a fold table: no speaker, take or recording is in two splits."""

from functools import partial

import polars as pl

from zoo import folds as protocols
from zoo import labels
from zoo.audit.crossing import SPLITS, Shared, shared
from zoo.checks import balance
from zoo.checks.contract import Check
from zoo.errors import ZooError
from zoo.folds.contract import Protocol
from zoo.folds.cut import cut, separated_sessions
from zoo.tables.folds import MARK, SPEAKER_DEPENDENT

MATCHES_PROTOCOL = "folds match the protocol"


def checks(corpus: str, protocol: str, scheme: str, manifest: pl.DataFrame) -> list[Check]:
    """The checks of a corpus's folds. manifest: the one from which they should be made."""
    words = sorted(manifest["native_label"].drop_nulls().unique().to_list())
    classes = {word: _class(scheme, corpus, word) for word in words}
    utterances = manifest.select(
        "utterance_id",
        pl.col("speaker_id").alias("true_speaker"),
        pl.col("native_label").replace_strict(classes, default=None, return_dtype=pl.String()).alias("true_label"),
        "take_group",
        "text_id",
        pl.col("sha256_samples").alias("audio"),
    )
    kept = utterances.filter(pl.col("true_label").is_not_null())
    rules = _rules(protocol)
    apart = rules is not None and rules.text_sets is not None
    everyone = rules is None or rules.tests_everyone
    known, same = "ExpectColumnValuesToBeInSet", "ExpectCompoundColumnsToBeUnique"

    def rule(title: str, find: object, severity: str = "fail", skip: str = "") -> Check:
        return Check(title, severity, find=find, skip=skip)  # type: ignore[arg-type]

    return [
        Check("there are folds", "fail", "ExpectTableRowCountToBeBetween", {"min_value": 1}),
        Check("every utterance is in a fold only once", "fail", same, {"column_list": ["fold", "utterance_id"]}),
        Check("folds follow the study's protocol", "fail", known, {"column": "protocol", "value_set": [protocol]}),
        Check("labels are in the study's scheme", "fail", known, {"column": "scheme", "value_set": [scheme]}),
        Check("splits are train, dev and test", "fail", known, {"column": "split", "value_set": list(SPLITS)}),
        rule("every fold has train, dev and test", _missing_splits),
        rule(
            "no speaker is in two splits of a fold",
            partial(_crossing, utterances, "speakers"),
            skip=f"the corpus names no speakers: its figures are {MARK}" if protocol in SPEAKER_DEPENDENT else "",
        ),
        rule("no take is in two splits of a fold", partial(_crossing, utterances, "takes")),
        rule(
            "no test sentence is in another split of its fold",
            partial(_crossing, utterances, "sentences"),
            skip="" if apart else "the protocol keeps speakers apart, not sentences",
        ),
        rule("no audio is in two splits of a fold", partial(_crossing, utterances, "identical audio")),
        rule("every utterance of a fold is in the manifest", partial(_not_in_manifest, utterances)),
        rule(
            "every fold holds every labelled utterance",
            partial(_left_out, kept),
            skip="the protocol leaves out utterances that would share a sentence" if apart else "",
        ),
        rule("no utterance is tested twice", _tested_twice),
        rule(
            "every labelled utterance is tested",
            partial(_never_tested, kept),
            skip="" if everyone else "the protocol tests only some speakers",
        ),
        rule("speakers match the manifest", partial(_differs, utterances, "speaker_id", "true_speaker")),
        rule("labels match the manifest", partial(_differs, utterances, "label", "true_label")),
        rule("speakers of one session are in one split", separated_sessions, "warn"),
        rule("every class is in every fold's train", partial(_absent, ("train",))),
        rule("every class is in every fold's dev and test", partial(_absent, ("dev", "test")), "warn"),
        *balance.checks(utterances),
    ]


def recut(corpus: str, protocol: str, scheme: str, manifest: pl.DataFrame) -> Check:
    """The check that the folds are exactly what the protocol gives; only useful if no other check of the folds failed.

    manifest: the complete one from which the folds should be made.
    """
    return Check(MATCHES_PROTOCOL, "fail", find=partial(_differs_from_protocol, manifest, corpus, protocol, scheme))


def _differs_from_protocol(
    manifest: pl.DataFrame, corpus: str, protocol: str, scheme: str, folds: pl.DataFrame
) -> list[str]:
    """Folds that differ from what the protocol currently makes of the manifest."""
    try:
        wanted = cut(manifest, corpus, scheme, protocol)
    except ZooError as error:
        return [error.message]
    columns = ("corpus", "speaker_id", "sex", "split", "text_set", "label")
    both = folds.join(wanted, on=["fold", "utterance_id"], how="full", coalesce=True, suffix="_wanted")
    differs = {name: pl.col(name).ne_missing(pl.col(f"{name}_wanted")) for name in columns}
    odd = both.filter(pl.any_horizontal(differs.values())).sort("fold", "utterance_id")
    findings = []
    for (fold,), part in odd.group_by("fold", maintain_order=True):
        row = part.row(0, named=True)
        first = next(name for name in columns if row[name] != row[f"{name}_wanted"])
        found, true = ("nothing" if value is None else value for value in (row[first], row[f"{first}_wanted"]))
        findings.append(
            f"fold {fold}: {len(part)} utterances differ from {protocol}, such as {row['utterance_id']}: "
            f"{first} is {found}, not {true}"
        )
    return findings


def _class(scheme: str, corpus: str, word: str) -> str | None:
    try:
        return labels.mapping(scheme, corpus, [word])[word]
    except ZooError:  # reported by the checks of the manifest
        return None


def _rules(protocol: str) -> Protocol | None:
    try:
        return protocols.get(protocol)
    except ZooError:  # reported by the check of the protocol's name
        return None


def _missing_splits(folds: pl.DataFrame) -> list[str]:
    present = set(folds.select("fold", "split").unique().rows())
    return [
        f"fold {fold} has no {split}"
        for fold in sorted(folds["fold"].unique().to_list())
        for split in SPLITS
        if (fold, split) not in present
    ]


def _crossing(utterances: pl.DataFrame, kind: str, folds: pl.DataFrame) -> list[str]:
    """What a fold shares between splits, or for sentences between test and another split.

    In a fold of two speakers, one is tested and the other is both train and dev, which is allowed.
    """
    known = folds if kind == "speakers" else folds.join(utterances, on="utterance_id")
    found = shared(known, kind, name="utterance_id")
    if kind == "speakers":
        number = dict(folds.group_by("fold").agg(pl.col("speaker_id").n_unique()).iter_rows())
        found = [one for one in found if "test" in one.names or number[one.fold] != 2]
    if kind == "sentences":
        found = [one for one in found if "test" in one.names]
    return [f"fold {one.fold}: {_what(kind, one)} in {_and(sorted(one.names, reverse=True))}" for one in found]


def _what(kind: str, one: Shared) -> str:
    if kind == "identical audio":
        return f"{' = '.join(sorted({name for names in one.names.values() for name in names}))} are"
    return f"{kind.removesuffix('s')} {one.value} is"


def _not_in_manifest(utterances: pl.DataFrame, folds: pl.DataFrame) -> list[str]:
    strange = folds.join(utterances, on="utterance_id", how="anti")["utterance_id"].unique().sort()
    return [f"{name} is not in the manifest" for name in strange]


def _left_out(kept: pl.DataFrame, folds: pl.DataFrame) -> list[str]:
    wanted = kept.select("utterance_id").join(folds.select("fold").unique(), how="cross")
    missing = wanted.join(folds, on=["fold", "utterance_id"], how="anti").sort("fold", "utterance_id")
    return [f"fold {fold} lacks {name}" for name, fold in missing.iter_rows()]


def _tested_twice(folds: pl.DataFrame) -> list[str]:
    tests = folds.filter(pl.col("split") == "test").group_by("utterance_id").agg(pl.col("fold").n_unique())
    rows = tests.filter(pl.col("fold") > 1).sort("utterance_id").rows()
    return [f"{name} is tested {number} times" for name, number in rows]


def _never_tested(kept: pl.DataFrame, folds: pl.DataFrame) -> list[str]:
    tests = folds.filter(pl.col("split") == "test")
    return [
        f"{name} is never tested" for name in kept.join(tests, on="utterance_id", how="anti")["utterance_id"].sort()
    ]


def _differs(utterances: pl.DataFrame, column: str, truth: str, folds: pl.DataFrame) -> list[str]:
    joined = folds.join(utterances, on="utterance_id").filter(pl.col(column).ne_missing(pl.col(truth)))
    rows = joined.select("utterance_id", column, truth).unique().sort("utterance_id", column).rows()
    return [
        f"{name} is '{value or 'left out'}' in the folds, '{true or 'left out'}' in the manifest"
        for name, value, true in rows
    ]


def _absent(splits: tuple[str, ...], folds: pl.DataFrame) -> list[str]:
    present = set(folds.select("fold", "split", "label").unique().rows())
    parts = set(folds.select("fold", "split").unique().rows())  # an absent split is reported by another check
    classes = sorted(folds["label"].drop_nulls().unique().to_list())
    findings = []
    for fold in sorted(folds["fold"].unique().to_list()):
        for split in splits:
            missing = [name for name in classes if (fold, split, name) not in present]
            if missing and (fold, split) in parts:
                findings.append(f"fold {fold}: no {_and(missing)} in {split}")
    return findings


def _and(words: list[str]) -> str:
    return " and ".join(words) if len(words) < 3 else f"{', '.join(words[:-1])} and {words[-1]}"
