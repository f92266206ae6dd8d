"""The same search for every model, done once, on dev speakers, and stopped at once where it cannot run."""

import json

import pytest
from fixtures.searches import Runs, selection
from fixtures.trainings import under_another_name

from zoo import architectures
from zoo.errors import WRONG_USAGE, ZooError
from zoo.execute import executor
from zoo.execute.cluster import check_request
from zoo.study.execute import Execute
from zoo.study.model import Model
from zoo.tables.trials import TRIALS
from zoo.training import job as jobs
from zoo.training.data import load
from zoo.tuning.configurations import AUGMENTATION_STRENGTHS, LEARNING_RATE, WEIGHT_DECAY, configurations
from zoo.tuning.run import run_trials
from zoo.tuning.search import search
from zoo.tuning.selection import read_selection

STEP_BY_STEP = [name for name in architectures.names() if architectures.get(name).solve is None]


def model(architecture, **more):
    return Model(architecture=architecture, input="log_mel", **more)


@pytest.mark.parametrize("name", STEP_BY_STEP)
def test_every_architecture_tries_as_many_configurations_of_its_own_space(name):
    tried = configurations(model(name), 12, seed=1)
    space = architectures.get(name).search_space
    assert len(tried) == 12
    for config in tried:
        assert LEARNING_RATE[0] <= config["learning_rate"] <= LEARNING_RATE[1]
        assert WEIGHT_DECAY[0] <= config["weight_decay"] <= WEIGHT_DECAY[1]
        assert config["augmentation"] in AUGMENTATION_STRENGTHS
        assert config["hyperparameters"].keys() == space.keys()
        assert all(value in space[key] for key, value in config["hyperparameters"].items())
        architectures.get(name).settings(config["hyperparameters"])
        assert json.loads(json.dumps(config)) == config
    defaults = architectures.get(name).hyperparameters()
    assert all(getattr(defaults, key) == value for key, value in tried[0]["hyperparameters"].items())


@pytest.mark.parametrize("name", STEP_BY_STEP)
def test_a_longer_search_begins_like_a_shorter_one(name):
    assert configurations(model(name), 3, seed=1) == configurations(model(name), 9, seed=1)[:3]
    assert configurations(model(name), 9, seed=1)[1:] != configurations(model(name), 9, seed=2)[1:]


def test_what_a_model_fixes_is_the_same_in_every_configuration():
    fixed = configurations(model("cnn", fixed={"width": 17}), 8, seed=1)
    assert {config["hyperparameters"]["width"] for config in fixed} == {17}
    others = configurations(model("cnn"), 8, seed=1)
    for one, other in zip(fixed, others, strict=True):
        assert other["hyperparameters"]["width"] != 17
        assert one == other | {"hyperparameters": other["hyperparameters"] | {"width": 17}}


def test_a_fixed_hyperparameter_that_does_not_exist_is_named_with_the_closest_one():
    with pytest.raises(ZooError, match="unknown hyperparameter of cnn 'widht'") as caught:
        configurations(model("cnn", fixed={"widht": 96}), 2, seed=1)
    assert "width" in caught.value.hint


def test_all_but_the_hyperparameters_are_the_same_for_every_architecture():
    shared = ("learning_rate", "weight_decay", "augmentation")
    lists = [
        [tuple(config[key] for key in shared) for config in configurations(model(name), 8, seed=1)]
        for name in STEP_BY_STEP
    ]
    assert all(one == lists[0] for one in lists)
    assert len(set(lists[0])) == 8


def test_a_head_that_is_fitted_at_once_has_only_its_hyperparameters_and_none_twice():
    tried = configurations(model("svm"), 9, seed=1)
    values = [config["hyperparameters"]["c"] for config in tried]
    assert sorted(values) == sorted(architectures.get("svm").search_space["c"])
    assert all(config["learning_rate"] is config["weight_decay"] is config["augmentation"] is None for config in tried)
    assert configurations(model("svm", fixed={"c": 0.5}), 1, seed=1)[0]["hyperparameters"] == {"c": 0.5}
    with pytest.raises(ZooError, match="only 9 configurations to try, not 10"):
        configurations(model("svm"), 10, seed=1)


def asks(**changes):
    return Execute(**{"workers": 2, "cpus_per_job": 1, "gpus_per_job": 0, "address": "local"} | changes)


@pytest.mark.parametrize(
    ("asked", "nodes"),
    [
        ({}, [{"CPU": 2.0}]),
        ({"cpus_per_job": 0.5}, [{"CPU": 1.0}]),
        ({"gpus_per_job": 1}, [{"CPU": 4.0}, {"CPU": 8.0, "GPU": 1.0}]),
        ({"gpus_per_job": 0.25}, [{"CPU": 4.0, "GPU": 1.0}]),
    ],
)
def test_a_request_that_a_node_can_meet_is_let_through(asked, nodes):
    check_request(asks(**asked), nodes)


@pytest.mark.parametrize(
    ("asked", "nodes", "has"),
    [
        ({"cpus_per_job": 3}, [{"CPU": 2.0}], "2 CPUs and 0 GPUs"),
        ({"cpus_per_job": 3}, [{"CPU": 2.0}, {"CPU": 2.0, "GPU": 1.0}], "2 CPUs and 0 GPUs; 2 CPUs and 1 GPUs"),
        ({"gpus_per_job": 1, "cpus_per_job": 8}, [{"CPU": 8.0}, {"CPU": 2.0, "GPU": 4.0}], "2 CPUs and 4 GPUs"),
        ({}, [], "no node"),
    ],
)
def test_a_request_that_no_node_can_meet_names_what_there_is(asked, nodes, has):
    with pytest.raises(ZooError, match="no node can run a job of") as caught:
        check_request(asks(**asked), nodes)
    assert has in caught.value.message and "execute." in caught.value.hint
    assert caught.value.exit_code == WRONG_USAGE


def test_every_model_gets_the_same_trials(tiny_study):
    study, runs = tiny_study(tune={"num_trials": 3}), Runs()
    search(study, run=runs)
    by_model = {name: [rest for first, *rest in runs.trials if first == name] for name in study.models}
    assert by_model["statistics"] == by_model["cnn"] == [[g, c] for g in (0, 1) for c in (0, 1, 2)]


def test_a_model_may_state_its_own_number_of_trials(tiny_study):
    study, runs = tiny_study(models={"statistics": {"num_trials": 4}, "cnn": {}}), Runs()
    search(study, run=runs)
    assert [[name for name, *_ in runs.trials].count(name) for name in ("statistics", "cnn")] == [2 * 4, 2 * 2]


def test_two_models_of_one_architecture_have_searches_of_their_own(tiny_study):
    fixed = {"statistics": {}, "other": {"architecture": "statistics", "fixed": {"dropout": 0.2}}}
    study, runs = tiny_study(models=fixed), Runs()
    search(study, run=runs)
    assert [name for name, *_ in runs.trials] == ["statistics"] * 4 + ["other"] * 4
    configs = [selection(study, name)["groups"][0]["members"][0]["config"]["hyperparameters"] for name in fixed]
    assert configs == [{"dropout": 0.1}, {"dropout": 0.2}]


def test_no_trial_sees_a_speaker_whom_its_folds_test(tiny_study):
    study = tiny_study()
    search(study, run=Runs())
    data = load(study, "emodb", "statistics")
    groups = selection(study)["groups"]
    assert sorted(fold for group in groups for fold in group["folds"]) == data.fold_numbers
    for group in groups:
        seen = set(group["train_speakers"]) | set(group["dev_speakers"])
        for fold in group["folds"]:
            assert not seen & set(data.split(fold, "test")["speaker_id"])


@pytest.mark.parametrize(
    ("told", "winners", "release"),
    [
        ({(0, 1): (0.6, 9.0), (1, 0): (0.9, 2.0)}, [1, 0], 0),  # by dev score; the release by the mean over groups
        ({(0, 2): (0.5, 0.9), (1, 1): (0.5, 0.5)}, [2, 1], 1),  # then by the lower loss
        ({}, [0, 0], 0),  # then the first
        ({(0, 0): (0.9, 1.0), (1, 0): (0.1, 1.0), (0, 2): (0.6, 1.0), (1, 2): (0.6, 1.0)}, [0, 2], 2),
    ],
)
def test_the_winner_has_the_best_dev_score_then_the_lowest_loss(tiny_study, told, winners, release):
    study = tiny_study(tune={"num_trials": 3}, models=["statistics"])
    search(study, run=Runs(told))
    chosen = selection(study)
    assert [[one["config_id"] for one in group["members"]] for group in chosen["groups"]] == [[at] for at in winners]
    assert [one["config_id"] for one in chosen["release"]["members"]] == [release]
    tried = configurations(model("statistics"), 3, study.tune.seed)
    assert [group["members"][0]["config"] for group in chosen["groups"]] == [tried[number] for number in winners]
    assert chosen["release"]["members"][0]["config"] == tried[release]


@pytest.fixture
def order(monkeypatch):
    """Trials run here, and end in the order of order["of"]."""
    chosen = {"of": list}

    def in_order(work, number, workers):
        return [(at, work(at)) for at in chosen["of"](range(number))]

    monkeypatch.setattr(executor, "in_processes", in_order)
    return chosen


def test_the_order_in_which_trials_end_changes_nothing(tiny_study, order, capsys):
    files = []
    for name, chosen in (("one", list), ("two", reversed)):
        study, order["of"] = tiny_study(name, tune={"executor": "processes"}, execute={"workers": 2}), chosen
        search(study, run_trials)
        files.append([selection(study), (study.derived / "trials.parquet").read_bytes()])
        lines = capsys.readouterr().err.splitlines()
        assert [line.split(":")[0] for line in lines] == [f"tune {number}/8" for number in range(1, 9)]
        first = "statistics@emodb, group 0, configuration 0"
        assert (first if chosen is list else "cnn@emodb, group 1, configuration 1") in lines[0]
    assert files[0] == files[1]
    assert len({row["dev_loss"] for row in files[0][0]["trials"]}) == 4  # or any order would do


def test_what_the_trials_of_a_model_cost_is_in_the_logs_and_stays_the_same(tiny_study, order):
    study = tiny_study(tune={"executor": "inline"})
    search(study, run_trials)
    logs = sorted((study.derived / "logs" / "tune").rglob("*.json"))
    assert [path.stem for path in logs] == ["cnn", "statistics"]
    costs = [json.loads(path.read_text()) for path in logs]
    assert all(cost["trainings"] == 4 and cost["seconds"] > 0 and cost["device"] for cost in costs)
    for path in (study.derived / "tuned").rglob("*.json"):
        path.unlink()
    search(study, run_trials)  # takes up every trial
    assert [json.loads(path.read_text()) for path in logs] == costs


def test_a_search_whose_key_stands_is_kept(tiny_study):
    study, runs = tiny_study(), Runs()
    search(study, run=runs)
    former = selection(study)
    assert len(runs.trials) == 8
    search(study, run=runs)
    assert len(runs.trials) == 8 and selection(study) == former
    assert len(TRIALS.read(study.derived / "trials.parquet")) == 8


def test_a_new_model_searches_for_itself_only_and_one_that_goes_takes_its_file_along(tiny_study):
    study, runs = tiny_study(), Runs()
    search(study, run=runs)
    bigru = study.models["cnn"].model_copy(update={"architecture": "bigru"})
    more = study.model_copy(update={"models": study.models | {"bigru": bigru}})
    runs.trials.clear()
    search(more, run=runs)
    assert {name for name, *_ in runs.trials} == {"bigru"}
    less = study.model_copy(update={"models": {"bigru": bigru}})
    runs.trials.clear()
    search(less, run=runs)
    assert not runs.trials
    assert [path.parent.name for path in (study.derived / "tuned").glob("*/*.json")] == ["bigru"]
    assert set(TRIALS.read(study.derived / "trials.parquet")["model"]) == {"bigru"}


@pytest.mark.parametrize(
    "changes",
    [
        {"tune": {"num_trials": 3}},
        {"tune": {"max_epochs": 2}},
        {"tune": {"seed": 2}},
        {"train": {"batch_size": 4}},
        {"train": {"augmentation": {"bands": {"gain": 1.0}}}},
        {"tasks": {"categorical": {"label_smoothing": 0.1}}},
        {"models": {"statistics": {"fixed": {"dropout": 0.2}}}},
        {"difference": 0.8},
    ],
    ids=["trials", "epochs", "seed", "batch", "augmentation", "task", "fixed", "features"],
)
def test_what_decides_a_search_starts_it_anew(tiny_study, changes):
    runs = Runs()
    search(tiny_study(models=["statistics"]), run=runs)
    runs.trials.clear()
    search(tiny_study(**{"models": ["statistics"]} | changes), run=runs)
    assert runs.trials


@pytest.mark.parametrize(
    "changes", [{"execute": {"workers": 2}}, {"train": {"seeds": [5, 6]}}, {"tune": {"executor": "inline"}}]
)
def test_what_decides_nothing_of_a_search_leaves_it(tiny_study, changes):
    runs = Runs()
    search(tiny_study(models=["statistics"]), run=runs)
    runs.trials.clear()
    search(tiny_study(**{"models": ["statistics"]} | changes), run=runs)
    assert not runs.trials


def test_a_failed_search_leaves_the_former_one(tiny_study):
    study = tiny_study(models=["statistics"])
    search(study, run=Runs())
    former = selection(study)
    more = study.model_copy(update={"tune": study.tune.model_copy(update={"num_trials": 3})})

    def fail(study, trials):
        raise ZooError("a trial failed: no memory")

    with pytest.raises(ZooError, match="no memory"):
        search(more, run=fail)
    assert selection(study) == former


def test_a_study_under_another_name_takes_up_every_trial(tiny_study, monkeypatch):
    study = tiny_study(corpora=["emodb", "ravdess"], tune={"executor": "inline"})
    search(study, run_trials)
    other = under_another_name(study)
    files = {path: path.read_bytes() for path in other.derived.rglob("*") if path.is_file()}
    monkeypatch.setattr(jobs, "run", None)
    monkeypatch.setattr(jobs, "fit", None)
    runs = Runs()
    search(other, run=runs)  # the searches themselves are kept
    assert runs.trials == []
    assert {path: path.read_bytes() for path in other.derived.rglob("*") if path.is_file()} == files
    for path in (other.derived / "tuned").rglob("*.json"):
        path.unlink()
    search(other, run_trials)  # and where they do not, each of their trials
    for corpus in study.corpora:
        for name in study.models:
            assert read_selection(other, corpus, name) == read_selection(study, corpus, name)
