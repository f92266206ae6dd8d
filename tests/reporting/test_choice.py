"""The report opens with which model for what, named by dev scores, and with all models in pictures."""

from dataclasses import replace

import polars as pl

from zoo.reporting import page
from zoo.reporting.choice import choice_section
from zoo.reporting.leaderboard import leaderboard
from zoo.study.exploration import Exploration
from zoo.tables.costs import COSTS


def rows_of(section):
    """The text of the cells of the opening table's rows, by what they are for."""
    rows = str(section.blocks[0]).split("<tbody>")[1].split("<tr")[1:]
    return {row.split(">", 2)[2].split("</th>")[0]: row for row in rows}


def test_the_page_opens_with_it_before_any_leaderboard(text):
    assert text.index("<h2>Which model for what") < text.index("<svg") < text.index("Leaderboard:")


def test_within_a_corpus_the_best_is_that_of_the_dev_score_with_its_interval_and_chance(found):
    rows = rows_of(choice_section(found, {}))
    for corpus in found.study.corpora:
        row = rows[f"new speakers of {corpus} (SYNTHETIC)"]
        best = next(line for line in leaderboard(found, corpus) if line.is_best)
        assert ">cnn<" in row and best.model == "cnn"
        value, low, high = (best.headline[name] for name in ("value", "low", "high"))
        assert f"{value:.3f}" in row and f"[{low:.3f}, {high:.3f}]" in row
        assert f"{leaderboard(found, corpus)[0].headline['value']:.3f}" in row  # chance


def test_what_test_figures_named_has_the_mark_of_it(found):
    rows = rows_of(choice_section(found, {}))
    assert "▲" in rows["speech of another corpus"]
    assert "▲" not in rows["new speakers of emodb (SYNTHETIC)"]


def test_the_least_memory_is_that_of_a_model_and_not_of_a_baseline(found):
    sizes = {"statistics": 10, "cnn": 3000, "cnn_lstm": 2000}
    costs = {"statistics": 1.0, "cnn": 20.0, "cnn_lstm": 30.0}
    row = {"num_trials": 1, "num_networks": 1, "search_s": None, "machine": None, "of": ""}
    known = [row | {"corpus": "emodb", "model": name, "training_s": one} for name, one in costs.items()]
    sized = found.search.with_columns(
        num_parameters=pl.col("model").replace_strict(sizes, return_dtype=pl.Int64),
    )
    rows = rows_of(choice_section(replace(found, search=sized, costs=COSTS.frame(known)), {}))
    assert ">cnn_lstm<" in rows["least memory"] and "2,000 weights" in rows["least memory"]
    assert ">cnn<" in rows["shortest training"] and "20 of 51 s" in rows["shortest training"]


def test_pictures_are_of_every_corpus_and_of_train_by_test_with_chance_and_say_synthetic(found):
    figures = {}
    section = choice_section(found, figures)
    assert set(figures) == {"uar-emodb", "uar-iemocap", "matrix"}
    assert all("SYNTHETIC" in svg for svg in figures.values())  # `dvc plots` shows them alone
    assert "chance 0.25" in figures["matrix"]
    assert str(section.blocks[1]).count("<figcaption>") == 3


def test_a_doubt_stands_on_and_below_each_picture(found):
    seen = {"exploration": pl.when(pl.col("model") == "cnn").then(pl.lit("post-exploration: all of its speakers"))}
    marked = replace(found, scores=found.scores.with_columns(**seen))
    figures = {}
    pictures = str(choice_section(marked, figures).blocks[1]).split("<figure>")[1:]
    assert "cnn †" in figures["uar-emodb"]
    assert len(pictures) == 3 and all("† post-exploration:" in one.split("<figcaption>")[1] for one in pictures)
    assert all("post-exploration" not in one for one in str(choice_section(found, {}).blocks[1]).split("<figure>"))


def test_the_page_is_made_without_any_output_of_the_pipeline(found, tmp_path):
    text = page.write(replace(found, manifests={}), tmp_path).read_text()
    assert "where the manifest of emodb, iemocap is not at hand" in text
    assert "535 (official)" in text
    seen = Exploration(speakers="all", alternatives=2, until="2026-10", choices="c")
    study = found.study.model_copy(update={"exploration": {"emodb": seen}})
    assert (
        "all of its speakers were seen" in page.write(replace(found, manifests={}, study=study), tmp_path).read_text()
    )


def test_of_unknown_speakers_nothing_is_said_about_new_ones(found, tmp_path):
    def unknown(*corpora):
        where = pl.col("target").is_in(corpora)
        protocol = pl.when(where).then(pl.lit("random_recordings")).otherwise(pl.col("protocol"))
        return replace(found, predictions=found.predictions.with_columns(protocol=protocol))

    rows = rows_of(choice_section(unknown("emodb"), {}))
    assert "other recordings of emodb (SYNTHETIC)" in rows and "new speakers of iemocap (SYNTHETIC)" in rows
    text = page.write(unknown("emodb"), tmp_path).read_text()
    assert "nobody knows who speaks: emodb" in text and "tested on speakers they were not trained on" in text
    none = page.write(unknown(*found.study.corpora), tmp_path).read_text()
    assert "tested on recordings they were not trained on" in none and "speakers they were not" not in none


def test_no_table_is_empty_where_nobody_knows_the_sex_of_a_speaker(found, tmp_path):
    assert "UAR by sex of the speaker" in page.write(found, tmp_path).read_text()
    unknown = replace(found, scores=found.scores.filter(~pl.col("group").str.starts_with("sex=")))
    assert "UAR by sex of the speaker" not in page.write(unknown, tmp_path).read_text()
