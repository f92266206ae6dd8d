"""What a repro after a change runs again, and what it leaves alone. On the real pipeline."""

import json

import pytest
import yaml
from fixtures.repro import stages_run
from fixtures.stages import ADAPTED, FEATURES, SCORED, TRAINED, every_stage, of


def test_a_second_repro_finds_nothing_to_do(shared):
    shared.ok("dvc", "repro")  # the copy's files are new to DVC
    lock = (shared.top / "dvc.lock").read_bytes()
    said = shared.ok("dvc", "repro")
    assert stages_run(said) == []
    assert (shared.top / "dvc.lock").read_bytes() == lock
    assert shared.stale() == set()


@pytest.mark.parametrize(
    ("name", "text", "instead_of", "stale"),
    [
        pytest.param(
            "zoo/inputs/store.py",
            "return 0 * np.asarray(self.array[offset + start : offset + stop], dtype=np.float32)",
            "return np.asarray(self.array[offset + start : offset + stop], dtype=np.float32)",
            of(*FEATURES, "check_features", "tune", *TRAINED, "predict", *ADAPTED, "package"),
            id="Store.frames",
        ),
        pytest.param(
            "zoo/training/recipe.py",
            "2 * share * full for",
            "share * full for",
            of("tune", *TRAINED),
            marks=pytest.mark.slow,
            id="recipe_of",
        ),
    ],
)
def test_a_changed_constant_that_a_training_reads_starts_its_trials_anew(project, name, text, instead_of, stale):
    """Two edits that once went unnoticed: a store of zeros, and augmentation of twice the amount."""
    before = project.trainings()
    project.params(lambda values: values["tune"].update(executor="inline"))  # no result depends on it
    with project.edited(name, text, instead_of):
        found = project.stale()
        assert of("tune", *TRAINED) <= found
        assert found == stale
        said = project.ok("dvc", "repro", "--single-item", "tune@embedded")
    assert "Running stage 'tune@embedded'" in said
    assert "tune 8/8: " in said
    after = project.trainings()
    assert {name: after[name] for name in before} == before
    assert len(after.keys() - before.keys()) == 8


@pytest.mark.slow
def test_a_reader_that_says_the_same_as_before_trains_nothing_anew(project):
    before, lock = project.trainings(), yaml.safe_load((project.top / "dvc.lock").read_text(encoding="utf-8"))
    with (project.top / "zoo/corpora/emodb.py").open("a", encoding="utf-8") as reader:
        reader.write("\n_EDITED = 1\n")
    said = project.ok("dvc", "repro")
    # cards, checks and report use all readers too; what these make is the same again
    assert set(stages_run(said)) == of("manifest@emodb", "folds@emodb", "check", "pools", "tune", *ADAPTED, *SCORED)
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
    said = project.ok("dvc", "repro", "train@embedded-statistics", "train@embedded-cnn")
    assert "folds@embedded-emodb" in stages_run(said)
    assert not [stage for stage in stages_run(said) if "iemocap" in stage]
    assert "tune 1/" not in said  # the search is looked at, and found to stand
    assert project.trainings() == before  # so are the trainings: how sure listeners were decides none of them


@pytest.mark.slow
def test_a_new_model_searches_for_itself_only(project):
    tuned = project.top / "derived/embedded/tuned"
    before = {path: path.read_bytes() for path in tuned.glob("*/*.json")}
    trainings = project.trainings()
    trained = {path: path.read_bytes() for path in (project.top / "derived/embedded/trained").rglob("*.*")}
    assert len(before) == 4 and len(trained) == 20
    project.params(lambda values: values["models"].update(bilstm={"input": "log_mel"}))
    said = project.ok("dvc", "repro", "tune@embedded")
    assert stages_run(said) == ["tune@embedded"]
    assert "tune 4/4: " in said  # two corpora, two groups, one configuration
    assert "cnn@" not in said
    assert {path.parent.name for path in tuned.glob("*/emodb.json")} == {"statistics", "cnn", "bilstm"}
    for path, content in before.items():
        assert path.read_bytes() == content, path
    assert [stage for stage in project.stale() if stage.startswith("train@")] == ["train@embedded-bilstm"]
    said = project.ok("dvc", "repro", "train@embedded-cnn", "train@embedded-statistics")
    assert stages_run(said) == []
    after = project.trainings()
    assert {name: after[name] for name in trainings} == trainings
    assert len(after.keys() - trainings.keys()) == 4
    for path, content in trained.items():
        assert path.read_bytes() == content, path


@pytest.mark.slow
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
    said = project.ok("dvc", "repro", "train@other-statistics", "train@other-cnn")
    assert {"tune@other", "train@other-statistics", "train@other-cnn"} <= set(stages_run(said))
    assert project.trainings() == before
    derived = project.top / "derived"
    paths = sorted((derived / "embedded/trained").rglob("weights.safetensors"))
    assert len(paths) == 4
    for path in paths:
        assert (derived / "other" / path.relative_to(derived / "embedded")).read_bytes() == path.read_bytes()


@pytest.mark.slow
def test_an_edited_verdict_is_made_again_by_the_next_repro(project):
    """Nobody's wish of a dev score decides a model: DVC sees the file, and the search finds what it found."""
    path = project.top / "derived/embedded/tuned/cnn/emodb.json"
    before, trainings = path.read_bytes(), project.trainings()
    told = json.loads(before)
    told["groups"][0]["dev_score"] = 0.999
    path.unlink()  # it may be a link into DVC's cache
    path.write_text(json.dumps(told, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    done = project.run("python", "stages/train.py", "cnn")
    assert done.returncode != 0
    assert "emodb.json was changed since the search wrote it" in done.stdout
    assert "Traceback" not in done.stdout
    said = project.ok("dvc", "repro")
    assert stages_run(said) == ["tune@embedded"]
    assert "emodb.json was changed or truncated since it was written; computing it again" in said
    assert path.read_bytes() == before
    assert project.trainings() == trainings
