"""What a change makes stale, and what it leaves alone. On the real pipeline."""

import re
import time

import pytest
import yaml

CORPORA = ("emodb", "iemocap")
ARCHITECTURES = ("statistics", "cnn_lstm")
UP_TO_DATE = "Data and pipelines are up to date."


def stages_run(said):
    """The stages that a repro ran, in order."""
    return re.findall(r"^Running stage '(.+)':", said, re.M)


def of(*stages):
    return {stage.replace("@", "@embedded-") if "@" in stage else f"{stage}@embedded" for stage in stages}


EVERYTHING_TRAINED = [f"train@{corpus}-{name}" for corpus in CORPORA for name in ARCHITECTURES]


def test_a_second_repro_finds_nothing_to_do(shared):
    shared.ok("dvc", "repro")  # the copy's files are new to DVC
    began = time.monotonic()
    said = shared.ok("dvc", "repro")
    assert time.monotonic() - began < 30  # 3 s on an idle machine
    assert UP_TO_DATE in said
    assert stages_run(said) == []


@pytest.mark.parametrize(
    ("name", "stale"),
    [
        ("zoo/corpora/emodb.py", of("manifest@emodb", "check", "package", "report")),
        ("zoo/corpora/_synthetic.py", of("synth@emodb", "synth@iemocap", "check", "package", "report")),
        ("zoo/corpora/ravdess.py", of("check", "package", "report")),
        (
            "zoo/labels/core4.csv",
            of("folds@emodb", "folds@iemocap", "check", "predict", "evaluate", "package", "report"),
        ),
        ("zoo/folds/_search_groups.py", of("folds@emodb", "folds@iemocap", "tune")),
        ("zoo/features/mfcc.py", of("features@emodb", "features@iemocap")),
        ("zoo/architectures/cnn_lstm.py", of("tune", "train@emodb-cnn_lstm", "train@iemocap-cnn_lstm")),
        ("zoo/architectures/statistics.py", of("tune", "train@emodb-statistics", "train@iemocap-statistics")),
        ("zoo/architectures/bigru.py", of("tune")),
        ("zoo/training/augmentation.py", of("tune", *EVERYTHING_TRAINED)),
        ("zoo/tuning/trial.py", of("tune")),
        ("zoo/evaluation/metrics.py", of("evaluate", "report")),
        ("zoo/releases/card.py", of("package")),
        ("zoo/reporting/figures.py", of("report")),
        ("zoo/cli/models.py", set()),
        ("README.md", set()),
    ],
)
def test_an_edited_file_makes_stale_what_uses_it(shared, name, stale):
    with shared.edited(name, "" if name.endswith(".csv") else "\n# a remark\n"):
        if name.endswith(".csv"):
            path = shared.top / name
            path.write_text(path.read_text(encoding="utf-8").replace("calm", "calm "), encoding="utf-8")
        assert shared.stale() == stale


@pytest.mark.parametrize(
    ("keys", "value", "stale"),
    [
        (["folds", "emodb"], "leave_one_speaker_out", ["folds@emodb", "check", "report", "train@emodb-"]),
        (["labels", "iemocap"], "native", ["folds@iemocap", "check", "report", "train@iemocap-", "predict", "package"]),
        (["evaluate", "confidence"], 0.9, ["evaluate", "report"]),
        (["tune", "seed"], 2, ["tune", "report"]),
        (["tune", "cpus_per_trial"], 2, ["report"]),
        (["train", "max_epochs"], 3, ["train@"]),
        (["train", "batch_size"], 8, ["tune", "train@"]),
        (["features", "dtype"], "float16", ["features@", "tune", "train@"]),
    ],
    ids=lambda value: ".".join(value) if isinstance(value, list) else None,
)
def test_a_changed_parameter_makes_stale_what_uses_it(shared, keys, value, stale):
    def change(values):
        values[keys[0]][keys[1]] = value

    wanted = {name for name in every_stage(shared) if name.startswith(tuple(of(*stale)))}
    with shared.edited("params.yaml"):
        shared.params(change)
        assert shared.stale() == wanted


def every_stage(project):
    return set(yaml.safe_load((project.top / "dvc.lock").read_text(encoding="utf-8"))["stages"])


def test_a_remark_in_a_reader_reruns_its_manifest_and_stops_there(project):
    with (project.top / "zoo/corpora/emodb.py").open("a", encoding="utf-8") as reader:
        reader.write("\n# a remark\n")
    said = project.ok("dvc", "repro")
    # checks, cards and report use all readers too; what these make is the same again
    assert set(stages_run(said)) == of("manifest@emodb", "check", "package", "report")


def test_what_a_reader_says_anew_reaches_its_own_corpus_only(project):
    reader = project.top / "zoo/corpora/emodb.py"
    text = reader.read_text(encoding="utf-8")
    said_of = "agreement=agreement.get(path.name),"
    assert said_of in text
    reader.write_text(text.replace(said_of, "agreement=0.5,"), encoding="utf-8")
    said = project.ok("dvc", "repro", "train@embedded-iemocap-statistics", "train@embedded-iemocap-cnn_lstm")
    assert "folds@embedded-emodb" in stages_run(said)
    assert not [stage for stage in stages_run(said) if "iemocap" in stage]
    assert "tune 1/" not in said  # the search is looked at, and found to stand


def test_a_new_architecture_searches_for_itself_only(project):
    tuned = project.top / "derived/embedded/tuned"
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in tuned.glob("*/*.json")}
    project.params(lambda values: values["architectures"].append("cnn"))
    said = project.ok("dvc", "repro", "tune@embedded")
    assert stages_run(said) == ["tune@embedded"]
    assert "tune 4/4: " in said  # two corpora, two groups, one configuration
    assert "cnn_lstm@" not in said
    assert {path.name for path in tuned.glob("emodb/*")} == {"statistics.json", "cnn_lstm.json", "cnn.json"}
    for path, content in before.items():
        assert path.read_bytes() == content[0], path
    assert not {stage for stage in project.stale() if stage.startswith("train@") and "-cnn_lstm" in stage}


def test_another_study_leaves_the_first_as_it_was(project):
    first = (project.top / "params.yaml").read_text(encoding="utf-8")
    project.params(lambda values: values.update(study="other"))
    said = project.ok("dvc", "repro", "folds@other-emodb", "folds@other-iemocap")
    assert "folds@other-emodb" in stages_run(said)
    (project.top / "params.yaml").write_text(first, encoding="utf-8")
    said = project.ok("dvc", "repro")
    assert UP_TO_DATE in said
    assert stages_run(said) == []
