"""The price of a leak on the page: a 2 × 2 that says it is never released or ranked."""

import re
from dataclasses import replace

from zoo.reporting import page
from zoo.reporting.leak import leak_section
from zoo.tables.leak import LEAK

FIGURES = {"neither": 0.6, "speaker": 0.7, "sentence": 0.65, "both": 0.74, "price of the speaker": 0.1}


def row(name, value, **changes):
    facts = {
        "study": "made_up",
        "model": "cnn",
        "corpus": "emodb",
        "scheme": "native",
        "name": name,
        "value": value,
        "low": None if value is None else value - 0.05,
        "high": None if value is None else value + 0.05,
        "how": "jackknife",
        "num_speakers": 10,
        "num_utterances": 400,
        "num_trained": 300.4,
        "speaker_share": 0.12,
        "sentence_share": 0.1,
        "origin": "synthetic",
    }
    return facts | changes


def test_it_is_a_two_by_two_that_is_never_ranked(found):
    leak = LEAK.frame([row(*figure) for figure in FIGURES.items()])
    [section] = leak_section(replace(found, leak=leak))
    shown = "".join(section.blocks)
    assert "None of these figures is ever released or ranked" in shown
    cells = re.findall(r"<t[hd][^>]*>(speaker (?:not )?heard)</th>(.*?)</tr>", shown)
    assert [re.findall(r"0\.\d{3} <", line) for _, line in cells] == [["0.600 <", "0.650 <"], ["0.700 <", "0.740 <"]]
    assert "Price of the speaker: +0.100 [+0.050, +0.150]." in shown and "emodb (SYNTHETIC)" in shown


def test_a_price_that_is_not_known_says_why_and_without_a_table_there_is_no_section(found, text):
    leak = LEAK.frame([row("neither", 0.6), row("interaction", None, how="none: 3 speakers")])
    [section] = leak_section(replace(found, leak=leak))
    assert "Interaction: none: 3 speakers." in "".join(section.blocks)
    assert list(leak_section(found)) == [] and "The price of a leak" not in text


def test_its_figures_are_in_no_other_part_of_the_page(found, tmp_path):
    leak = LEAK.frame([row("both", 0.98765)])
    text = page.write(replace(found, leak=leak), tmp_path).read_text()
    assert text.count("0.988") == 1
