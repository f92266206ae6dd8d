"""A model that does not answer as it did when it was published is not loaded; nor is a damaged one."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from zoo.errors import ZooError
from zoo.releases import CARD, GOLDEN, WEIGHTS, cache
from zoo.releases.card import described, identity
from zoo.releases.card import read as read_card
from zoo.releases.card import write as write_card
from zoo.releases.load import load
from zoo.runtime import golden

TOP = Path(__file__).parents[2]


@pytest.fixture
def release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of a shipped release."""
    monkeypatch.setenv("ZOO_CACHE", str(tmp_path / "cache"))
    source = max((TOP / "models/bigru/emodb").iterdir())
    return Path(shutil.copytree(source, tmp_path / "release"))


def consistent(folder: Path, **release: Any) -> None:
    """Make the card agree with what is in the folder now. release: changes to its facts."""
    card = read_card(folder / CARD)
    files = described({name: folder / name for name in card.files})
    facts = card.release.model_copy(update=release)
    own = identity(facts, card.labels, files)
    write_card(card.model_copy(update={"release": facts, "files": files, "identity": own}), folder / CARD)


def change_weights(folder: Path, change: Callable[[dict[str, torch.Tensor]], None]) -> None:
    tensors = load_file(folder / WEIGHTS)
    change(tensors)
    save_file(tensors, folder / WEIGHTS)
    consistent(folder)


def test_a_random_head_in_place_of_the_released_one_is_refused(release):
    def swap(tensors):
        torch.manual_seed(0)
        tensors["0.head.weight"] = torch.randn_like(tensors["0.head.weight"]) * 0.1

    load(release)
    change_weights(release, swap)
    with pytest.raises(ZooError, match="bigru@emodb does not answer as it did when it was published"):
        load(release)


def test_a_slightly_moved_weight_is_noticed_too(release):
    def move(tensors):
        tensors["0.head.bias"][0] += 0.01

    change_weights(release, move)
    with pytest.raises(ZooError, match=r"differ by 0\.01"):
        load(release)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_weights_that_are_not_numbers_are_refused(release, value):
    def spoil(tensors):
        tensors["0.head.bias"][0] = value

    change_weights(release, spoil)
    with pytest.raises(ZooError, match=r"weights\.safetensors: 0\.head\.bias holds values that are not numbers"):
        load(release)


def test_golden_answers_that_are_not_numbers_are_refused(release):
    known = golden.read(release / GOLDEN)
    known.outputs[0][1, 1] = np.nan
    golden.write(known, release / GOLDEN)
    consistent(release)
    with pytest.raises(ZooError, match="does not answer as it did"):
        load(release)


@pytest.mark.parametrize(
    ("name", "value"), [("hidden", 48), ("layers", 2), ("layers", "two"), ("width", 3), ("dropout", "much")]
)
def test_edited_hyperparameters_are_refused(release, name, value):
    text = (release / CARD).read_text(encoding="utf-8")
    edited = text.replace('"hidden": 64', '"hidden": 65')
    assert edited != text
    (release / CARD).write_text(edited, encoding="utf-8")
    with pytest.raises(ZooError, match=r"card\.json was changed"):
        load(release)
    # nor if the card was made to agree with itself
    (release / CARD).write_text(text, encoding="utf-8")
    network = read_card(release / CARD).release.networks[0]
    changed = network.model_copy(update={"hyperparameters": network.hyperparameters | {name: value}})
    consistent(release, networks=[changed])
    with pytest.raises(ZooError, match=r"hyperparameter|of bigru = "):
        load(release)


@pytest.mark.parametrize("name", [WEIGHTS, GOLDEN, CARD])
@pytest.mark.parametrize("damage", ["cut", "changed", "gone", "empty"])
def test_a_damaged_file_is_named(release, name, damage):
    content = (release / name).read_bytes()
    (release / name).unlink()
    if damage != "gone":
        shorter = {"cut": content[:-9], "changed": content[:-9] + b"123456789", "empty": b""}[damage]
        (release / name).write_bytes(shorter)
    with pytest.raises(ZooError, match=name.replace(".", r"\.")) as caught:
        load(release)
    assert caught.value.hint


@pytest.mark.parametrize("name", [WEIGHTS, GOLDEN])
def test_a_damaged_file_is_named_even_if_the_card_agrees(release, name):
    (release / name).write_bytes((release / name).read_bytes()[:-9])
    consistent(release)
    with pytest.raises(ZooError, match=name.replace(".", r"\.")):
        load(release)


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('"format": 2', '"format": 3', "format"),
        ('"anger",\n   "boredom"', '"boredom",\n   "boredom"', "the class boredom is stated twice"),
        ('"golden.safetensors": {', '"../golden.safetensors": {', "is not the name of a file"),
        ('"model": "bigru"', '"model": "cnn"', "its release is cnn@emodb"),
        ('"base": null,', "", "release.base"),
        ('"seeds": [', '"unknown": 1,\n  "seeds": [', "release.unknown"),
    ],
)
def test_what_is_wrong_with_a_card_is_named(release, old, new, named):
    text = (release / CARD).read_text(encoding="utf-8")
    assert old in text
    (release / CARD).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ZooError, match=named):
        load(release)


def test_golden_answers_are_computed_once_for_each_release_and_runtime(release, monkeypatch):
    computed = []
    real = golden.difference
    monkeypatch.setattr(golden, "difference", lambda *given: computed.append(1) or real(*given))
    load(release)
    load(release)
    assert len(computed) == 1
    monkeypatch.setattr(cache, "_runtime", lambda *_: ["another version"])
    load(release)
    assert len(computed) == 2
    network = read_card(release / CARD).release.networks[0]
    changed = network.model_copy(update={"hyperparameters": network.hyperparameters | {"dropout": 0.3}})
    consistent(release, networks=[changed])
    load(release)
    assert len(computed) == 3


def test_a_cache_that_cannot_be_written_costs_time_only(release, monkeypatch):
    (release.parent / "file").write_text("")
    monkeypatch.setenv("ZOO_CACHE", str(release.parent / "file"))
    assert load(release).card.name == "bigru@emodb"
