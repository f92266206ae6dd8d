"""The section `cross`: which cells there are, and what corpora that are trained on together are called."""

from pathlib import Path

import pytest
import yaml

from zoo.study.params import parse

EMBEDDED = yaml.safe_load((Path(__file__).parents[2] / "studies/embedded.yaml").read_text(encoding="utf-8"))


def study_of(cells, corpora=("emodb", "ravdess", "nemo"), pools=None):
    """The embedded study with other corpora, cells and pools, and its mistakes."""
    values = {**EMBEDDED, "corpora": list(corpora), "pools": pools or {}}
    values["labels"] = dict.fromkeys(corpora, "native")
    values["folds"] = dict.fromkeys(corpora, "leave_speakers_out")
    values["cross"] = {"cells": cells, "methods": {}, "draws": 2, "stress": False}
    study, mistakes = parse(yaml.safe_dump(values), Path("params.yaml"))
    return study, [f"{one.message} | {one.hint}" for one in mistakes]


def test_each_is_every_corpus_and_pool_on_every_other_corpus():
    study, mistakes = study_of(["each"], pools={"both": ["emodb", "nemo"]})
    assert not mistakes
    assert study.cells == [
        ("emodb", "ravdess"),
        ("emodb", "nemo"),
        ("ravdess", "emodb"),
        ("ravdess", "nemo"),
        ("nemo", "emodb"),
        ("nemo", "ravdess"),
        ("both", "ravdess"),
    ]


def test_leave_one_corpus_out_tests_each_by_models_of_all_others_together():
    study, mistakes = study_of(["leave_one_corpus_out"])
    assert not mistakes
    assert study.cells == [("nemo_ravdess", "emodb"), ("emodb_nemo", "ravdess"), ("emodb_ravdess", "nemo")]
    assert study.sources == ["emodb", "ravdess", "nemo", "nemo_ravdess", "emodb_nemo", "emodb_ravdess"]
    assert study.protocol("emodb_nemo") == "fixed" and study.scheme("emodb_nemo") == study.cross_scheme


def test_a_cell_is_the_same_however_it_is_written_and_has_the_name_of_a_pool_of_its_corpora():
    train = [{"train": ["nemo", "emodb"], "test": "ravdess"}, {"train": ["emodb", "nemo"], "test": "ravdess"}]
    study, mistakes = study_of([*train, {"train": "emodb", "test": "nemo"}, {"train": ["emodb"], "test": "nemo"}])
    assert not mistakes and study.cells == [("emodb_nemo", "ravdess"), ("emodb", "nemo")]
    study, _ = study_of(train, pools={"both": ["nemo", "emodb"]})
    assert study.cells == [("both", "ravdess")] and study.members("both") == ["nemo", "emodb"]


@pytest.mark.parametrize(
    ("corpora", "cells", "pools", "message"),
    [
        (("a", "b", "a_b"), [{"train": ["a", "b"], "test": "a_b"}], {}, "a, b together are named a_b, as a corpus is"),
        (
            ("a", "b", "c"),
            [{"train": ["a", "b"], "test": "c"}],
            {"a_b": ["a", "c"]},
            "a, b together are named a_b, as are a, c",
        ),
        (
            ("a", "a_b", "b_c", "c", "d"),
            [{"train": ["a_b", "c"], "test": "d"}, {"train": ["a", "b_c"], "test": "d"}],
            {},
            "a, b_c together are named a_b_c, as are a_b, c",
        ),
        (("a" * 60, "b" * 60, "c"), [{"train": ["a" * 60, "b" * 60], "test": "c"}], {}, "more than 100 letters"),
        (("a", "b"), ["leave_one_corpus_out"], {}, "needs three corpora, and there are 2"),
        (("a", "b"), [{"train": ["a", "a"], "test": "b"}], {}, "lists a twice"),
    ],
)
def test_names_of_corpora_together_are_of_nothing_else(corpora, cells, pools, message):
    _, mistakes = study_of(cells, corpora, pools)
    [found] = [one for one in mistakes if message in one]
    assert found.startswith("params.yaml: cross.cells")
    # the remedy that is named helps
    if "declare a pool" in found:
        members = cells[-1]["train"]
        assert not [one for one in study_of(cells, corpora, {"another": members})[1] if message in one]


def test_what_is_no_cell_is_rejected_in_one_message():
    _, mistakes = study_of(["every"])
    assert len(mistakes) == 1 and "write each, leave_one_corpus_out, or such as {train:" in mistakes[0]


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ({"train": [], "test": "nemo"}, "cross.cells.0.train = []"),
        ({"train": "emodb"}, "'cross.cells.0.test' is missing"),
        ({"train": "emodb", "tests": "nemo"}, "unknown parameter 'cross.cells.0.tests' | did you mean test?"),
    ],
)
def test_a_mistake_in_a_cell_is_named_once_where_it_is(cell, message):
    _, mistakes = study_of([cell])
    assert len(mistakes) == 1 and message in mistakes[0]
