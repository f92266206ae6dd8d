"""What a change makes stale, and what it leaves alone. On the real pipeline."""

import json
import time
from contextlib import ExitStack

import pytest
import yaml
from fixtures.repro import stages_run


def of(*stages):
    return {stage.replace("@", "@embedded-") if "@" in stage else f"{stage}@embedded" for stage in stages}


TRAINED = ("train@statistics", "train@cnn_lstm")
SCORED = ("predict", "evaluate", "package", "report")


def test_a_second_repro_finds_nothing_to_do(shared):
    shared.ok("dvc", "repro")  # the copy's files are new to DVC
    lock = (shared.top / "dvc.lock").read_bytes()
    began = time.monotonic()
    said = shared.ok("dvc", "repro")
    assert time.monotonic() - began < 30  # 4 s on an idle machine
    assert stages_run(said) == []
    assert (shared.top / "dvc.lock").read_bytes() == lock
    assert shared.stale() == set()


@pytest.mark.parametrize(
    ("name", "stale"),
    [
        ("zoo/corpora/emodb.py", of("manifest@emodb", "folds@emodb", "check", "tune", *SCORED)),
        ("zoo/corpora/ravdess.py", set()),
        ("zoo/synthetic/speech.py", of("synth@emodb", "synth@iemocap")),
        ("zoo/labels/core4.csv", of("folds@iemocap", "check", *SCORED)),
        ("zoo/labels/ekman6.csv", set()),
        ("zoo/folds/search_groups.py", of("tune")),
        ("zoo/folds/superb.py", set()),
        ("zoo/inputs/mfcc.py", set()),
        (
            "zoo/inputs/log_mel.py",
            of("features@emodb", "features@iemocap", "check_features", "tune", *TRAINED, "predict"),
        ),
        ("zoo/checks/features.py", of("check_features")),
        ("zoo/architectures/cnn_lstm.py", of("tune", "train@cnn_lstm", "predict")),
        ("zoo/architectures/statistics.py", of("tune", "train@statistics", "predict")),
        ("zoo/architectures/bigru.py", set()),
        ("zoo/augmentation/augment.py", of("tune", *TRAINED)),
        ("zoo/training/loop.py", of("tune", *TRAINED)),
        ("zoo/training/model.py", of(*TRAINED)),
        ("zoo/tuning/configurations.py", of("tune")),
        ("zoo/runtime/inference.py", of("tune", *TRAINED, "predict")),
        ("zoo/runtime/weights.py", of(*TRAINED, "predict")),
        ("zoo/metrics/confusion.py", of("evaluate", "report")),
        ("zoo/releases/card.py", of("package")),
        ("zoo/figures/results.py", of("report")),
        ("zoo/pages/page.css", of("check", "report")),
        ("stages/tune.py", of("tune")),
        ("zoo/cli/models.py", set()),
        ("zoo/errors.py", set()),
        ("README.md", set()),
    ],
)
def test_an_edited_file_makes_stale_what_uses_it(shared, name, stale):
    if name.endswith(".csv"):
        line = (shared.top / name).read_text(encoding="utf-8").splitlines()[-1]
        edit = shared.edited(name, line.replace(",", " ,", 1), line)
    else:
        edit = shared.edited(name)
    with edit:
        assert shared.stale() == stale


@pytest.mark.parametrize(
    ("name", "text", "instead_of", "stale"),
    [
        (
            "zoo/inputs/store.py",
            "return 0 * np.asarray(self.array[offset + start : offset + stop], dtype=np.float32)",
            "return np.asarray(self.array[offset + start : offset + stop], dtype=np.float32)",
            of("features@emodb", "features@iemocap", "check_features", "tune", *TRAINED, "predict"),
        ),
        ("zoo/study/train.py", "2 * strength * value", "strength * value", None),
    ],
    ids=["Store.frames", "Augmentation.scaled"],
)
def test_a_changed_constant_that_a_training_reads_starts_its_trials_anew(project, name, text, instead_of, stale):
    """Two edits that once went unnoticed: a store of zeros, and augmentation of twice the amount."""
    before = project.trainings()
    with project.edited(name, text, instead_of):
        found = project.stale()
        assert of("tune", *TRAINED) <= found
        assert found == (every_stage(project) - of("synth@emodb", "synth@iemocap") if stale is None else stale)
        said = project.ok("dvc", "repro", "--single-item", "tune@embedded")
    assert "Running stage 'tune@embedded'" in said
    assert "tune 8/8: " in said
    after = project.trainings()
    assert {name: after[name] for name in before} == before
    assert len(after.keys() - before.keys()) == 8


REMARKS = {
    "a comment": "\n# a remark\n",
    "blank lines": "\n\n\n",
}


@pytest.mark.parametrize("remark", REMARKS)
def test_a_remark_makes_nothing_stale(shared, remark):
    names = ("zoo/corpora/emodb.py", "zoo/inputs/store.py", "zoo/training/loop.py", "zoo/study/train.py")
    with ExitStack() as edits:
        for name in (*names, "stages/tune.py"):
            edits.enter_context(shared.edited(name, REMARKS[remark]))
        assert shared.stale() == set()
        lock = (shared.top / "dvc.lock").read_bytes()
        assert stages_run(shared.ok("dvc", "repro")) == []
        assert (shared.top / "dvc.lock").read_bytes() == lock


def test_what_is_said_of_a_function_makes_nothing_stale(shared):
    with shared.edited("zoo/study/train.py", "Each of the strengths times", "Every strength times"):
        assert shared.stale() == set()


@pytest.mark.parametrize(
    ("keys", "value", "stale"),
    [
        (
            ["folds", "emodb"],
            "leave_one_speaker_out",
            ["folds@emodb", "check", "tune", "train@", "predict", "report"],
        ),
        (
            ["labels", "iemocap"],
            "native",
            ["folds@iemocap", "check", "train@", "predict", "evaluate", "package", "report"],
        ),
        (["evaluate", "confidence"], 0.9, ["evaluate", "report"]),
        (["tune", "seed"], 2, ["tune", "report"]),
        (["tune", "cpus_per_trial"], 2, ["report"]),
        (["train", "max_epochs"], 3, ["train@"]),
        (["train", "workers"], 7, []),
        (["train", "batch_size"], 8, ["tune", "train@"]),
        (["features", "dtype"], "float16", ["features@", "check_features", "tune", "train@"]),
    ],
    ids=lambda value: ".".join(value) if isinstance(value, list) else None,
)
def test_a_changed_parameter_makes_stale_what_uses_it(shared, keys, value, stale):
    def change(values):
        values[keys[0]][keys[1]] = value

    wanted = {name for name in every_stage(shared) if name.startswith(tuple(of(*stale)))} if stale else set()
    with shared.edited("params.yaml", ""):
        shared.params(change)
        assert shared.stale() == wanted


def every_stage(project):
    """Those of dvc.lock, without the plan."""
    found = yaml.safe_load((project.top / "dvc.lock").read_text(encoding="utf-8"))["stages"]
    return {name for name in found if not name.startswith("plan@")}


def test_a_reader_that_says_the_same_as_before_trains_nothing_anew(project):
    before, lock = project.trainings(), yaml.safe_load((project.top / "dvc.lock").read_text(encoding="utf-8"))
    with (project.top / "zoo/corpora/emodb.py").open("a", encoding="utf-8") as reader:
        reader.write("\n_EDITED = 1\n")
    said = project.ok("dvc", "repro")
    # cards, checks and report use all readers too; what these make is the same again
    assert set(stages_run(said)) == of("manifest@emodb", "folds@emodb", "check", "tune", *SCORED)
    assert "tune 1/" not in said  # the search is looked at, and found to stand
    assert project.trainings() == before
    after = yaml.safe_load((project.top / "dvc.lock").read_text(encoding="utf-8"))
    for name in every_stage(project):
        assert after["stages"][name].get("outs") == lock["stages"][name].get("outs"), name


@pytest.mark.slow
def test_what_a_reader_says_anew_reaches_its_own_corpus_only(project):
    before = project.trainings()
    reader = project.top / "zoo/corpora/emodb.py"
    text = reader.read_text(encoding="utf-8")
    said_of = "agreement=agreement.get(path.name),"
    assert said_of in text
    reader.write_text(text.replace(said_of, "agreement=0.5,"), encoding="utf-8")
    said = project.ok("dvc", "repro", "train@embedded-statistics", "train@embedded-cnn_lstm")
    assert "folds@embedded-emodb" in stages_run(said)
    assert not [stage for stage in stages_run(said) if "iemocap" in stage]
    assert "tune 1/" not in said  # the search is looked at, and found to stand
    assert project.trainings() == before  # so are the trainings: how sure listeners were decides none of them


@pytest.mark.slow
def test_a_new_architecture_searches_for_itself_only(project):
    tuned = project.top / "derived/embedded/tuned"
    before = {path: path.read_bytes() for path in tuned.glob("*/*.json")}
    trainings = project.trainings()
    trained = {path: path.read_bytes() for path in (project.top / "derived/embedded/trained").rglob("*.*")}
    assert len(before) == 4 and len(trained) == 12
    project.params(lambda values: values["architectures"].append("cnn"))
    said = project.ok("dvc", "repro", "tune@embedded")
    assert stages_run(said) == ["tune@embedded"]
    assert "tune 4/4: " in said  # two corpora, two groups, one configuration
    assert "cnn_lstm@" not in said
    assert {path.parent.name for path in tuned.glob("*/emodb.json")} == {"statistics", "cnn_lstm", "cnn"}
    for path, content in before.items():
        assert path.read_bytes() == content, path
    assert [stage for stage in project.stale() if stage.startswith("train@")] == ["train@embedded-cnn"]
    said = project.ok("dvc", "repro", "train@embedded-cnn_lstm", "train@embedded-statistics")
    assert stages_run(said) == []
    after = project.trainings()
    assert {name: after[name] for name in trainings} == trainings
    assert len(after.keys() - trainings.keys()) == 4
    for path, content in trained.items():
        assert path.read_bytes() == content, path


def test_another_study_leaves_the_first_as_it_was(project):
    first = (project.top / "params.yaml").read_text(encoding="utf-8")
    project.params(lambda values: values.update(study="other"))
    said = project.ok("dvc", "repro", "folds@other-emodb", "folds@other-iemocap")
    assert "folds@other-emodb" in stages_run(said)
    (project.top / "params.yaml").write_text(first, encoding="utf-8")
    said = project.ok("dvc", "repro")
    assert stages_run(said) == []
    assert project.stale() == set()


@pytest.mark.slow
def test_the_study_under_another_name_trains_nothing_anew(project):
    before = project.trainings()
    project.params(lambda values: values.update(study="other"))
    said = project.ok("dvc", "repro", "train@other-statistics", "train@other-cnn_lstm")
    assert {"tune@other", "train@other-statistics", "train@other-cnn_lstm"} <= set(stages_run(said))
    assert project.trainings() == before
    derived = project.top / "derived"
    paths = sorted((derived / "embedded/trained").rglob("release.safetensors"))
    assert len(paths) == 4
    for path in paths:
        assert (derived / "other" / path.relative_to(derived / "embedded")).read_bytes() == path.read_bytes()


@pytest.mark.slow
def test_an_edited_verdict_is_made_again_by_the_next_repro(project):
    """Nobody's wish of a dev UAR decides a model: DVC sees the file, and the search finds what it found."""
    path = project.top / "derived/embedded/tuned/cnn_lstm/emodb.json"
    before, trainings = path.read_bytes(), project.trainings()
    told = json.loads(before)
    told["groups"][0]["dev_uar"] = 0.999
    path.unlink()  # it may be a link into DVC's cache
    path.write_text(json.dumps(told, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    done = project.run("python", "stages/train.py", "cnn_lstm")
    assert done.returncode != 0
    assert "emodb.json was changed since the search wrote it" in done.stdout
    assert "Traceback" not in done.stdout
    said = project.ok("dvc", "repro")
    assert stages_run(said) == ["tune@embedded"]
    assert "emodb.json was changed or truncated since it was written; computing it again" in said
    assert path.read_bytes() == before
    assert project.trainings() == trainings
