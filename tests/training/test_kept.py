"""Trainings that are finished are taken up by the next run; what determines them decides which."""

import pytest
from fixtures.searches import Runs
from fixtures.trainings import damage, outputs, train, trainings, under_another_name

from zoo.tables.predictions import PREDICTIONS
from zoo.training import job as jobs
from zoo.tuning.search import search
from zoo.tuning.selection import read_selection

FOLDS_AND_RELEASE = 6 + 1


def test_trainings_whose_key_is_unchanged_are_kept(searched, trained):
    study = searched(train={"seeds": [1, 2]})
    trained.clear()  # of the search
    train(study)
    assert len(trained) == 2 * 6 + 1
    first, kept = outputs(study), {path: path.read_bytes() for path in trainings(study)}
    trained.clear()
    train(study)
    assert trained == []
    assert outputs(study) == first
    assert {path: path.read_bytes() for path in trainings(study)} == kept


def test_a_seed_more_trains_its_own_networks_only(searched, trained):
    study = searched()
    train(study)
    trained.clear()
    more = study.model_copy(update={"train": study.train.model_copy(update={"seeds": [1, 2]})})
    train(more)
    own = [f"emodb, fold {fold}, seed 2" for fold in range(6)]
    assert [name for name in trained if "release" not in name] == own


@pytest.mark.parametrize("workers", [1, 2])
def test_one_corpus_changed_retrains_that_corpus_only(searched, rewrite_corpus, trained, workers):
    study = searched(corpora=["emodb", "ravdess"], execute={"workers": workers})
    train(study)
    former = {corpus: outputs(study, corpus=corpus) for corpus in study.corpora}
    kept = set(trainings(study))
    selection = read_selection(study, "emodb", "statistics")
    rewrite_corpus(study, "ravdess", difference=0.9)
    search(study, Runs({(0, 1): (0.6, 1.0)}))
    assert read_selection(study, "emodb", "statistics") == selection
    trained.clear()
    train(study)
    assert outputs(study, corpus="emodb") == former["emodb"]
    assert outputs(study, corpus="ravdess")["predictions.parquet"] != former["ravdess"]["predictions.parquet"]
    assert len(set(trainings(study)) - kept) == FOLDS_AND_RELEASE
    if workers == 1:
        assert len(trained) == FOLDS_AND_RELEASE
        assert {name.partition(",")[0] for name in trained} == {"ravdess"}


def test_a_study_under_another_name_takes_up_every_training(searched, monkeypatch):
    study = searched(corpora=["emodb", "ravdess"])
    train(study)
    other = under_another_name(study)
    monkeypatch.setattr(jobs, "run", None)
    monkeypatch.setattr(jobs, "fit", None)
    train(other)
    for corpus in study.corpora:
        assert outputs(other, corpus=corpus) == outputs(study, corpus=corpus)


def test_corpora_of_the_same_content_share_their_trainings(searched, rewrite_corpus, monkeypatch):
    """What a corpus is called decides nothing."""
    study = searched()
    train(study)
    renamed = study.model_copy(update={"corpora": ["ravdess"]})
    rewrite_corpus(renamed, "ravdess")
    monkeypatch.setattr(jobs, "run", None)
    search(renamed, Runs({(0, 1): (0.6, 1.0)}))
    train(renamed)
    first, second = (
        PREDICTIONS.read(study.derived / f"trained/statistics/{name}/predictions.parquet")
        for name in ("emodb", "ravdess")
    )
    assert first["probabilities"].to_list() == second["probabilities"].to_list()
    assert set(second["source"]) == {"ravdess"}


@pytest.mark.parametrize(("workers", "kind"), [(1, "edited"), (1, "cut off"), (1, "empty"), (2, "edited")])
def test_a_kept_training_that_was_changed_is_computed_again(searched, trained, kind, workers, capfd):
    study = searched(execute={"workers": workers})
    train(study)
    first, kept = outputs(study), trainings(study)
    for path in kept[:2]:
        damage(path, kind)
    trained.clear()
    capfd.readouterr()
    train(study)
    assert outputs(study) == first
    warnings = capfd.readouterr().err
    for path in kept[:2]:
        assert f"{path} was changed or truncated since it was written; computing it again" in warnings
    assert warnings.count("computing it again") == 2
    assert trainings(study) == kept
    if workers == 1:
        assert len(trained) == 2
