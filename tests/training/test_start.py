"""Networks that start from another model's weights: which ones, what that fixes, and what must not be known before."""

from dataclasses import replace

import pytest
import torch
from conftest import CLASSES
from fixtures.trainings import in_place, release, train

from zoo import architectures, inputs, tasks
from zoo.errors import ZooError
from zoo.hashes import sha256_of
from zoo.releases.readme import _started
from zoo.runtime.release import StartOf
from zoo.scoring.cross_corpus import predict_cross_corpus
from zoo.tables.predictions import PREDICTIONS
from zoo.training import corpus as corpora
from zoo.training import start
from zoo.training.data import load
from zoo.training.first import folder_of, released
from zoo.training.job import Job
from zoo.training.loop import fit
from zoo.training.resume import key_of
from zoo.tuning.search import search

LABELS = {"nemo": "native", "emodb": "native"}
NEMO = {"corpora": ["nemo"], "folds": {"nemo": "leave_one_speaker_out"}, "labels": LABELS}
BOTH = NEMO | {"corpora": ["emodb", "nemo"], "cross_scheme": "ekman6"}
FAST = {"refit": False, "max_epochs": 2}
RELEASE = "statistics@emodb:1.0.0"


def first_on(corpus, **more):
    return {"statistics": {}, "second": {"architecture": "statistics", "start": first(corpus)}} | more


def first(corpus):
    return {"model": "statistics", "corpus": corpus, "epochs": 2}


@pytest.fixture(scope="module")
def trained_first(tmp_path_factory):
    """A trained model of emodb, and its folder."""
    from conftest import write_study

    top = tmp_path_factory.mktemp("first")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(top)
        study = write_study(top, models=["statistics"], train=FAST, tune={"num_trials": 1})
        search(study, run=in_place)
        train(study)
        return release(study), top / study.derived / "trained/statistics/emodb"


@pytest.fixture
def started(tiny_study, trained_first):
    """started(**changes): a study of nemo whose model starts from the release, and the samples that this knows."""

    def make(name="study", knows=("elsewhere",), **changes):
        models = {"second": {"architecture": "statistics", "start": {"release": RELEASE}}}
        study = tiny_study(name, **{"models": models, "train": FAST, **NEMO} | changes)
        made, folder = trained_first
        # the tiny store states no steps, which those of real studies do
        heard = inputs.of_study(study.inputs, "log_mel").facts
        made = made.model_copy(update={"input": made.input.model_copy(update={"facts": dict(heard)})})
        facts = StartOf.stated(
            made.name,
            ["emodb"],
            ["s0"],
            knows,
            None,
            None,
            version="1.0.0",
            identity="ab" * 32,
            weights_sha256=sha256_of(folder / start.WEIGHTS),
        )
        place = folder_of(study, "second")
        place.mkdir(parents=True)
        (place / start.WEIGHTS).write_bytes((folder / start.WEIGHTS).read_bytes())
        start.write(place, facts, made)
        return study

    return make


def jobs_of(study, corpus, model="second", config=None):
    """The jobs of its folds, with weights, all with the same configuration."""
    config = config or {"learning_rate": 3e-3, "weight_decay": 1e-2, "augmentation": 0.3, "hyperparameters": {}}
    member = {"config_id": 0, "config": config}
    folds = load(study, corpus, model).fold_numbers
    chosen = {
        "groups": [{"folds": folds, "members": [member]}],
        "release": {"members": [member], "mean_dev_score": 0.5},
    }
    (study.derived / "tuned").mkdir(exist_ok=True)
    return [replace(one, with_weights=True) for [one] in corpora.prepare(study, corpus, model, chosen).folds]


def test_a_network_starts_from_the_release_and_keeps_its_standardisation(started):
    study = started()
    known = released(study, "second").weights()
    [job, *_] = jobs_of(study, "nemo")
    network, _ = fit(replace(job.recipe, max_epochs=0), job.train, None, weights=known)
    assert all(torch.equal(value, known.tensors[name]) for name, value in network.state_dict().items())
    network, _ = fit(job.recipe, job.train, job.dev, weights=known)
    assert torch.equal(network.mean, known.tensors["mean"]) and torch.equal(network.std, known.tensors["std"])
    assert not torch.equal(network.head.weight, known.tensors["head.weight"])


def test_the_head_is_new_where_the_classes_differ(started):
    study = started()
    known = released(study, "second").weights()
    task = tasks.build({}, "categorical", ("anger", "fear", "sadness"))
    torch.manual_seed(1)
    network = architectures.build("statistics", {}, 6, 3)
    before = network.head.weight.clone()
    start.begin(network, known, task.readings)
    assert torch.equal(network.head.weight, before) and torch.equal(network.mean, known.tensors["mean"])
    start.begin(network, known, tasks.build({}, "categorical", CLASSES).readings)
    assert torch.equal(network.head.weight, known.tensors["head.weight"])
    with pytest.raises(ZooError, match="not those of such a network"):
        start.begin(architectures.build("cnn", {}, 6, 3), known, task.readings)


def test_a_search_varies_what_the_start_does_not_fix_and_the_card_names_it(started):
    study = started(tune={"num_trials": 3})
    made = release_of(study)
    assert made.networks[0].hyperparameters == released(study, "second").release.networks[0].hyperparameters
    assert (made.start.name, made.start.version, made.start.identity) == ("statistics@emodb", "1.0.0", "ab" * 32)
    assert made.start.corpora == ["emodb"] and made.start.speakers == ["emodb/s0"]
    [line] = _started(made)
    assert RELEASE in line and "ab" * 32 in line and "trained on emodb" in line


def release_of(study, corpus="nemo", model="second"):
    from zoo.runtime import release as releases

    search(study, run=in_place)
    train(study, model)
    return releases.read(study.derived / "trained" / model / corpus / "release.json")


def test_a_release_that_knows_an_utterance_or_the_corpus_is_refused_before_anything_is_trained(started, trained):
    with pytest.raises(ZooError, match=r"trained on 1 utterance\(s\) of nemo, such as s2fear1 of the speaker s2"):
        search(started(knows=["s2fear1 of nemo"]), run=in_place)
    with pytest.raises(ZooError, match="trained on emodb, which second is tested on"):
        search(started("other", **BOTH), run=in_place)
    assert not trained


def test_weights_that_were_not_brought_are_an_error(started):
    study = started()
    path = folder_of(study, "second") / start.WEIGHTS
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    with pytest.raises(ZooError, match="missing or damaged"):
        released(study, "second").weights()
    path.with_name(start.FACTS).unlink()
    with pytest.raises(ZooError, match=r"start\.json is missing"):
        load(study, "nemo", "second")


def test_another_release_makes_another_training_and_none_is_as_before(started):
    [job, *_] = jobs_of(started(), "nemo")
    other = replace(job.start, facts=job.start.facts.model_copy(update={"weights_sha256": "0" * 64}))
    assert len({key_of(one) for one in (job, replace(job, start=other), replace(job, start=None))}) == 3


def test_a_release_without_a_start_does_not_mention_one(trained_first):
    assert '"start"' not in trained_first[0].model_dump_json()


def test_of_another_corpus_everybody_is_heard_first_and_once(tiny_study, trained):
    study = tiny_study(models=first_on("emodb"), train=FAST, tune={"num_trials": 2}, **BOTH)
    jobs = jobs_of(study, "nemo")
    assert {len(job.start.train.utterance_ids) for job in jobs} == {54} and len(
        {key_of(one.start) for one in jobs}
    ) == 1
    made = release_of(study)
    assert (made.start.name, made.start.version, made.start.epochs) == ("statistics@emodb", None, 2)
    assert len(made.start.speakers) == 6 and "model of the same study" in _started(made)[0]
    assert {"features", "start features", "start manifest"} <= set(made.sources)
    from_emodb = [name for name in trained if name == "statistics@emodb, from which second@nemo starts"]
    assert len(from_emodb) == 2  # for the search and for the trainings, which keep results apart


def test_a_model_is_not_asked_about_a_corpus_that_it_heard_first(tiny_study):
    study = tiny_study(models=first_on("emodb"), train=FAST, tune={"num_trials": 1}, **BOTH)
    search(study, run=in_place)
    for model in study.models:
        train(study, model)
    predict_cross_corpus(study)
    asked = PREDICTIONS.read(study.derived / "cross.parquet").select("model", "source", "target").unique()
    assert sorted(asked.rows()) == [("second", "emodb", "nemo"), *(("statistics", *way) for way in WAYS)]


WAYS = (("emodb", "nemo"), ("nemo", "emodb"))


@pytest.mark.parametrize("corpus", ["emodb", "both"])
def test_of_the_same_corpus_only_what_the_training_hears_is_heard_first(tiny_study, corpus):
    pools = {} if corpus == "emodb" else {"both": ["emodb", "nemo"]}
    study = tiny_study(models=first_on(corpus), pools=pools, **BOTH)
    for job in jobs_of(study, "emodb"):
        own = {name.removeprefix("emodb/") for name in job.start.train.utterance_ids if not name.startswith("nemo/")}
        both = job.start_of_both.train.utterance_ids
        assert own == set(job.train.utterance_ids)
        assert {name.removeprefix("emodb/") for name in both} >= own | set(job.dev.utterance_ids)
        assert not {f"emodb/{name}" for name in job.test.utterance_ids} & {*both, *(f"emodb/{name}" for name in both)}
        assert job.start.dev is None and job.start.test is None
        assert any(name.startswith("nemo/") for name in both) == bool(pools)


def test_a_chain_withholds_test_speakers_all_the_way(tiny_study):
    third = {"architecture": "statistics", "start": {"model": "second", "corpus": "nemo"}}
    study = tiny_study(models=first_on("emodb", third=third), **BOTH)
    for job in jobs_of(study, "emodb", "third"):
        assert isinstance(job.start.start, Job)
        assert job.start.start.train.utterance_ids == job.train.utterance_ids
