"""What is expected of a manifest."""

from collections import defaultdict
from functools import partial

import polars as pl

from zoo import labels
from zoo.checks._outcome import Check
from zoo.corpora._corpus import Corpus
from zoo.errors import ZooError

SHORT_S = 1.0


def checks(corpus: Corpus, schemes: list[str], synthetic: bool) -> list[Check]:
    """The checks of a corpus's manifest. schemes: those in which the study trains and compares."""
    official = "not for SYNTHETIC stand-ins" if synthetic else ""
    shortest, longest = corpus.duration_range_s

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
        Check("every utterance has an id of its own", "fail", unique, {"column": "utterance_id"}),
        Check("every file is listed once", "fail", unique, {"column": "path"}),
        Check("all rows are of this corpus", "fail", known, among("corpus", corpus.name)),
        Check("recorded and synthetic speech are not mixed", "fail", find=_mixed),
        Check("speakers are the corpus's", "fail", known, among("speaker_id", *corpus.speakers)),
        Check("labels are the corpus's words", "fail", known, among("native_label", *corpus.native_labels)),
        *(
            Check(f"scheme {scheme} has a row for every label", "fail", find=partial(_unmapped, corpus.name, scheme))
            for scheme in dict.fromkeys(schemes)
            if scheme != labels.NATIVE
        ),
        Check("durations are numbers", "fail", "ExpectColumnValuesToNotBeNull", {"column": "duration_s"}),
        Check("durations are positive", "fail", between, within("duration_s", 1e-3, 3600.0)),
        Check(
            "durations lie in the corpus's range",
            "fail",
            between,
            within("duration_s", shortest, longest),
            skip=official,
        ),
        Check(f"utterances last at least {SHORT_S:g} s", "warn", between, within("duration_s", SHORT_S, 3600.0)),
        Check("valence lies in 0 to 1", "fail", between, within("valence", 0.0, 1.0)),
        Check("arousal lies in 0 to 1", "fail", between, within("arousal", 0.0, 1.0)),
        Check("dominance lies in 0 to 1", "fail", between, within("dominance", 0.0, 1.0)),
        Check("agreement lies in 0 to 1", "fail", between, within("agreement", 0.0, 1.0)),
        Check("files have the official sampling rate", "warn", find=partial(_rates, corpus), skip=official),
        Check("files have one channel", "warn", find=partial(_channels, corpus)),
        Check("every official speaker is here", "fail", find=partial(_speakers, corpus), skip=official),
        Check("labels have their official counts", "fail", find=partial(_counts, corpus), skip=official),
        Check(
            "the corpus has its official size",
            "fail",
            "ExpectTableRowCountToEqual",
            {"value": corpus.num_utterances},
            skip=official,
        ),
        Check("identical audio has one label and speaker", "fail", find=partial(_conflicts, corpus)),
        Check("no audio is there twice", "warn", find=partial(_copies, corpus)),
        Check("the corpus has no known defects", "warn", find=partial(_defects, corpus), skip=official),
    ]


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


def _rates(corpus: Corpus, manifest: pl.DataFrame) -> list[str]:
    other = manifest.filter(pl.col("sampling_rate_hz") != corpus.sampling_rate_hz)
    counts = other["sampling_rate_hz"].value_counts().sort("sampling_rate_hz").rows()
    return [f"{number} files at {rate} Hz, not {corpus.sampling_rate_hz}" for rate, number in counts]


def _channels(corpus: Corpus, manifest: pl.DataFrame) -> list[str]:
    several = manifest.filter((pl.col("channels") != 1) & ~pl.col("utterance_id").is_in(list(corpus.known_defects)))
    rows = several.select("utterance_id", "channels").sort("utterance_id").rows()
    return [f"{name}: {number} channels" for name, number in rows]


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
    """Utterances of the same samples, two or more each."""
    groups = defaultdict(list)
    columns = ("sha256_samples", "utterance_id", "native_label", "speaker_id")
    for row in manifest.select(columns).sort("utterance_id").iter_rows(named=True):
        groups[row["sha256_samples"]].append(row)
    return sorted((group for group in groups.values() if len(group) > 1), key=lambda group: group[0]["utterance_id"])


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


def _defects(corpus: Corpus, manifest: pl.DataFrame) -> list[str]:
    here = set(manifest["utterance_id"].to_list()) | set(manifest["path"].to_list())
    return [f"{name}: {what}" for name, what in sorted(corpus.known_defects.items()) if name in here]
