"""`zoo study check` of models that start from another one's weights."""

import pytest
from fixtures.studies import changed


def starting(**start):
    return {"architecture": "cnn", "input": "log_mel", "start": start}


@pytest.fixture
def study(studies, monkeypatch):
    """The current study, with an empty cache and no catalogues but the shipped one."""
    monkeypatch.setenv("ZOO_CACHE", str(studies / "cache"))
    monkeypatch.delenv("ZOO_CATALOGUES", raising=False)


def said(models, **more):
    """What is said of the embedded study, without RAVDESS, with two models of its own and these."""

    def change(values):
        for section in ("labels", "folds"):
            del values[section]["ravdess"]
        values["corpora"] = ["emodb", "iemocap"]
        values["cross"]["cells"] = ["each"]
        values["models"] = {"statistics": {"input": "log_mel"}, "cnn": {"input": "log_mel"}} | models
        values |= more

    return changed(change)


def test_what_can_start_is_fine(study):
    chain = {
        "second": starting(model="cnn", corpus="emodb"),
        "third": starting(model="second", corpus="iemocap", epochs=3),
        "tuned": starting(release="cnn@ravdess:2.0.1"),
        "on_it": starting(model="tuned", corpus="emodb"),
    }
    found = said(chain)
    assert found.exit_code == 0, found.stderr


NOT_STATED = [
    ({"release": "cnn@ravdess"}, "name a release with its version"),
    ({"release": "cnn@ravdess:candidate"}, "name a release with its version"),
    ({"release": "cnn@ravdess:2.0.1", "epochs": 3}, "either `release`, or `model` and `corpus`"),
    ({"model": "cnn"}, "either `release`, or `model` and `corpus`"),
]
UNFIT = [
    ({"release": "cnn@ravdes:2.0.1"}, "unknown model 'cnn@ravdes'"),
    ({"release": "cnn@ravdess:2.0.9"}, "there is no cnn@ravdess:2.0.9"),
    ({"release": "statistics@ravdess:2.0.1"}, "statistics@ravdess is of the architecture statistics, and"),
    ({"release": "cnn_mean@ravdess:2.0.1"}, "3 networks, whose answers are averaged"),
    ({"release": "cnn@emodb:2.0.1"}, "cnn@emodb:2.0.1 was trained on emodb, which"),
    ({"model": "cn", "corpus": "emodb"}, "models has no 'cn'"),
    ({"model": "cnn", "corpus": "emodbb"}, "'emodbb' is no corpus or pool of this study"),
    ({"model": "statistics", "corpus": "emodb"}, "statistics is of the architecture statistics, and"),
    ({"model": "m8", "corpus": "emodb"}, "m8 starts from m8"),
    ({"model": "m10", "corpus": "emodb"}, "m9 starts from m10 starts from m9"),
    ({"model": "m9", "corpus": "emodb"}, "m10 starts from m9 starts from m10"),
]


@pytest.mark.parametrize("starts", [NOT_STATED, UNFIT])
def test_a_start_that_cannot_be_is_named_once(study, starts):
    found = said({f"m{number}": starting(**start) for number, (start, _) in enumerate(starts)})
    assert found.exit_code != 0
    lines = [line for line in found.stderr.splitlines() if "error:" in line]
    wholes = found.stderr.split("error:")[1:]
    assert len(lines) == len(starts), found.stderr
    for number, (_, message) in enumerate(starts):
        [own] = [whole for whole in wholes if f"models.m{number}.start" in whole.splitlines()[0]]
        assert message in own


def test_what_is_fixed_or_heard_otherwise_is_named(study):
    fixed = starting(release="cnn@ravdess:2.0.1") | {"fixed": {"width": 16, "dropout": 0.1}}
    heard = starting(release="cnn@ravdess:2.0.1") | {"input": "plain"}
    inputs = {"log_mel": {}, "plain": {"input_type": "log_mel", "steps": {}}}
    found = said({"fixed": fixed, "heard": heard}, inputs=inputs)
    assert "models.fixed.start: it has width = 24, but fixed has 16" in found.stderr
    assert "cnn@ravdess has another input than inputs.plain: steps" in found.stderr
    assert found.stderr.count("error:") == 2


def test_what_is_fitted_at_once_cannot_start(study):
    pytest.importorskip("opensmile")
    ridge = {"architecture": "ridge", "input": "egemaps"}
    second = ridge | {"start": {"model": "ridge", "corpus": "emodb"}}
    found = said({"ridge": ridge, "second": second}, inputs={"log_mel": {}, "egemaps": {}})
    assert "models.second.start: ridge is fitted at once, so it starts from nothing" in found.stderr


def test_a_pool_that_is_tested_on_the_first_corpus_leaves_nothing_to_train_on(study):
    models = {"second": starting(model="cnn", corpus="emodb"), "third": starting(model="cnn", corpus="both")}
    found = said(models, pools={"both": ["emodb", "iemocap"]})
    assert "models.second.start: the pool both is tested on emodb too" in found.stderr
    assert "state corpus: both" in found.stderr and "models.third" not in found.stderr
