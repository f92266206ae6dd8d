"""A manifest that a corpus could have, by what is known about it, on which folds and tasks are tried."""

import polars as pl

from zoo import corpora, synthetic
from zoo.corpora.contract import Speaker
from zoo.labels.votes import ACTED, CROWD, RATERS
from zoo.tables.manifest import MANIFEST, NO_SPEAKER
from zoo.tasks.dimensional import DIMENSIONS

TEXTS = ("one", "another")
RECORDINGS = 10  # where nobody knows who speaks


def probe(name: str, made_up: bool = False, label_source: str | None = None) -> pl.DataFrame:
    """The MANIFEST columns of an utterance of each speaker, native label and of two sentences.

    made_up: whether it is the synthetic version, which has fewer speakers. label_source: as in the study, None where it
    states none. A corpus that names no speakers has a few recordings. What folds and tasks do not read is null.
    """
    facts = corpora.get(name)
    unknown = {f"{NO_SPEAKER}{number}": Speaker(None) for number in range(RECORDINGS)}
    known = facts.speakers or unknown
    speakers = {take.speaker for take in synthetic.get(name).content()[0]} if made_up else set(known)
    own = RATERS if RATERS in facts.votes else ACTED
    rows = [
        {
            "corpus": name,
            "utterance_id": f"{speaker} {label} {text}",
            "speaker_id": speaker,
            "sex": known[speaker].sex,
            "native_label": label,
            "text_id": text,
            "take_group": f"{speaker} {label} {text}",
            "label_source": label_source or own,
            "votes": [{"source": source, "label": label, "count": 1.0} for source in facts.votes] or None,
            **dict.fromkeys(DIMENSIONS, 0.5 if facts.rating_scale else None),
        }
        for speaker in sorted(speakers)
        for label in facts.native_labels
        for text in TEXTS
    ]
    return MANIFEST.frame(rows)


def label_sources(name: str) -> list[str]:
    """What `label_sources` can be for a corpus."""
    return [ACTED, *(wanted for wanted, source in CROWD.items() if source in corpora.get(name).votes)]
