"""The section on methods across corpora, from made-up tables."""

import re
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from fixtures.made_up_methods import LADDER, made_up

from zoo import pages
from zoo.reporting import ledger, method_results, page, results, terminal
from zoo.reporting.methods import means, methods_section

CELLS = [("emodb", "iemocap"), ("iemocap", "emodb")]


@pytest.fixture(scope="module")
def adapted(synthetic_study):
    folder, study = synthetic_study
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        return replace(results.read(study), methods=made_up(["cnn", "cnn_lstm"], CELLS))


@pytest.fixture(scope="module")
def shown(adapted):
    [section] = methods_section(adapted)
    return "".join(section.blocks)


def test_every_method_has_its_icons_and_the_legend_says_what_they_mean(shown):
    names = "|".join(LADDER)
    pictures = re.findall(rf">({names})([^<]*)</text>", re.sub(r"<!--.*?-->", "", shown))
    headings = re.findall(
        rf'<th scope="row">({names}) ?(?:<span .*?aria-label="sees ([^"]*)")?', shown.replace("<wbr>", "")
    )
    assert len(pictures) > 20 and len(headings) > 20
    for name, after in pictures:
        assert after.startswith(f" {ledger.signs(LADDER[name][1])}")
    for name, sights in headings:
        assert sights == LADDER[name][1]
    for sentence in ledger.legend(sights for _, sights, *_ in LADDER.values()):
        assert sentence in shown


def test_methods_that_see_different_things_are_never_in_one_list(adapted, shown):
    lists = re.findall(r"<caption><span>cnn\w*: UAR with intervals over the target.*?</table>", shown, re.DOTALL)
    assert len(lists) == 2 * 4  # of each model, for each of four sights
    for table in lists:
        assert len(set(re.findall(r'aria-label="(sees [^"]*)"', table))) == 1
    assert [list(map(str, adapted.methods.by_sights))] == [
        ["nothing", "unlabelled utterances", "unlabelled utterances, their speakers", "5 labels a class"]
    ]


def test_the_loss_under_stress_is_marked_and_said_in_words(shown):
    assert "▼ <code>by_speaker</code> ♫☻ loses more than 0.05 against <code>source_only</code> with" in shown
    assert "one emotion a speaker: 0.21 on emodb → iemocap and 1 more" in shown
    assert "<code>coral</code> ♫ loses" not in shown
    assert "▼ worse than doing nothing: loses more than 0.05 UAR" in shown


def test_a_study_without_a_loss_says_so(found):
    ladder = {"source_only": LADDER["source_only"], "by_corpus": (1, "unlabelled utterances", 0.1, 0.01)}
    [section] = methods_section(replace(found, methods=made_up(["cnn"], CELLS, ladder)))
    assert "No method of cnn loses more than 0.05 in any of these." in "".join(section.blocks)


def test_the_page_shows_ceiling_gains_curves_and_embeddings_with_their_text_alternatives(shown):
    assert "the majority of the others" in shown and '0.650 <span class="interval">[0.600, 0.700]' in shown
    labels = re.findall(r'class="drawing" role="img" aria-label="([^"]*)"', shown)
    assert sum("Gains of cnn from emodb to iemocap over source_only" in one for one in labels) == 1
    assert (
        sum("by the utterances it sees, mean of 2 cells" in one for one in labels) == 2 * 3
    )  # by corpus, speaker, CORAL
    assert sum("Embeddings of cnn, emodb → iemocap" in one for one in labels) == 4
    assert all(labels)


def test_the_page_of_synthetic_corpora_says_so_in_every_picture(adapted, shown, tmp_path):
    pictures = shown.split("<figure>")[1:]
    assert all("SYNTHETIC" in one.split("</figure>")[0] for one in pictures)
    text = page.write(adapted, tmp_path).read_text()
    assert 'href="#methods-across-corpora"' in text
    assert not re.search(r"<script|@import|url\(http|<img", text)


def test_a_study_without_methods_shows_nothing_of_this(found, text, capsys):
    assert found.methods.figures.is_empty() and list(methods_section(found)) == []
    assert "Methods across corpora" not in text and "Human ceiling" not in text
    terminal.show(found, Path("index.html"))
    assert "mean UAR of the cells" not in capsys.readouterr().out


def test_figures_whose_speakers_were_seen_carry_their_sign(found):
    tables = made_up(["cnn"], CELLS, exploration="post-exploration: all of its speakers")
    [section] = methods_section(replace(found, methods=tables))
    assert "† post-exploration:" in "".join(section.blocks)


def test_the_terminal_means_are_within_equal_sights_and_over_common_cells(adapted, capsys):
    terminal.show(adapted, Path("index.html"))
    printed = capsys.readouterr().out
    assert printed.count("Across corpora, mean UAR of the cells, sees ") == 4
    tables = adapted.methods
    gone = (pl.col("method") == "coral") & (pl.col("source") == "emodb")
    fewer = replace(tables, figures=tables.figures.filter(~gone))
    row = fewer.row("cnn", ("iemocap", "emodb"), "by_corpus")
    assert means(fewer, "unlabelled utterances")[0][:3] == ["by_corpus", "1", f"{row['value']:.3f}"]


def test_tables_are_read_from_the_report_folder_alone(tmp_path, adapted):
    from zoo.tables import embeddings, human_ceiling, methods

    methods.write_csv(adapted.methods.figures, tmp_path / "methods.csv")
    human_ceiling.write_csv(adapted.methods.ceiling, tmp_path / human_ceiling.FILE)
    embeddings.EMBEDDINGS.write(adapted.methods.embeddings, tmp_path / embeddings.FILE, made_from={})
    found = method_results.read(tmp_path)
    assert found.methods == adapted.methods.methods and len(found.embeddings) == len(adapted.methods.embeddings)
    assert found.ranks.is_empty()


def test_an_icon_is_read_out():
    assert pages.icon("♫", 'sees "all"') == (
        '<span class="icon" role="img" aria-label="sees &#34;all&#34;" title="sees &#34;all&#34;">♫</span>'
    )
