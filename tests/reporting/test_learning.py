"""The search on the page: numbers as people write them, and learning curves, also of trainings that diverged."""

from dataclasses import replace

import polars as pl

from zoo.reporting.search import readable, search_section


def test_configurations_are_words_and_numbers():
    config = '{"augmentation": null, "hyperparameters": {"dropout": 0.1, "width": 16}, "learning_rate": 0.001714}'
    assert readable(config) == "dropout 0.1, width 16, learning rate 0.00171"


def test_there_is_a_curve_for_every_model_and_corpus_that_has_epochs(found):
    figures = {}
    search_section(found, figures)
    assert set(figures) == {
        f"learning-{corpus}-{name}" for corpus in found.study.corpora for name in found.study.models
    }
    assert all("SYNTHETIC" in svg and "dev UAR" in svg for svg in figures.values())
    at_once = found.curves.with_columns(dev_scores=pl.col("dev_scores").list.head(1))
    figures.clear()
    search_section(replace(found, curves=at_once), figures)
    assert not figures  # one epoch is no curve


def test_a_training_that_diverged_has_a_curve_up_to_where_it_did(found):
    broken = found.curves.with_columns(dev_scores=pl.lit([0.4, float("nan")], dtype=found.curves.schema["dev_scores"]))
    figures = {}
    section = search_section(replace(found, curves=broken), figures)
    assert figures and "nan" not in "".join(section.blocks)
