"""What an edit of a file or a parameter makes stale. On the real pipeline."""

from contextlib import ExitStack

import pytest
from fixtures.repro import stages_run
from fixtures.stages import ADAPTED, FEATURES, SCORED, TRAINED, every_stage, of


@pytest.mark.parametrize(
    ("name", "stale"),
    [
        ("zoo/corpora/emodb.py", of("manifest@emodb", "folds@emodb", "check", "pools", "tune", *ADAPTED, *SCORED)),
        ("zoo/corpora/ravdess.py", set()),
        ("zoo/synthetic/speech.py", of("synth@emodb", "synth@iemocap", "package")),
        ("zoo/synthetic/emodb.py", of("synth@emodb", "package")),  # a card has answers for some of its utterances
        ("zoo/labels/core4.csv", of("folds@iemocap", "check", "pools", *ADAPTED, *SCORED)),
        ("zoo/labels/ekman6.csv", set()),
        ("zoo/folds/search_groups.py", of("tune")),
        ("zoo/folds/superb.py", set()),
        ("zoo/inputs/mfcc.py", set()),
        ("zoo/inputs/steps/cap_pauses.py", set()),
        ("zoo/tasks/categorical.py", of("tune", *TRAINED, *ADAPTED, *SCORED)),
        ("zoo/tasks/soft.py", set()),
        ("zoo/augmentation/tempo.py", of("tune", *TRAINED)),
        (
            "zoo/inputs/log_mel.py",
            of(*FEATURES, "check_features", "tune", *TRAINED, "package"),
        ),
        (
            "zoo/inputs/steps/trim.py",
            of(*FEATURES, "check_features", "tune", *TRAINED, "package"),
        ),
        ("zoo/checks/features.py", of("check_features")),
        ("zoo/architectures/cnn.py", of("tune", "train@cnn", "predict", "adapt@cnn", "package")),
        ("zoo/architectures/statistics.py", of("tune", "train@statistics", "predict", "adapt@statistics", "package")),
        ("zoo/architectures/bigru.py", set()),
        ("zoo/augmentation/augment.py", of("tune", *TRAINED)),
        ("zoo/training/loop.py", of("tune", *TRAINED)),
        ("zoo/training/model.py", of(*TRAINED)),
        ("zoo/tuning/configurations.py", of("tune")),
        ("zoo/runtime/inference.py", of("tune", *TRAINED, "predict", *ADAPTED, "package")),
        ("zoo/runtime/weights.py", of("tune", *TRAINED, "predict", *ADAPTED, "package")),
        ("zoo/scoring/stress.py", of(*ADAPTED)),
        ("zoo/methods/by_corpus.py", of(*ADAPTED)),
        ("zoo/methods/em.py", set()),
        ("zoo/evaluation/methods.py", of("evaluate")),
        ("zoo/metrics/confusion.py", of("evaluate", "package", "report")),
        ("zoo/metrics/brier.py", of("evaluate", "package", "report")),
        ("zoo/releases/card.py", of("package")),
        ("zoo/figures/results.py", of("report")),
        ("zoo/pages/page.css", of("check", "report")),
        ("stages/tune.py", of("tune")),
        ("zoo/cli/predict.py", set()),
        ("zoo/errors.py", set()),
        ("README.md", set()),
    ],
)
def test_an_edited_file_makes_stale_what_uses_it(mini, shared, name, stale):
    with edited(shared, name):
        assert shared.replanned(mini) == stale


def edited(project, name):
    """A change that each kind of file shows."""
    if not name.endswith(".csv"):
        return project.edited(name)
    line = (project.top / name).read_text(encoding="utf-8").splitlines()[-1]
    return project.edited(name, line.replace(",", " ,", 1), line)


def test_dvc_compares_the_plan_of_every_stage(mini, shared):
    """Edits of shared code are seen by every stage; DVC and the plan agree about them."""
    seen = set()
    for name in ("zoo/corpora/emodb.py", "zoo/synthetic/speech.py", "zoo/inputs/store.py"):
        with edited(shared, name):
            found = shared.stale()
            assert found == shared.replanned(mini)
            seen |= found
    # of the other corpus, its reader decides
    assert seen == every_stage(shared) - of("manifest@iemocap", "folds@iemocap")


def test_remarks_make_nothing_stale(shared):
    names = ("zoo/corpora/emodb.py", "zoo/inputs/store.py", "zoo/training/loop.py", "zoo/study/train.py")
    with ExitStack() as edits:
        for name in (*names, "stages/tune.py"):
            edits.enter_context(shared.edited(name, "\n# a remark\n\n\n\n"))
        assert shared.stale() == set()
        lock = (shared.top / "dvc.lock").read_bytes()
        assert stages_run(shared.ok("dvc", "repro")) == []
        assert (shared.top / "dvc.lock").read_bytes() == lock


def test_what_is_said_of_a_function_makes_nothing_stale(shared):
    with shared.edited("zoo/training/recipe.py", "A training in simple values", "A training in plain values"):
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
            ["folds@iemocap", "check", "train@", "predict", "adapt@", "evaluate", "package", "report"],
        ),
        (["evaluate", "confidence"], 0.9, ["evaluate", "report"]),
        (["tune", "seed"], 2, ["tune"]),
        (["tune", "executor"], "processes", []),
        (["execute", "cpus_per_job"], 2, []),
        (["train", "max_epochs"], 3, ["train@"]),
        (["train", "executor"], "inline", []),
        (["execute", "workers"], 7, []),
        (["train", "batch_size"], 8, ["tune", "train@"]),
        (
            ["inputs", "log_mel"],
            {"steps": {"trim": {}}},
            ["features@", "check_features", "tune", "train@", "predict", "adapt@", "package"],
        ),
        (["tasks", "categorical"], {"label_smoothing": 0.1}, ["tune", "train@", "predict", "adapt@"]),
        (
            ["models", "cnn"],
            {"input": "log_mel", "num_trials": 2},
            ["tune", "train@cnn", "predict", "adapt@cnn", "evaluate", "package", "report"],
        ),
        (["train", "augmentation"], {"bands": {}}, ["tune", "train@"]),
        (["cross", "methods"], {"source_only": {}}, ["adapt@"]),
        (["cross", "stress"], True, ["adapt@"]),
        (
            ["cross", "cells"],
            [{"train": "emodb", "test": "iemocap"}],
            ["pools", "tune", "train@", "predict", "adapt@", "evaluate", "package", "report"],
        ),
    ],
    ids=lambda value: ".".join(map(str, value)) if isinstance(value, list) else None,
)
def test_a_changed_parameter_makes_stale_what_uses_it(shared, keys, value, stale):
    def change(values):
        values[keys[0]][keys[1]] = value

    wanted = {name for name in every_stage(shared) if name.startswith(tuple(of(*stale)))} if stale else set()
    with shared.edited("params.yaml", ""):
        shared.params(change)
        assert shared.stale() == wanted
