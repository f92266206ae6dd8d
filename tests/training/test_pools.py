"""Models of several corpora, pooled: each corpus is tested by what never saw it."""

from pathlib import PurePosixPath
from types import SimpleNamespace

import polars as pl
import pytest
from conftest import TOP
from fixtures.trainings import train

from zoo.audit.sameness import Utterance
from zoo.errors import ZooError
from zoo.evaluation.scores import score
from zoo.folds import pool
from zoo.inputs.pooled import PooledStore
from zoo.inputs.store import Store
from zoo.releases.card import read
from zoo.releases.figures import read_tables, scores_of
from zoo.releases.readme import card_in_words
from zoo.releases.terms import data_of
from zoo.scoring.cross_corpus import predict_cross_corpus
from zoo.scoring.training_data import overlap_of
from zoo.study import params
from zoo.tables import differences, scores
from zoo.tables.predictions import PREDICTIONS
from zoo.training import source
from zoo.training.data import load
from zoo.tuning.run import run_trials
from zoo.tuning.search import search

POOL = {
    "corpora": ["emodb", "nemo"],
    "pools": {"both": ["emodb", "nemo"]},
    "folds": {"nemo": "leave_one_speaker_out"},
    "labels": {"nemo": "native"},
    "cross_scheme": "ekman6",
}


@pytest.fixture
def pooled(tiny_study):
    return lambda **more: tiny_study(models=["statistics"], **POOL | more)


def _predicted(study, corpora=("both",)):
    search(study, run_trials)
    train(study, corpora=corpora)
    return PREDICTIONS.read(study.derived / "trained/statistics/both/predictions.parquet")


def test_a_fold_tests_one_corpus_and_trains_on_the_others(pooled):
    study = pooled()
    folds = source.read(study, "both").folds
    corpus = pl.col("utterance_id").str.split("/").list.first()
    for fold, tested in enumerate(("emodb", "nemo")):
        own = folds.filter(fold=fold).with_columns(corpus.alias("of"))
        assert set(own.filter(split="test")["of"]) == {tested}
        assert set(own.filter(of=tested)["split"]) == {"test"}
        dev, learnt = (set(own.filter(split=split)["speaker_id"]) for split in ("dev", "train"))
        assert dev and learnt and not dev & learnt
    assert set(folds["protocol"]) == {"leave_one_corpus_out"} and set(folds["scheme"]) == {"ekman6"}


def test_the_store_of_a_pool_is_that_of_its_corpora(pooled):
    study = pooled()
    data = load(study, "both", "statistics")
    assert isinstance(data.store, PooledStore)
    for name in ("emodb", "nemo"):
        store = Store(study.derived / "features" / name / "log_mel")
        known = next(one for one in data.everything()["utterance_id"] if one.startswith(f"{name}/"))
        own = known.removeprefix(f"{name}/")
        assert (data.store.frames(known, 1, 3) == store.frames(own, 1, 3)).all()
        assert data.store.num_frames(known) == store.num_frames(own)
        function, arguments = data.store.__reduce__()
        assert function(*arguments).fingerprint == data.store.fingerprint != store.fingerprint


def test_labels_of_a_corpus_have_no_part_in_what_is_said_of_it(pooled):
    before = _predicted(pooled())
    study = pooled(name="poisoned")
    paths = {name: study.derived / name / "emodb.parquet" for name in ("manifest", "folds")}
    before_that = source.read(study, "emodb")
    words = {"anger": "fear", "fear": "neutral", "neutral": "anger"}
    source.MANIFEST.write(
        before_that.manifest.with_columns(pl.col("native_label").replace(words)), paths["manifest"], {}
    )
    folds = before_that.folds.with_columns(pl.col("label").replace(words))
    source.FOLDS.write(folds, paths["folds"], {"manifest": paths["manifest"]})
    pool.write(study)
    after = _predicted(study)
    left_out = pl.col("speaker_id").str.starts_with("emodb/")
    answers = ["utterance_id", "logits"]
    assert after.filter(left_out).select(answers).equals(before.filter(left_out).select(answers))
    assert not after.filter(~left_out).select(answers).equals(before.filter(~left_out).select(answers))


def test_figures_and_cards_are_of_each_corpus_left_out(pooled):
    study = pooled(exploration={"emodb": {"speakers": "all", "alternatives": 3, "until": "2026-01", "choices": "all"}})
    predicted = _predicted(study, study.sources)
    predict_cross_corpus(study)
    # the release has seen every corpus of the study
    assert set(PREDICTIONS.read(study.derived / "cross.parquet")["source"]) == {"emodb", "nemo"}
    found = score(predicted, study.study, 0.95, study.exploration)
    scores.write_csv(found, study.reports / "scores.csv")
    differences.write_csv(differences.DIFFERENCES.frame([]), study.reports / "differences.csv")
    for corpus in ("emodb", "nemo"):
        [row] = found.filter(group=f"corpus={corpus}", metric="uar").to_dicts()
        own = predicted.filter(pl.col("speaker_id").str.starts_with(f"{corpus}/"))
        recalls = own.group_by("label").agg((pl.col("predicted") == pl.col("label")).mean().alias("recall"))
        assert row["value"] == pytest.approx(recalls["recall"].mean(), abs=1e-6)
        assert (row["exploration"] is not None) == (corpus == "emodb")
    card = scores_of(read_tables(study.reports), "statistics", "both")
    assert {one.target for one in card.within} == {"both"}
    assert {(one.target, one.protocol) for one in card.cross} == {
        ("emodb", "leave_one_corpus_out"),
        ("nemo", "leave_one_corpus_out"),
    }


def test_the_shipped_card_of_a_pool_says_which_figures_are_of_models_that_left_the_corpus_out():
    [path] = (TOP / "models/whisper_base/pooled").glob("*/card.json")
    card = read(path)
    told = card_in_words(card)
    assert "Each corpus, by models trained in the same way on the others:" in told
    assert "The released weights on other corpora" not in told
    assert {"emodb: anger", "ravdess: angry", "nemo: anger"} <= set(card.labels.words)
    assert not card.data.commercial_use
    for corpus, speaker, heard in (("emodb", "03", True), ("emodb", "24", False), (None, "24", True)):
        data = SimpleNamespace(corpus=corpus, origin="recorded", rows=[])
        asked = [Utterance(PurePosixPath("a.wav"), speaker, "", b"")]
        assert overlap_of(card, data, asked, None).speakers == ((speaker,) if heard else ())


@pytest.mark.parametrize(
    ("names", "licence", "commercial"),
    [
        (["emodb"], "CC-BY-4.0", True),
        (["emodb", "ravdess", "nemo"], "CC-BY-NC-SA-4.0", False),
        (["ravdess", "tess"], "CC-BY-NC-SA-4.0 and CC-BY-NC-ND-4.0", False),
    ],
)
def test_a_pool_has_the_strictest_terms(names, licence, commercial):
    data = data_of(names)
    assert (data.licence, data.commercial_use) == (licence, commercial)


@pytest.mark.parametrize(
    ("pools", "message"),
    [
        ("{p: [emodb, emodbb]}", "pools.p names emodbb, which is not in corpora"),
        ("{emodb: [emodb, ravdess]}", "pools.emodb is the name of a corpus"),
        ("{p: [emodb, emodb]}", "pools.p lists emodb twice"),
        ("{p: [emodb]}", "pools.p"),
    ],
)
def test_pools_that_cannot_be_are_mistakes(pools, message, embedded, tmp_path):
    path = tmp_path / "params.yaml"
    path.write_text(embedded.replace("pools: {}", f"pools: {pools}"))
    with pytest.raises(ZooError, match=message):
        params.load(path)


@pytest.fixture
def embedded():
    return (TOP / "studies/embedded.yaml").read_text()
