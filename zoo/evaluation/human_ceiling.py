"""How well a listener answers what models are asked: the votes of a corpus as answers, scored by UAR.

Against the label that the listeners' majority decided, a listener agrees in part with the own vote, which is too good
for one of few; against the majority of the others, the reference has a vote less than that of the models, which is too
bad. The ceiling lies between. Where labels are what actors were asked for, a vote is an answer like a model's.
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import polars as pl

from zoo import labels
from zoo.errors import ZooError
from zoo.evaluation.intervals import jackknife
from zoo.folds.cut import labelled
from zoo.labels import votes
from zoo.metrics import confusion
from zoo.tables.human_ceiling import HUMAN_CEILING, LABEL, OTHERS

Shares = Mapping[str, float]


def human_ceiling(
    manifests: Mapping[str, pl.DataFrame], scheme: str, study: str = "", confidence: float = 0.95
) -> pl.DataFrame:
    """HUMAN_CEILING rows of the corpora that have votes. manifests: corpus -> MANIFEST rows."""
    rows = []
    for corpus, manifest in manifests.items():
        heard = labelled(manifest, corpus, scheme)
        source = listeners_of(heard)
        kept = [row for row in heard.iter_rows(named=True) if source and votes.counted(row["votes"] or (), source)]
        ballots = [
            (row["label"], row["speaker_id"], counts)
            for row in kept
            if (counts := _in_classes(row["votes"], str(source), scheme, corpus))
        ]
        if not ballots:
            continue
        label_source = kept[0]["label_source"]
        for reference in (LABEL,) if label_source == votes.ACTED else (LABEL, OTHERS):
            rows.append(
                {
                    "study": study,
                    "corpus": corpus,
                    "scheme": scheme,
                    "listeners": source,
                    "label_source": label_source,
                    "reference": reference,
                    "num_utterances": len(ballots),
                    "num_speakers": len({speaker for _, speaker, _ in ballots}),
                    "origin": kept[0]["origin"],
                    **_figure(ballots, reference, confidence),
                }
            )
    return HUMAN_CEILING.frame([row for row in rows if row["value"] is not None])


def listeners_of(manifest: pl.DataFrame) -> str | None:
    """Whose votes are answers to what models are asked: of those who decided the label, or of acted speech, who only
    heard it; None where nobody voted."""
    given = set(manifest["votes"].explode().struct.field("source").drop_nulls())
    wanted = [votes.CROWD.get(one, votes.RATERS) for one in manifest["label_source"].unique().sort()]
    if manifest["label_source"].eq(votes.ACTED).all():
        wanted = ["voice", votes.RATERS, "both"]
    return next((source for source in wanted if source in given), None)


def answers(label: str, counts: Shares, reference: str) -> Iterator[tuple[str, str, float]]:
    """What an utterance's listeners should have chosen, what they chose, and how often, adding up to 1 at most.

    >>> list(answers("anger", {"anger": 3.0, "fear": 1.0}, "others"))
    [('anger', 'anger', 0.75), ('anger', 'fear', 0.25)]
    >>> list(answers("anger", {"anger": 1.0, "fear": 1.0}, "others"))  # nobody else agrees
    [('fear', 'anger', 0.5), ('anger', 'fear', 0.5)]
    """
    total = sum(counts.values())
    for chosen, number in counts.items():
        if reference == LABEL:
            yield label, chosen, number / total
            continue
        others = {name: votes_ - min(1.0, number) * (name == chosen) for name, votes_ in counts.items()}
        most = max(others.values())
        best = [name for name, left in others.items() if left == most] if most > 0 else []
        for name in best:
            yield name, chosen, number / total / len(best)


def _figure(ballots: Sequence[tuple[str, str, Shares]], reference: str, confidence: float) -> dict[str, object]:
    found = [(speaker, *answer) for label, speaker, counts in ballots for answer in answers(label, counts, reference)]
    speakers = sorted({speaker for speaker, *_ in found})
    classes = sorted({name for _, wanted, chosen, _ in found for name in (wanted, chosen)})
    sums = np.zeros((1, len(speakers), len(classes), len(classes)))
    places, numbers = ({name: at for at, name in enumerate(names)} for names in (speakers, classes))
    for speaker, wanted, chosen, share in found:
        sums[0, places[speaker], numbers[wanted], numbers[chosen]] += share
    if not found:
        return {"value": None}
    estimate = jackknife(sums, confusion.UAR, confidence)
    return {"value": estimate.value, "low": estimate.low, "high": estimate.high, "interval": estimate.how}


def _in_classes(ballot: votes.Votes, source: str, scheme: str, corpus: str) -> dict[str, float]:
    """Class -> number of votes; those for words that the scheme leaves out, or does not know, do not count."""
    found: dict[str, float] = {}
    for word, number in votes.counted(ballot, source).items():
        name = _class_of(scheme, corpus, word)
        if name is not None:
            found[name] = found.get(name, 0.0) + number
    return found


def _class_of(scheme: str, corpus: str, word: str) -> str | None:
    try:
        return labels.mapping(scheme, corpus, [word])[word]
    except ZooError:  # a word that listeners chose and that is the label of no utterance
        return None
