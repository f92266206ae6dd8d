"""The pages of checks of a corpus, also with damaged tables."""

import re
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from zoo import corpora, pages
from zoo.checks import corpus_page, report
from zoo.checks.contract import Check, Outcome, outcome
from zoo.figures import corpus as drawings
from zoo.folds.cut import cut
from zoo.pages import INK
from zoo.tables.folds import FOLDS
from zoo.tables.manifest import MANIFEST

EMODB = corpora.get("emodb")
FAIL = Check("levels are levels", "fail", find=lambda table: [])


@pytest.fixture(scope="module")
def utterances(official: list[dict[str, object]]) -> pl.DataFrame:
    return MANIFEST.frame(official)


@pytest.fixture(scope="module")
def folds(utterances: pl.DataFrame) -> pl.DataFrame:
    return cut(utterances, "emodb", "native", "leave_speakers_out")


def page(utterances: pl.DataFrame, folds: pl.DataFrame, folder: Path, outcomes: tuple[Outcome, ...] = ()) -> str:
    corpus_page.write(EMODB, utterances, folds, outcomes, folder)
    return (folder / "emodb.html").read_text()


def rows(text: str, title: str) -> list[list[str]]:
    """The cells of the rows of a section."""
    section = text[text.index(f"<h2>{title}</h2>") :].split("</section>")[0]
    found = re.findall(r"<tr.*?</tr>", section)
    return [re.findall(r"<t[hd].*?>(.*?)</t[hd]>", row) for row in found]


def test_the_protocol_and_the_scheme_are_stated_with_the_splits(
    utterances: pl.DataFrame, folds: pl.DataFrame, tmp_path: Path
) -> None:
    text = page(utterances, folds, tmp_path)
    paragraph = text[text.index("<h2>Splits</h2>") :].split("</p>")[0]
    assert "<code>leave_speakers_out</code>" in paragraph
    assert "<code>native</code>: anger, boredom, disgust" in paragraph


def test_counts_are_shown_with_the_official_ones(utterances: pl.DataFrame, folds: pl.DataFrame, tmp_path: Path) -> None:
    some = utterances.filter((pl.col("native_label") != "fear") & (pl.col("speaker_id") != "03"))
    counts = rows(page(some, folds, tmp_path), "Counts")
    assert ["utterances", str(len(some)), "535"] in counts
    assert counts[2:5] == [["speakers", "9", "10"], ["women", "5", "5"], ["men", "4", "5"]]
    assert ["fear", "0", "69", "0", "0", "0", "–"] in counts
    anger = some.filter(pl.col("native_label") == "anger").height
    assert [str(anger), "127"] == next(row for row in counts if row[0] == "anger")[1:3]


def test_labels_of_a_crowd_have_no_official_counts(
    utterances: pl.DataFrame, folds: pl.DataFrame, tmp_path: Path
) -> None:
    crowd = utterances.with_columns(pl.lit("crowd_audio").alias("label_source"))
    assert next(row for row in rows(page(crowd, folds, tmp_path), "Counts") if row[0] == "anger")[2] == "–"


@pytest.mark.parametrize(
    ("table", "column"),
    [(table.name, name) for table in (MANIFEST, FOLDS) for name in table.columns if name != "utterance_id"],
)
def test_a_table_with_missing_values_has_a_page(
    utterances: pl.DataFrame, folds: pl.DataFrame, tmp_path: Path, table: str, column: str
) -> None:
    def without(frame: pl.DataFrame) -> pl.DataFrame:
        hole = pl.int_range(pl.len()) == 3
        return frame.with_columns(pl.when(~hole).then(pl.col(column)).alias(column))

    tables = (without(utterances), folds) if table == "manifest" else (utterances, without(folds))
    assert "<h2>Splits</h2>" in page(*tables, tmp_path)


@pytest.mark.parametrize(
    "values", [[0.9995, 0.99997], [0.1, 0.3], [-45.0, -12.0], [3.0, 3.0], [1e-6, 3e-6], [0.0, 30_000.0], []]
)
def test_tick_labels_are_distinct(values: list[float]) -> None:
    drawing = drawings.histogram("Peak", "", values)
    ticks = [float(found) for found in re.findall(r'id="xtick_\d+">.*?<text[^>]*>([^<]*)</text>', drawing, re.S)]
    low, high = (min(values), max(values)) if values and min(values) < max(values) else (ticks[0], ticks[2])
    assert len(set(ticks)) == 3
    assert ticks == pytest.approx([low, (low + high) / 2, high], abs=(high - low) / 10)


@pytest.mark.parametrize(
    "draw",
    [
        lambda: drawings.histogram('Length & "level"', "s", [1.0, 2.0, 2.0, 5.0]),
        lambda: drawings.heat('Length & "level"', ["a", "b"], ["x", "y"], {("a", "x"): 3, ("b", "y"): 71}),
        lambda: drawings.heat('Length & "level"', [], [], {}),
    ],
)
def test_a_figure_has_a_name_real_text_and_equal_bytes(draw: Callable[[], str]) -> None:
    drawing = draw()
    assert drawing == draw()
    assert '<svg role="img" aria-label="Length &amp; &quot;level&quot;" ' in drawing
    assert '>Length &amp; "level"</text>' in drawing
    assert "NaN" not in drawing and "<image" not in drawing
    assert INK in drawing  # what the page lets follow the theme
    figure = str(pages.figure(drawing, "caption"))
    assert 'aria-label="Length &amp; &quot;level&quot;"' in figure and INK not in figure


def test_every_speaker_s_counts_are_in_the_figure() -> None:
    counts = {("03", "fear"): 41, ("08", "anger"): 67}
    words = re.findall(r"<text[^>]*>([^<]*)</text>", drawings.heat("who", ["03", "08"], ["anger", "fear"], counts))
    assert sorted(words) == sorted(["who", "03", "08", "anger", "fear", "41", "67", "–", "–"])


@pytest.mark.parametrize("values", [[0.1] * 999 + [0.9], [0.5]])
def test_a_single_utterance_among_thousands_is_visible(values: list[float]) -> None:
    bars = re.findall(
        r'<path d="M [\d.]+ ([\d.]+) \nL [\d.]+ [\d.]+ \nL [\d.]+ ([\d.]+)', drawings.histogram("", "", values)
    )
    assert sum(float(bottom) - float(top) >= 0.5 for bottom, top in bars if bottom != top) >= len(set(values))


def test_a_failure_is_marked_on_both_pages(utterances: pl.DataFrame, folds: pl.DataFrame, tmp_path: Path) -> None:
    outcomes = (outcome("emodb", "manifest", FAIL, ["03a01Wa: no"]), outcome("ravdess", "manifest", FAIL, []))
    report.write(outcomes, "mine", [], tmp_path)
    index = (tmp_path / "index.html").read_text()
    for text in (index, page(utterances, folds, tmp_path, outcomes[:1])):
        assert '<tr class="failed"><th scope="row">levels are levels</th>' in text
        assert '<h3 class="failed">FAILED: ' in text
        assert "emphasised" not in text.split("</style>")[1]
    assert rows(index, "Corpora")[1:] == [
        ['<a href="emodb.html">emodb</a>', "0", "0", "1", "0"],
        ['<a href="ravdess.html">ravdess</a>', "1", "0", "0", "0"],
    ]
    assert index.count('<tr class="failed">') == 2
