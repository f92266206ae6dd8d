"""What corpora/NAME.yaml says of somebody's own recordings: measured, counted, stated, and what it said before."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zoo import corpus_file
from zoo.corpora.own import RATERS
from zoo.corpus_file import CorpusFile
from zoo.encoders.licences import allows_commerce
from zoo.labels.emotions import guessed, mapped
from zoo.library.own_table import OwnTable

UNSTATED = "LicenseRef-unstated"
UNDETERMINED = "und"  # BCP 47
# what people state about a corpus, by options or by editing the file, and a table does not
_STATED = (
    *("title", "citation", "licence", "terms", "commercial_use", "obtain", "dc_offset", "limits", "disagreements"),
    *("known_defects", "people"),
)


@dataclass(frozen=True)
class Options:
    """What a command states; empty: nothing."""

    emotions: str = ""
    licence: str = ""
    language: str = ""
    title: str = ""


def facts_of(name: str, table: OwnTable, measured: Sequence[Mapping[str, Any]], options: Options) -> CorpusFile:
    """The facts of a table whose utterances were measured, in its order.

    What people state is taken from the options, else from the file of an earlier addition.
    Raises ZooError for labels and emotions in the options that are unknown.
    """
    counts = dict(sorted(Counter(line.label for line in table.lines).items()))
    voted = {label for line in table.lines for label in line.votes} - set(counts)
    counts |= dict.fromkeys(sorted(voted), 0)  # nobody's label, but chosen by some
    rates = [rate for rate, _ in Counter(row["sampling_rate_hz"] for row in measured).most_common()]
    lengths = [row["duration_s"] for row in measured]
    languages = [tag for tag, _ in Counter(line.language for line in table.lines if line.language).most_common()]
    before = corpus_file.read(name) if corpus_file.has(name) else None
    known = before.emotions if before else {}
    language = options.language or next(iter(languages), before.language if before else UNDETERMINED)
    facts = _defaults(name, options) | ({key: getattr(before, key) for key in _STATED} if before else {})
    if options.title:
        facts["title"] = options.title
    if options.licence:
        facts |= {key: value for key, value in _defaults(name, options).items() if key in _OF_LICENCE}
    return CorpusFile(
        **facts,
        language=language,
        languages=[tag for tag in languages if tag != language],
        sampling_rate_hz=rates[0],
        other_rates_hz=sorted(rates[1:]),
        channels=sorted({row["channels"] for row in measured}),
        duration_range_s=(math.floor(9 * min(lengths)) / 10, math.ceil(11 * max(lengths)) / 10),
        native_labels=counts,
        emotions=mapped(options.emotions, counts)
        if options.emotions or not known
        else {label: known[label] if label in known else guessed(label) for label in counts},
        speakers=table.speakers,
        votes=[RATERS] if any(line.votes for line in table.lines) else [],
    )


_OF_LICENCE = ("licence", "terms", "commercial_use")


def _defaults(name: str, options: Options) -> dict[str, Any]:
    """What is stated where nobody stated more."""
    terms = f"As stated by whoever added it: {options.licence}."
    return {
        "title": name,
        "citation": f"{name}, a corpus of this project.",
        "licence": options.licence or UNSTATED,
        "terms": terms if options.licence else "No licence was stated: what may be done with it is not known.",
        "commercial_use": allows_commerce(options.licence.lower()) is True if options.licence else False,
        "obtain": f"Added by its table: zoo data add {name} TABLE.",
    }
