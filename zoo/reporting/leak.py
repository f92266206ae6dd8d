"""The price of a leak: what figures gain where training has heard the test speaker, the test sentence, or both."""

from collections.abc import Iterator

from zoo import pages
from zoo.reporting import marks
from zoo.reporting.choice import name_of
from zoo.reporting.results import Results, Row, with_interval
from zoo.tables.leak import BOTH, NEITHER, PRICES, SENTENCE, SPEAKER

_TITLE = "The price of a leak"


def leak_section(results: Results) -> Iterator[pages.Section]:
    """A 2 × 2 for every model and corpus that it was measured for; no section without any."""
    tables = [
        (model, corpus, {row["name"]: row for row in rows.iter_rows(named=True)})
        for (model, corpus), rows in results.leak.group_by("model", "corpus", maintain_order=True)
    ]
    if not tables:
        return
    blocks = [
        pages.paragraph(
            "What a figure gains if training has heard the test speaker, or the test sentence: four trainings of equal "
            "size and class mix are asked about the same utterances. None of these figures is ever released or ranked: "
            "in three of the four cells the model was asked about somebody or something that it had heard."
        )
    ]
    for model, corpus, named in tables:
        first = next(iter(named.values()))
        blocks += [
            marks.table(
                [f"{model} on {name_of(results, corpus)}", "sentence not heard", "sentence heard"],
                [
                    ["speaker not heard", _figure(named, NEITHER), _figure(named, SENTENCE)],
                    ["speaker heard", _figure(named, SPEAKER), _figure(named, BOTH)],
                ],
                f"UAR on {first['num_utterances']} utterances of {first['num_speakers']} speakers, never released or "
                f"ranked. Each training has {first['num_trained']:.0f} utterances, of which "
                f"{100 * first['speaker_share']:.0f} % are of the test speaker where that is heard, and "
                f"{100 * first['sentence_share']:.0f} % of the test sentence.",
                notes=[_in_words(name, named[name]) for name in PRICES if name in named],
            )
        ]
    yield pages.Section(_TITLE, blocks)


def _figure(named: dict[str, Row], name: str) -> str:
    return with_interval(named.get(name))


def _in_words(name: str, row: Row) -> str:
    """As in `Price of the speaker: +0.050 [+0.020, +0.080].`"""
    if row["value"] is None:
        return f"{name.capitalize()}: {row['how']}."
    interval = f" [{row['low']:+.3f}, {row['high']:+.3f}]" if row["low"] is not None else ""
    return f"{name.capitalize()}: {row['value']:+.3f}{interval}.".replace("-", "−")
