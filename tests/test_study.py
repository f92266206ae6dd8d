"""params.yaml is complete, and errors in it are reported."""

from pathlib import Path

import pytest
import yaml

from zoo.errors import WRONG_USAGE, ZooError
from zoo.study import params

TOP = Path(__file__).parents[1]


@pytest.fixture
def values():
    return yaml.safe_load((TOP / "studies/embedded.yaml").read_text())


def load(tmp_path, values):
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(values))
    return params.load(tmp_path / "params.yaml")


def refusal(tmp_path, values):
    with pytest.raises(ZooError) as caught:
        load(tmp_path, values)
    assert caught.value.exit_code == WRONG_USAGE
    assert "\n" not in caught.value.message and "params.yaml" in caught.value.message
    return caught.value


@pytest.mark.parametrize(
    "path", [TOP / "params.yaml", *sorted((TOP / "studies").rglob("*.yaml"))], ids=lambda p: p.name
)
def test_every_study_loads(path):
    loaded = params.load(path)
    assert set(loaded.corpora) <= set(loaded.labels) and set(loaded.corpora) <= set(loaded.folds)
    assert loaded.derived == Path("derived") / loaded.study


def test_a_misspelt_parameter_is_rejected_with_the_closest_name(tmp_path, values):
    values["tune"]["num_trails"] = values["tune"].pop("num_trials")
    error = refusal(tmp_path, values)
    assert "unknown parameter 'tune.num_trails'" in error.message
    assert "num_trials" in error.hint


def test_a_misspelt_section_is_rejected_with_the_closest_name(tmp_path, values):
    values["imputs"] = values.pop("inputs")
    error = refusal(tmp_path, values)
    assert "'imputs'" in error.message and "inputs" in error.hint


def test_a_misspelt_key_of_a_model_is_rejected_with_the_closest_name(tmp_path, values):
    values["models"]["cnn"] = {"imput": "log_mel"}
    error = refusal(tmp_path, values)
    assert "models.cnn.imput" in error.message and "input" in error.hint


@pytest.mark.parametrize(
    ("key", "wrong", "near"), [("input", "log_mell", "log_mel"), ("task", "categorial", "categorical")]
)
def test_a_model_whose_input_or_task_is_not_in_the_study_is_named_with_the_closest_one(
    tmp_path, values, key, wrong, near
):
    values["models"]["bilstm_mfcc"][key] = wrong
    error = refusal(tmp_path, values)
    assert f"models.bilstm_mfcc: {key}s has no '{wrong}'" in error.message and near in error.hint


def test_a_model_without_an_architecture_has_that_of_its_name(tmp_path, values):
    loaded = load(tmp_path, values)
    assert loaded.models["cnn"].architecture == "cnn"
    assert loaded.models["bilstm_mfcc"].architecture == "bilstm"
    assert {model.task for model in loaded.models.values()} == {"categorical"}


def test_a_selection_is_nested_or_as_published(tmp_path, values):
    values["models"]["leaky"] = {"architecture": "bilstm", "input": "log_mel", "selection": "as_published"}
    loaded = load(tmp_path, values)
    assert loaded.as_published == {"leaky": "bilstm"}
    assert loaded.nested == [name for name in loaded.models if name != "leaky"]
    values["models"]["leaky"]["selection"] = "leaky"
    assert "models.leaky.selection = 'leaky'" in refusal(tmp_path, values).message


def test_a_model_may_have_a_number_of_trials_of_its_own(tmp_path, values):
    values["models"]["cnn"]["num_trials"] = 9
    loaded = load(tmp_path, values)
    assert [loaded.num_trials(name) for name in ("statistics", "cnn")] == [values["tune"]["num_trials"], 9]


def test_a_model_may_have_settings_of_training_of_its_own(tmp_path, values):
    values["models"]["cnn"]["train"] = {"mixup": 0.4, "augmentation": {"bands": {"gain": 9}}}
    loaded = load(tmp_path, values)
    shared, own = loaded.training("statistics"), loaded.training("cnn")
    assert shared == loaded.train and own.mixup == 0.4
    assert own.augmentation == loaded.train.augmentation | {"bands": {"gain": 9}}
    assert own.model_dump(exclude={"mixup", "augmentation"}) == shared.model_dump(exclude={"mixup", "augmentation"})


@pytest.mark.parametrize("setting", [{"max_epochs": 9}, {"seeds": [1]}, {"mixup": -1}])
def test_a_model_cannot_train_longer_than_others_or_with_values_that_mean_nothing(tmp_path, values, setting):
    values["models"]["cnn"]["train"] = setting
    assert f"models.cnn.train.{next(iter(setting))}" in refusal(tmp_path, values).message


def test_a_kind_of_input_that_does_not_exist_is_named_where_it_is_augmented(tmp_path, values):
    values["train"]["augmentation"]["band"] = {}
    assert "train.augmentation.band" in refusal(tmp_path, values).message


def test_a_missing_parameter_is_named(tmp_path, values):
    del values["train"]["patience"]
    assert "'train.patience' is missing" in refusal(tmp_path, values).message


@pytest.mark.parametrize(
    ("section", "key", "value"),
    [
        ("tune", "num_trials", "six"),
        ("tune", "num_trials", 0),
        ("tune", "num_trials", 2.5),
        ("tune", "groups", 1),
        ("train", "precision", "float16"),
        ("train", "batch_size", 1),
        ("evaluate", "confidence", 95),
        ("models", "cnn", None),
        ("inputs", "log_mel", "yes"),
        ("tasks", "categorical", []),
    ],
)
def test_a_wrong_value_is_named_with_its_parameter(tmp_path, values, section, key, value):
    values[section][key] = value
    assert f"{section}.{key} = {value!r}" in refusal(tmp_path, values).message


@pytest.mark.parametrize("key", ["labels", "folds"])
def test_a_corpus_without_labels_or_folds_is_named(tmp_path, values, key):
    del values[key]["ravdess"]
    assert f"{key} has no entry for ravdess" in refusal(tmp_path, values).message


def test_a_model_that_is_there_twice_is_rejected_with_its_line(tmp_path):
    text = (TOP / "studies/embedded.yaml").read_text().replace("  statistics: {", "  cnn: {")
    (tmp_path / "params.yaml").write_text(text)
    with pytest.raises(ZooError, match=r"params\.yaml is not valid YAML: 'cnn' is there twice .*line \d+"):
        params.load(tmp_path / "params.yaml")


@pytest.mark.parametrize("section", ["inputs", "tasks", "models"])
def test_a_study_without_anything_to_compare_is_rejected(tmp_path, values, section):
    values[section] = {}
    assert f"{section} = " in refusal(tmp_path, values).message


@pytest.mark.parametrize("where", ["corpora", "synthetic"])
def test_a_duplicate_name_is_rejected(tmp_path, values, where):
    values[where].append("emodb")
    assert f"{where} lists emodb twice" in refusal(tmp_path, values).message


def test_a_duplicate_seed_is_rejected_before_anything_trains(tmp_path, values):
    values["train"]["seeds"] = [1, 2, 1]
    assert "train.seeds lists 1 twice" in refusal(tmp_path, values).message


@pytest.mark.parametrize("text", ["", "just words", "- a\n- list"])
def test_a_file_that_is_not_a_study_is_rejected(tmp_path, text):
    (tmp_path / "params.yaml").write_text(text)
    with pytest.raises(ZooError, match=r"params\.yaml holds no parameters"):
        params.load(tmp_path / "params.yaml")


@pytest.mark.parametrize("content", [b"study: [unclosed", b"study: \xff\xfe"])
def test_a_file_that_is_not_yaml_is_rejected(tmp_path, content):
    (tmp_path / "params.yaml").write_bytes(content)
    with pytest.raises(ZooError, match="is not valid YAML"):
        params.load(tmp_path / "params.yaml")


def test_a_missing_file_is_rejected(tmp_path):
    with pytest.raises(ZooError, match="is missing"):
        params.load(tmp_path / "params.yaml")


def test_a_study_cannot_be_changed_by_accident(values):
    loaded = params.load(TOP / "params.yaml")
    with pytest.raises(ValueError, match="frozen"):
        loaded.tune.num_trials = 100
