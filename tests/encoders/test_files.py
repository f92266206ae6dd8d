"""The files of weights that are hashed are those that transformers loads."""

import json
import shutil
from pathlib import Path

import pytest
from fixtures import checkpoints

from zoo import encoders
from zoo.encoders import find
from zoo.errors import ZooError

pytest.importorskip("transformers")


@pytest.fixture
def folder(tmp_path):
    """A checkpoint that may be spoilt."""
    return Path(shutil.copytree(checkpoints.tiny(), tmp_path / "checkpoint"))


def test_an_intact_file_beside_does_not_hide_other_weights(folder):
    known = encoders.sha256_of(find(str(folder)))
    shutil.copy(folder / "model.safetensors", folder / "zzz.safetensors")
    assert encoders.sha256_of(find(str(folder), sha256=known)) == known
    checkpoints.renamed(folder, lambda weights: {name: value + 0.01 for name, value in weights.items()})
    with pytest.raises(ZooError, match="the weights of"):
        find(str(folder), sha256=known)


def test_another_name_is_not_loaded_and_so_not_hashed(folder):
    (folder / "model.safetensors").rename(folder / "zzz.safetensors")
    with pytest.raises(ZooError, match=r"has no weights \(model.safetensors or model.safetensors.index.json\)"):
        encoders.sha256_of(find(str(folder)))


def test_of_an_index_the_files_that_it_names_are_hashed(folder):
    known = encoders.sha256_of(find(str(folder)))
    files = checkpoints.halved(folder)
    shutil.copy(files[0], folder / "another.safetensors")
    found = find(str(folder))
    assert found.weights == files and encoders.sha256_of(found) == known


def test_one_file_and_an_index_are_refused_since_either_could_be_meant(folder):
    whole = (folder / "model.safetensors").read_bytes()
    checkpoints.halved(folder)
    (folder / "model.safetensors").write_bytes(whole)
    with pytest.raises(ZooError, match=r"has both model\.safetensors and model\.safetensors\.index") as caught:
        encoders.sha256_of(find(str(folder)))
    assert "remove one" in caught.value.hint


@pytest.mark.parametrize("content", ["{", "[]", "{}", json.dumps({"weight_map": []})])
def test_an_index_that_is_damaged_is_one_message(folder, content):
    checkpoints.halved(folder)
    (folder / "model.safetensors.index.json").write_text(content)
    with pytest.raises(ZooError, match="cannot be read"):
        encoders.sha256_of(find(str(folder)))
