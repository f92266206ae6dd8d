"""`zoo study check` of what models on encoders fix: one message for each mistake, with what there is instead."""

import pytest
from fixtures import checkpoints
from fixtures.studies import changed

pytest.importorskip("peft")
ADAPTED = {"architecture": "adapted", "input": "states"}
RIDGE = {"architecture": "layer_ridge", "input": "layers"}
FUSED = {"architecture": "fusion", "input": "both"}
MISTAKES = {
    "conv": (ADAPTED | {"fixed": {"place": "conv"}}, "no low-rank changes in 'conv'", "there are: attention, feed_"),
    "last_k": (
        ADAPTED | {"fixed": {"adaptation": "last_k"}},
        "unknown way of adaptation",
        "known: frozen",
    ),
    "rate": (ADAPTED | {"fixed": {"encoder_rate": -1.0}}, "encoder_rate = -1.0: greater than 0", ""),
    "rank": (ADAPTED | {"fixed": {"rank": 5000}}, "rank = 5000, but the layers have 16 dimensions", "4, 8 and 16"),
    "layer": (ADAPTED | {"fixed": {"layer": 1}}, "layer is given by the input, so it cannot be fixed", "remove layer"),
    "alpha": (RIDGE | {"fixed": {"alpha": -1.0}}, "alpha = -1.0: greater than 0", ""),
    "none": (RIDGE | {"fixed": {"alpha": 0}}, "alpha = 0: greater than 0", ""),
    "first": (RIDGE | {"fixed": {"first": 5.0}}, "first = 5.0, last = 1.0: shares of the depth, first <= last", ""),
    "num": (RIDGE | {"fixed": {"num_layers": 7}}, "num_layers is given by the input, so it cannot be fixed", "remove"),
    "c_a": (FUSED | {"fixed": {"c_a": 0}}, "c_a and c_b are greater than 0", ""),
    "split": (FUSED | {"fixed": {"split": 3}}, "split is given by the input, so it cannot be fixed", "remove split"),
    "encoder": (FUSED | {"fixed": {"encoder": "second"}}, "encoder is given by the input", "remove encoder"),
}


def test_each_mistake_in_what_is_fixed_is_said_once_with_what_helps(studies):
    tiny = checkpoints.tiny()
    layers = {"input_type": "encoder_layers", "checkpoint": tiny}

    def change(values):
        values["inputs"] |= {
            "states": {"input_type": "encoder_states", "checkpoint": tiny, "layer": 0},
            "layers": layers,
            "both": {"input_type": "joined", "parts": {"layers": layers, "egemaps": {}}},
        }
        values["models"] |= {name: model for name, (model, _, _) in MISTAKES.items()}
        values["train"]["augmentation"] |= {key: {} for key in ("encoder_states", "encoder_layers", "joined")}

    said = changed(change).stderr
    wholes = said.split("error:")[1:]
    for name, (_, message, hint) in MISTAKES.items():
        [own] = [whole for whole in wholes if message in whole and f"models.{name}" in whole]
        assert hint in own, name
    assert len(wholes) == len(MISTAKES), said


@pytest.mark.parametrize("name", ["savee", "pools"])
def test_a_pool_is_named_like_no_corpus_and_no_folder(studies, name):
    found = changed(lambda values: values.update(pools={name: ["emodb", "ravdess"]})).stderr
    assert f"pools.{name} is the name of a {'corpus' if name == 'savee' else 'folder'}" in found
    assert found.count("error:") == 1, found


def test_more_epochs_of_a_start_than_anybody_could_wait_for_are_refused(studies):
    start = {"model": "cnn", "corpus": "emodb", "epochs": 10**12}
    found = changed(lambda values: values["models"].update(second=values["models"]["cnn"] | {"start": start})).stderr
    assert "models.second.start.epochs = 1000000000000" in found and "10000" in found


@pytest.mark.parametrize("name", ["", "."])
def test_a_checkpoint_without_a_name_is_refused(studies, name):
    layers = {"input_type": "encoder_layers", "checkpoint": name}
    found = changed(lambda values: values["inputs"].update(layers=layers)).stderr
    assert f"inputs.layers: checkpoint = '{name}' names no checkpoint" in found and found.count("error:") == 1
