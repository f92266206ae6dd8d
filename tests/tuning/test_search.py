"""The same search for every architecture, done once, on dev speakers, and stopped at once where it cannot run."""

import json

import pytest
from fixtures.trainings import DAMAGE, damage, in_place, under_another_name

from zoo import architectures
from zoo.errors import WRONG_USAGE, ZooError
from zoo.execute.cluster import check_request
from zoo.execute.on_ray import reason
from zoo.study.tune import Tune
from zoo.tables.trials import TRIALS
from zoo.training import job as jobs
from zoo.training import resume
from zoo.training.data import load
from zoo.tuning import run as running
from zoo.tuning.configurations import AUGMENTATION_STRENGTHS, LEARNING_RATE, WEIGHT_DECAY, configurations
from zoo.tuning.run import run_here, run_on_ray
from zoo.tuning.search import search
from zoo.tuning.selection import KEPT, read_selection

TUNE = {"num_trials": 2, "groups": 2, "seed": 1, "max_epochs": 1, "patience": 1}


@pytest.mark.parametrize("name", architectures.names())
def test_every_architecture_tries_as_many_configurations_of_its_own_space(name):
    tried = configurations(name, 12, seed=1)
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


@pytest.mark.parametrize("name", architectures.names())
def test_a_longer_search_begins_like_a_shorter_one(name):
    assert configurations(name, 3, seed=1) == configurations(name, 9, seed=1)[:3]
    assert configurations(name, 9, seed=1)[1:] != configurations(name, 9, seed=2)[1:]


def test_all_but_the_hyperparameters_are_the_same_for_every_architecture():
    shared = ("learning_rate", "weight_decay", "augmentation")
    lists = [
        [tuple(config[key] for key in shared) for config in configurations(name, 8, seed=1)]
        for name in architectures.names()
    ]
    assert all(one == lists[0] for one in lists)
    assert len(set(lists[0])) == 8


def tune(**changes):
    return Tune(**TUNE | {"cpus_per_trial": 1, "gpus_per_trial": 0, "address": "local"} | changes)


@pytest.mark.parametrize(
    ("wanted", "nodes"),
    [
        ({}, [{"CPU": 2.0}]),
        ({"cpus_per_trial": 0.5}, [{"CPU": 1.0}]),
        ({"gpus_per_trial": 1}, [{"CPU": 4.0}, {"CPU": 8.0, "GPU": 1.0}]),
        ({"gpus_per_trial": 0.25}, [{"CPU": 4.0, "GPU": 1.0}]),
    ],
)
def test_a_request_that_a_node_can_meet_is_let_through(wanted, nodes):
    check_request(tune(**wanted), nodes)


@pytest.mark.parametrize(
    ("wanted", "nodes", "has"),
    [
        ({"cpus_per_trial": 3}, [{"CPU": 2.0}], "2 CPUs and 0 GPUs"),
        ({"cpus_per_trial": 3}, [{"CPU": 2.0}, {"CPU": 2.0, "GPU": 1.0}], "2 CPUs and 0 GPUs; 2 CPUs and 1 GPUs"),
        ({"gpus_per_trial": 1, "cpus_per_trial": 8}, [{"CPU": 8.0}, {"CPU": 2.0, "GPU": 4.0}], "2 CPUs and 4 GPUs"),
        ({}, [], "no node"),
    ],
)
def test_a_request_that_no_node_can_meet_names_what_there_is(wanted, nodes, has):
    with pytest.raises(ZooError, match="no node can run a trial of") as caught:
        check_request(tune(**wanted), nodes)
    assert has in caught.value.message and "tune." in caught.value.hint
    assert caught.value.exit_code == WRONG_USAGE


class Runs:
    """Records the trials it is given and returns made-up results: (dev_uar, dev_loss) by group and configuration."""

    def __init__(self, results=None):
        self.results = results or {}
        self.trials = []

    def __call__(self, study, trials):
        self.trials += [(trial.architecture, trial.group, trial.config_id) for trial in trials]
        return [self.result(trial) for trial in trials]

    def result(self, trial):
        uar, loss = self.results.get((trial.group, trial.config_id), (0.5, 1.0))
        return {"epoch": 1, "dev_uar": uar, "dev_loss": loss, "num_parameters": 10}


def selection(study, architecture="statistics"):
    return json.loads((study.derived / "tuned" / "emodb" / f"{architecture}.json").read_text())


def test_every_architecture_gets_the_same_trials(tiny_study):
    study, runs = tiny_study(tune={"num_trials": 3}), Runs()
    search(study, run=runs)
    by_architecture = {name: [rest for first, *rest in runs.trials if first == name] for name in study.architectures}
    assert by_architecture["statistics"] == by_architecture["cnn"] == [[g, c] for g in (0, 1) for c in (0, 1, 2)]


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
    ("results", "winners", "release"),
    [
        ({(0, 1): (0.6, 9.0), (1, 0): (0.9, 2.0)}, [1, 0], 0),  # by dev UAR; the release by the mean over groups
        ({(0, 2): (0.5, 0.9), (1, 1): (0.5, 0.5)}, [2, 1], 1),  # then by the lower loss
        ({}, [0, 0], 0),  # then the first
        ({(0, 0): (0.9, 1.0), (1, 0): (0.1, 1.0), (0, 2): (0.6, 1.0), (1, 2): (0.6, 1.0)}, [0, 2], 2),
    ],
)
def test_the_winner_has_the_best_dev_uar_then_the_lowest_loss(tiny_study, results, winners, release):
    study = tiny_study(tune={"num_trials": 3}, architectures=["statistics"])
    search(study, run=Runs(results))
    chosen = selection(study)
    assert [group["config_id"] for group in chosen["groups"]] == winners
    assert chosen["release"]["config_id"] == release
    tried = configurations("statistics", 3, study.tune.seed)
    assert [group["config"] for group in chosen["groups"]] == [tried[number] for number in winners]
    assert chosen["release"]["config"] == tried[release]


@pytest.fixture
def without_ray(monkeypatch):
    """Ray Tune is left out: trials run here, and end in the order of without_ray["order"]."""
    settings = {"order": list}

    def on_ray(work, number, tune, storage, on_done):
        found = {}
        for at in settings["order"](range(number)):
            found[at] = work(at)
            on_done(at, found[at])
        return found

    monkeypatch.setattr(running, "on_ray", on_ray)
    return settings


def test_the_order_in_which_trials_end_changes_nothing(tiny_study, without_ray, capsys):
    files = []
    for name, order in (("one", list), ("two", reversed)):
        study, without_ray["order"] = tiny_study(name), order
        search(study, run_on_ray)
        files.append([selection(study), (study.derived / "trials.parquet").read_bytes()])
        lines = capsys.readouterr().err.splitlines()
        assert [line.split(":")[0] for line in lines] == [f"tune {number}/8" for number in range(1, 9)]
        first = "statistics@emodb, group 0, configuration 0" if order is list else "cnn@emodb, group 1, configuration 1"
        assert first in lines[0]
    assert files[0] == files[1]
    assert len({row["dev_loss"] for row in files[0][0]["trials"]}) == 4  # or any order would do


def test_a_search_whose_key_is_unchanged_is_kept(tiny_study):
    study, runs = tiny_study(), Runs()
    search(study, run=runs)
    former = selection(study)
    assert len(runs.trials) == 8
    search(study, run=runs)
    assert len(runs.trials) == 8 and selection(study) == former
    assert len(TRIALS.read(study.derived / "trials.parquet")) == 8


def test_a_new_architecture_searches_for_itself_only_and_one_that_goes_takes_its_file_along(tiny_study):
    study, runs = tiny_study(), Runs()
    search(study, run=runs)
    more = study.model_copy(update={"architectures": ["statistics", "cnn", "bigru"]})
    runs.trials.clear()
    search(more, run=runs)
    assert {name for name, *_ in runs.trials} == {"bigru"}
    less = study.model_copy(update={"architectures": ["bigru"]})
    runs.trials.clear()
    search(less, run=runs)
    assert not runs.trials
    assert [path.name for path in (study.derived / "tuned" / "emodb").iterdir()] == ["bigru.json"]
    assert set(TRIALS.read(study.derived / "trials.parquet")["architecture"]) == {"bigru"}


@pytest.mark.parametrize(
    "changes",
    [
        {"tune": {"num_trials": 3}},
        {"tune": {"max_epochs": 2}},
        {"tune": {"seed": 2}},
        {"train": {"batch_size": 4}},
        {"features": {"dtype": "float16"}, "difference": 0.8},
    ],
    ids=["trials", "epochs", "seed", "batch", "features"],
)
def test_what_decides_a_search_starts_it_anew(tiny_study, changes):
    runs = Runs()
    search(tiny_study(architectures=["statistics"]), run=runs)
    runs.trials.clear()
    search(tiny_study(architectures=["statistics"], **changes), run=runs)
    assert runs.trials


@pytest.mark.parametrize(
    "changes", [{"train": {"workers": 2}}, {"train": {"seeds": [5, 6]}}, {"tune": {"cpus_per_trial": 2}}]
)
def test_what_decides_nothing_of_a_search_leaves_it(tiny_study, changes):
    runs = Runs()
    search(tiny_study(architectures=["statistics"]), run=runs)
    runs.trials.clear()
    search(tiny_study(architectures=["statistics"], **changes), run=runs)
    assert not runs.trials


def test_a_failed_search_leaves_the_former_one(tiny_study):
    study = tiny_study(architectures=["statistics"])
    search(study, run=Runs())
    former = selection(study)
    more = study.model_copy(update={"tune": study.tune.model_copy(update={"num_trials": 3})})

    def fail(study, trials):
        raise ZooError("a trial failed: no memory")

    with pytest.raises(ZooError, match="no memory"):
        search(more, run=fail)
    assert selection(study) == former


class WorkerError(Exception):
    """As Ray hands back what was raised in a worker: its text is a traceback."""

    def __init__(self, cause):
        super().__init__(f"ray::train()\n  File ...\n{type(cause).__name__}: {cause}")
        self.cause = cause


def test_a_problem_in_a_worker_is_raised_as_if_it_had_happened_here():
    problem = ZooError("the store has no features of 'u1'", "make them again", WRONG_USAGE)
    assert reason(WorkerError(problem)) is problem
    other = reason(WorkerError(MemoryError("too large")))
    assert other.message == "a trial failed: MemoryError: too large"


def trials_of(study):
    trials = []
    search(study, run=lambda study, given: (trials.extend(given), Runs()(study, given))[1])
    return trials


def test_a_trial_that_is_done_is_not_done_again(tiny_study, monkeypatch, tmp_path):
    trial = trials_of(tiny_study(architectures=["statistics"]))[0]
    result = run_here(trial, tmp_path / "scratch")
    assert result.keys() == {"epoch", "dev_uar", "dev_loss", "num_parameters"}
    monkeypatch.setattr(jobs, "fit", None)
    assert run_here(trial, tmp_path / "scratch") == result


def test_of_two_speakers_a_search_uses_utterances_of_the_other_only(tiny_study, monkeypatch, tmp_path):
    study, trained, fit = tiny_study(num_speakers=2, architectures=["statistics"]), [], jobs.fit
    monkeypatch.setattr(
        jobs, "fit", lambda recipe, train, dev, *rest: trained.append((train, dev)) or fit(recipe, train, dev, *rest)
    )
    data = load(study, "emodb", "statistics")
    for trial in trials_of(study):
        run_here(trial, tmp_path / "scratch")
        for examples, split in zip(trained.pop(), ("train", "dev"), strict=True):
            assert examples.utterance_ids == data.split(trial.group, split)["utterance_id"].to_list()
            assert not {*examples.utterance_ids} & {*data.split(trial.group, "test")["utterance_id"]}
        assert trial.job.test is None and not trained


def interrupt(trial, scratch, monkeypatch, epoch=2):
    """Press Ctrl-C when the trial's progress has been kept after an epoch; the file that is left."""
    former = resume.saver

    def interrupting(path, key):
        save = former(path, key)

        def on_epoch(progress):
            save(progress)
            if progress.epoch == epoch:
                raise KeyboardInterrupt

        return on_epoch

    with monkeypatch.context() as patch:
        patch.setattr(resume, "EVERY_S", 0.0)
        patch.setattr(resume, "saver", interrupting)
        with pytest.raises(KeyboardInterrupt):
            run_here(trial, scratch)
    [path] = scratch.iterdir()
    return path


@pytest.fixture
def begun(monkeypatch):
    """The epochs after which trainings went on, as they are begun."""
    epochs, honest = [], jobs.fit

    def watched(recipe, train, dev, start=None, *rest):
        epochs.append(start.epoch if start else 0)
        return honest(recipe, train, dev, start, *rest)

    monkeypatch.setattr(jobs, "fit", watched)
    return epochs


def test_an_interrupted_trial_goes_on_to_the_same_result(tiny_study, monkeypatch, tmp_path, begun):
    trial = trials_of(tiny_study(architectures=["cnn"]))[0]
    whole = run_here(trial, tmp_path / "other")
    assert interrupt(trial, tmp_path / "scratch", monkeypatch).suffix == ".fit"
    begun.clear()
    assert run_here(trial, tmp_path / "scratch") == whole
    assert begun == [2]


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_kept_trial_that_was_changed_is_computed_again(tiny_study, tmp_path, begun, kind, capsys):
    trial, scratch = trials_of(tiny_study(architectures=["statistics"]))[0], tmp_path / "scratch"
    result = run_here(trial, scratch)
    [path] = scratch.iterdir()
    damage(path, kind)
    begun.clear()
    assert run_here(trial, scratch) == result
    assert begun == [0]
    assert capsys.readouterr().err == f"{path} {CHANGED}\n"
    assert run_here(trial, scratch) == result and begun == [0]


@pytest.mark.parametrize("kind", DAMAGE)
def test_progress_of_a_trial_that_was_changed_costs_a_fresh_start(
    tiny_study, monkeypatch, tmp_path, begun, kind, capsys
):
    trial, scratch = trials_of(tiny_study(architectures=["statistics"]))[0], tmp_path / "scratch"
    result = run_here(trial, tmp_path / "other")
    path = interrupt(trial, scratch, monkeypatch)
    damage(path, kind)
    begun.clear()
    assert run_here(trial, scratch) == result
    assert begun == [0]
    assert capsys.readouterr().err == f"{path} {CHANGED}\n"


CHANGED = "was changed or truncated since it was written; computing it again"


def better(content):
    """Somebody's wish, in place of what was found."""
    changed = json.loads(content)
    changed["groups"][0]["dev_uar"] = 0.999
    return (json.dumps(changed, indent=2, sort_keys=True) + "\n").encode()


EDITS = {
    "a better result": better,
    "another configuration": lambda content: content.replace(b'"config_id": 0', b'"config_id": 1'),
    "cut off": lambda content: content[: len(content) // 2],
    "a space more": lambda content: content + b" ",
    "empty": lambda content: b"",
    "not text": lambda content: b"\xff\xfe" + content,
}


@pytest.fixture(params=EDITS)
def edit(request):
    return EDITS[request.param]


def test_a_selection_that_was_edited_is_made_again_and_the_others_are_kept(tiny_study, edit, capsys):
    study, runs = tiny_study(), Runs({(0, 1): (0.6, 1.0)})
    search(study, run=runs)
    folder = study.derived / "tuned" / "emodb"
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    trials = (study.derived / "trials.parquet").read_bytes()
    path = folder / "statistics.json"
    path.write_bytes(edit(before["statistics.json"]))
    assert path.read_bytes() != before["statistics.json"]
    runs.trials.clear()
    capsys.readouterr()
    search(study, run=runs)
    assert {name for name, *_ in runs.trials} == {"statistics"} and len(runs.trials) == 4
    assert capsys.readouterr().err == f"{path} {CHANGED}\n"
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert (study.derived / "trials.parquet").read_bytes() == trials
    runs.trials.clear()
    search(study, run=runs)
    assert not runs.trials and capsys.readouterr().err == ""


def test_a_selection_that_was_edited_costs_no_training(tiny_study, monkeypatch, capsys):
    """It is obtained from its kept trials."""
    study = tiny_study(architectures=["statistics"])
    search(study, run=in_place)
    path = study.derived / "tuned" / "emodb" / "statistics.json"
    before = path.read_bytes()
    path.write_bytes(better(before))
    monkeypatch.setattr(jobs, "fit", None)
    search(study, run=in_place)
    assert path.read_bytes() == before
    assert CHANGED in capsys.readouterr().err


def test_an_edited_selection_is_read_by_nobody(tiny_study, edit):
    study = tiny_study()
    search(study, run=Runs())
    path = study.derived / "tuned" / "emodb" / "statistics.json"
    honest, before = read_selection(study, "emodb", "statistics"), path.read_bytes()
    assert honest == json.loads(before)
    path.write_bytes(edit(before))
    with pytest.raises(ZooError, match=r"tuned.emodb.statistics\.json was changed since the search wrote it") as caught:
        read_selection(study, "emodb", "statistics")
    assert "dvc repro" in caught.value.hint
    assert read_selection(study, "emodb", "cnn") == selection(study, "cnn")
    path.write_bytes(before)
    assert read_selection(study, "emodb", "statistics") == honest


def test_a_selection_that_is_missing_or_of_no_search_is_rejected(tiny_study):
    study = tiny_study()
    search(study, run=Runs())
    tuned = study.derived / "tuned"
    (tuned / "emodb" / "cnn.json").unlink()
    with pytest.raises(ZooError, match="is missing"):
        read_selection(study, "emodb", "cnn")
    (tuned / KEPT).unlink()
    with pytest.raises(ZooError, match="was changed since the search wrote it"):
        read_selection(study, "emodb", "statistics")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"null",
        b"[]",
        b"7",
        b'"words"',
        b'{"statistics@emodb": null, "cnn@emodb": null}',
        b'{"statistics@emodb": "ab", "cnn@emodb": {}}',
        b'{"statistics@emodb": {"key": 1, "sha256": null}, "cnn@emodb": 7}',
        None,
    ],
)
def test_a_damaged_list_of_what_was_found_costs_a_new_search(tiny_study, content, capsys):
    study, runs = tiny_study(), Runs()
    search(study, run=runs)
    path = study.derived / "tuned" / KEPT
    before = {path: path.read_bytes() for path in study.derived.rglob("*.json")}
    assert path in before
    path.write_bytes(before[path][: len(before[path]) // 2] if content is None else content)
    with pytest.raises(ZooError, match="was changed since the search wrote it"):
        read_selection(study, "emodb", "statistics")
    runs.trials.clear()
    capsys.readouterr()
    search(study, run=runs)
    assert len(runs.trials) == 8
    assert {path: path.read_bytes() for path in study.derived.rglob("*.json")} == before
    assert capsys.readouterr().err.count("computing it again") <= 1


def test_a_study_under_another_name_takes_up_every_trial(tiny_study, without_ray, monkeypatch):
    study = tiny_study(corpora=["emodb", "ravdess"])
    search(study, run_on_ray)
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
    search(other, run_on_ray)  # and where they do not, each of their trials
    for corpus in study.corpora:
        for architecture in study.architectures:
            assert read_selection(other, corpus, architecture) == read_selection(study, corpus, architecture)
