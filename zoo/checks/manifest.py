"""Checks of a manifest."""

from collections.abc import Mapping
from functools import partial
from pathlib import PurePosixPath

import polars as pl

from zoo import labels
from zoo.audit.sameness import groups
from zoo.checks import audio
from zoo.checks.contract import Check, Severity
from zoo.corpora.contract import Corpus
from zoo.errors import ZooError
from zoo.labels import votes

DISAGREE = "disagreements"  # what a corpus's documents state and its files do not show


def checks(
    corpus: Corpus,
    schemes: list[str],
    synthetic: bool,
    label_source: str | None,
    others: Mapping[str, pl.DataFrame] | None = None,
) -> list[Check]:
    """The checks of a corpus's manifest.

    schemes: those in which the study trains and compares. label_source: the study's, None for the corpus's default.
    others: the manifests of the study's other corpora.
    """
    official = "not for SYNTHETIC stand-ins" if synthetic else ""
    by_crowd = label_source in votes.CROWD
    words = {*corpus.native_labels, labels.NO_AGREEMENT} if by_crowd else corpus.native_labels
    sources = [label_source] if by_crowd else [votes.ACTED, votes.RATERS, "unspecified"]
    documented: Severity = "warn" if corpus.disagreements else "fail"
    published = {} if synthetic else corpus.sha256()
    unpublished = official or ("" if published else "none are published")

    def within(column: str, low: float, high: float) -> dict[str, object]:
        return {"column": column, "min_value": low, "max_value": high}

    def among(column: str, *words: object) -> dict[str, object]:
        return {"column": column, "value_set": sorted(words, key=str)}

    unique, known, between = (
        "ExpectColumnValuesToBeUnique",
        "ExpectColumnValuesToBeInSet",
        "ExpectColumnValuesToBeBetween",
    )
    return [
        Check("there are utterances", "fail", "ExpectTableRowCountToBeBetween", {"min_value": 1}),
        Check("utterance ids are unique", "fail", unique, {"column": "utterance_id"}),
        Check("every file or segment is listed once", "fail", find=_listed_twice),
        Check("all rows are of this corpus", "fail", known, among("corpus", corpus.name)),
        Check("recorded and synthetic speech are not mixed", "fail", find=_mixed),
        Check(
            "speakers are listed in the corpus's description",
            "fail",
            known,
            among("speaker_id", *corpus.speakers),
            skip="" if corpus.speakers else "the corpus names none",
            field="speakers",
        ),
        Check("sex and age match the speaker", documented, find=partial(_sex_and_age, corpus), field=DISAGREE),
        Check(
            "ids, speakers, sentences, takes and labels match the file names",
            "fail",
            find=partial(_misnamed, corpus, by_crowd),
            skip="" if corpus.parse_name else "file names do not state them",
        ),
        Check(
            "the language matches the corpus",
            "fail",
            known,
            among("language", corpus.language, *corpus.languages),
            field="languages",
        ),
        Check("the licence matches the corpus", "fail", known, among("licence", corpus.licence)),
        Check("labels come from the study's source", "fail", known, among("label_source", *sources)),
        Check(
            "labels are native labels of the corpus",
            "fail",
            known,
            among("native_label", *words),
            field="native_labels",
        ),
        *(
            Check(f"scheme {scheme} has a row for every label", "fail", find=partial(_unmapped, corpus.name, scheme))
            for scheme in dict.fromkeys(schemes)
            if scheme != labels.NATIVE
        ),
        Check("votes are for native labels of the corpus", "fail", find=partial(_invalid_votes, corpus)),
        *audio.checks(corpus, official),
        Check("valence is between 0 and 1", "fail", between, within("valence", 0.0, 1.0)),
        Check("arousal is between 0 and 1", "fail", between, within("arousal", 0.0, 1.0)),
        Check("dominance is between 0 and 1", "fail", between, within("dominance", 0.0, 1.0)),
        Check("agreement is between 0 and 1", "fail", between, within("agreement", 0.0, 1.0)),
        Check(
            "every official speaker is present",
            documented,
            find=partial(_speakers, corpus),
            skip=official,
            field=DISAGREE,
        ),
        Check(
            "labels have their official counts",
            documented,
            find=partial(_counts, corpus),
            skip=official or ("the labels are from a crowd" if by_crowd else ""),
            field=DISAGREE,
        ),
        Check(
            "the corpus has its official size",
            documented,
            "ExpectTableRowCountToEqual",
            {"value": corpus.num_utterances},
            skip=official,
            field=DISAGREE,
        ),
        Check("files have their published hashes", "fail", find=partial(_altered, published), skip=unpublished),
        Check("files are encoded as published", "warn", find=partial(_recoded, published), skip=unpublished),
        Check(
            "identical audio has one label and speaker",
            "fail",
            find=partial(_conflicts, corpus),
            field=audio.DEFECTS,
        ),
        Check("no audio is duplicated, except for known cases", "warn", find=partial(_copies, corpus)),
        Check(
            "no audio is that of another corpus of the study",
            "fail",
            find=partial(_elsewhere, others or {}),
            skip="" if others else "it is the only corpus",
        ),
        Check("no known defect of the corpus is present", "warn", find=partial(_defects, corpus), skip=official),
    ]


def _listed_twice(manifest: pl.DataFrame) -> list[str]:
    place = pl.struct("path", pl.col("start_s").fill_null(-1.0))
    rows = manifest.filter(place.is_duplicated()).select("path", "start_s").unique().sort("path", "start_s").rows()
    return [path if start is None else f"{path} from {start:g} s" for path, start in rows]


def _mixed(manifest: pl.DataFrame) -> list[str]:
    found = manifest["origin"].value_counts().sort("origin").rows()
    return [", ".join(f"{number} {origin}" for origin, number in found)] if len(found) > 1 else []


def _unmapped(corpus: str, scheme: str, manifest: pl.DataFrame) -> list[str]:
    findings = []
    for word in sorted(manifest["native_label"].unique().to_list()):
        try:
            labels.mapping(scheme, corpus, [word])
        except ZooError as error:
            findings.append(error.message)
    return findings


def _sex_and_age(corpus: Corpus, manifest: pl.DataFrame) -> list[str]:
    found = manifest.select("speaker_id", "sex", "age").unique().sort("speaker_id", "sex", "age").rows()
    truth = {name: (one.sex, one.age) for name, one in corpus.speakers.items()}
    return [
        f"speaker {name} is {sex or 'of unknown sex'}, {age or 'of unknown age'}; in the corpus's description "
        f"{truth[name][0] or 'unknown'}, {truth[name][1] or 'unknown'}"
        for name, sex, age in found
        if name in truth and truth[name] != (sex, age)
    ]


def _misnamed(corpus: Corpus, by_crowd: bool, manifest: pl.DataFrame) -> list[str]:
    """Rows that disagree with the name of their file; labels of a crowd may."""
    assert corpus.parse_name is not None
    columns = ["utterance_id", "speaker_id", "text_id", "take_group", *([] if by_crowd else ["native_label"])]
    findings = []
    for path, *stated in manifest.select("path", *columns).sort("path").iter_rows():
        parsed = corpus.parse_name(PurePosixPath(path))
        if parsed is None:
            findings.append(f"{path} is not a file name of {corpus.title}")
            continue
        for column, value in zip(columns, stated, strict=True):
            true = getattr(parsed, column)
            if value != true and (true is not None or column != "native_label"):
                findings.append(f"{path}: {column} is '{value}', its name states '{true}'")
    return findings


def _invalid_votes(corpus: Corpus, manifest: pl.DataFrame) -> list[str]:
    """Votes for unknown labels, or whose count is not a positive number."""
    votes = manifest.select("utterance_id", "votes").drop_nulls().explode("votes").unnest("votes")
    known = pl.col("label").is_in(list(corpus.native_labels))
    odd = votes.filter(~known | ~(pl.col("count").is_finite() & (pl.col("count") > 0))).sort("utterance_id", "label")
    rows = odd.select("utterance_id", "label", "count").iter_rows()
    return [f"{name}: {count:g} votes for '{label}'" for name, label, count in rows]


def _altered(published: Mapping[str, str], manifest: pl.DataFrame) -> list[str]:
    same, other = _against(published, manifest)
    return [f"{name} is not the published file" for name in other] if same else []


def _recoded(published: Mapping[str, str], manifest: pl.DataFrame) -> list[str]:
    same, other = _against(published, manifest)
    return (
        [f"none of {len(other)} files is as published, though their audio may be the same"]
        if other and not same
        else []
    )


def _against(published: Mapping[str, str], manifest: pl.DataFrame) -> tuple[list[str], list[str]]:
    """Utterances whose files are as published, and those whose files are not, where a hash is published."""
    same: list[str] = []
    other: list[str] = []
    for name, found in manifest.select("utterance_id", "sha256_file").sort("utterance_id").iter_rows():
        if name in published:
            (same if published[name] == found else other).append(name)
    return same, other


def _speakers(corpus: Corpus, manifest: pl.DataFrame) -> list[str]:
    missing = sorted(set(corpus.speakers) - set(manifest["speaker_id"].unique().to_list()))
    return [f"speaker {speaker} is missing" for speaker in missing]


def _counts(corpus: Corpus, manifest: pl.DataFrame) -> list[str]:
    found = dict(manifest["native_label"].value_counts().rows())
    findings = []
    for word, official in sorted(corpus.native_labels.items()):
        if (difference := found.get(word, 0) - official) != 0:
            excess = f"{difference} too many" if difference > 0 else f"{-difference} missing"
            findings.append(f"{word}: {found.get(word, 0)} of {official} ({excess})")
    return findings


def _copies_by_audio(manifest: pl.DataFrame) -> list[list[dict[str, str]]]:
    """Groups of two or more utterances with the same samples."""
    columns = ("sha256_samples", "utterance_id", "native_label", "speaker_id")
    rows = manifest.select(columns).sort("utterance_id").to_dicts()
    return [[rows[place] for place in group] for group in groups([row["sha256_samples"] for row in rows])]


def _agree(group: list[dict[str, str]]) -> bool:
    return len({(row["native_label"], row["speaker_id"]) for row in group}) == 1


def _known(corpus: Corpus, group: list[dict[str, str]]) -> bool:
    return all(row["utterance_id"] in corpus.known_defects for row in group)


def _conflicts(corpus: Corpus, manifest: pl.DataFrame) -> list[str]:
    return [
        " = ".join(f"{row['utterance_id']} ({row['native_label']}, speaker {row['speaker_id']})" for row in group)
        for group in _copies_by_audio(manifest)
        if not _agree(group) and not _known(corpus, group)
    ]


def _copies(corpus: Corpus, manifest: pl.DataFrame) -> list[str]:
    return [
        f"{' = '.join(row['utterance_id'] for row in group)} ({group[0]['native_label']})"
        for group in _copies_by_audio(manifest)
        if _agree(group) and not _known(corpus, group)
    ]


def _elsewhere(others: Mapping[str, pl.DataFrame], manifest: pl.DataFrame) -> list[str]:
    """Utterances with the samples of one of another corpus of the study."""
    own = manifest.select("utterance_id", "sha256_samples")
    return [
        f"{name} = {other} of {corpus}"
        for corpus, frame in others.items()
        for name, other in own.join(
            frame.select(pl.col("utterance_id").alias("other"), "sha256_samples"), on="sha256_samples"
        )
        .sort("utterance_id", "other")
        .select("utterance_id", "other")
        .iter_rows()
    ]


def _defects(corpus: Corpus, manifest: pl.DataFrame) -> list[str]:
    findings = []
    for row in manifest.filter(audio.known(corpus)).sort("utterance_id").iter_rows(named=True):
        defect = corpus.known_defects.get(row["utterance_id"]) or corpus.known_defects[row["path"]]
        if defect.kind == "stereo" and row["channels"] == 1:
            continue  # a copy mixed down to one channel
        findings.append(
            f"{row['utterance_id']}: {defect.text}; here {row['duration_s']:.2f} s, {row['sampling_rate_hz']} Hz, "
            f"channels: {row['channels']}, {row['level_dbfs']:.0f} dBFS"
        )
    return findings
