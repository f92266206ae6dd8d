"""`import zoo`: load a model, ask it about files and arrays, list what there is."""

import doctest
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

import zoo as package
from zoo.errors import ZooError

RATE = 16_000


@pytest.fixture
def model(tmp_path, monkeypatch):
    """A shipped model, in a folder that is no project."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ZOO_CACHE", str(tmp_path / "cache"))
    return package.load("bigru@emodb")


@pytest.fixture
def files(tmp_path):
    rng, paths = np.random.default_rng(1), []
    for number in range(3):
        paths.append(tmp_path / f"{number}.wav")
        soundfile.write(paths[-1], rng.normal(0, 0.05 * (number + 1), RATE * (number + 1)), RATE)
    return paths


def test_paths_and_arrays_alone_and_in_lists_are_answered_alike(model, files):
    arrays = [soundfile.read(path, dtype="int16")[0] for path in files]
    together = model(files)
    assert [type(answer) for answer in together] == [package.Answer] * 3
    mixed = model([files[0], arrays[1], str(files[2])], sampling_rate=RATE)
    for path, array, answer, other in zip(files, arrays, together, mixed, strict=True):
        for alone in (model(path), model(str(path)), model(array, sampling_rate=RATE), other):
            assert alone.label == answer.label
            assert alone.probabilities == pytest.approx(answer.probabilities, abs=1e-5)
    assert list(together[0].probabilities) == model.card.classes
    assert model([]) == []


def test_embeddings_are_a_row_an_utterance_and_say_what_the_answers_say(model, files):
    embedded = model.embed(files)
    assert embedded.shape == (3, 256) and embedded.dtype == np.float32
    np.testing.assert_allclose(model.embed(files[1]), embedded[1:2], atol=1e-4)
    head = model.networks[0].head
    logits = embedded @ head.weight.detach().numpy().T + head.bias.detach().numpy()
    assert [model.card.classes[row] for row in logits.argmax(axis=1)] == [answer.label for answer in model(files)]


def test_more_utterances_than_are_held_at_once_are_answered_in_order(model, files, monkeypatch):
    monkeypatch.setattr("zoo.releases.load.TOGETHER", 2)
    assert [answer.label for answer in model(files * 3)] == [model(path).label for path in files] * 3
    assert model.embed(files * 3).shape == (9, 256)


@pytest.mark.parametrize(
    ("sound", "rate", "named"),
    [
        (np.full(RATE, 0.1), None, "the sampling rate of the utterance is not stated"),
        ([np.full(RATE, 0.1)], None, "the sampling rate of utterance 0 is not stated"),
        ([0.1 * np.sin(np.arange(RATE)), np.zeros(RATE)], RATE, "utterance 1 is silent"),
        (np.full(RATE, 1e18), RATE, "the utterance has samples of up to 1e"),
        ("gone.wav", None, "gone.wav is not a file"),
        ("a" * 5000, None, "File name too long"),
        ("a\0.wav", None, "is not a file"),
        (np.full(RATE, 0.1), 10**400, "the sampling rate of the utterance is not one of speech"),
        (Path("gone.wav"), RATE, "files state their own"),
        ([0.1, 0.2], RATE, "utterance 0 is float"),
        (None, RATE, "the utterance is NoneType"),
    ],
)
def test_what_cannot_be_answered_is_refused_by_name(model, sound, rate, named):
    for ask in (model, model.embed):
        with pytest.raises(ZooError, match=named):
            ask(sound, rate)


@pytest.mark.parametrize("name", [f"cnn@emodb:{'9' * 5000}.0.0", "a" * 5000, "a\0@emodb", "", "cnn@emodb:", None, 3])
def test_what_is_no_name_of_a_model_is_refused(model, name):
    with pytest.raises(ZooError, match=r"is not the name of a model|is not a version"):
        package.load(name)


def test_names_are_listed_and_unknown_ones_have_near_ones(model):
    names = package.list("big*@emodb")
    assert {name.partition(":")[0] for name in names} == {"bigru@emodb"}
    assert set(names) < set(package.list())
    with pytest.raises(ZooError) as caught:
        package.load("bigrv@emodb")
    assert "bigru@emodb" in caught.value.hint


def test_synthetic_models_say_so(project):
    with pytest.warns(UserWarning, match="SYNTHETIC"):
        assert "SYNTHETIC" in repr(package.load("statistics@emodb"))


def test_importing_zoo_imports_nothing_else():
    code = "import sys, zoo; print(sorted(name for name in sys.modules if name.startswith(('zoo.', 'torch', 'numpy'))))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    assert set(package.__all__) <= set(dir(package))
    with pytest.raises(AttributeError, match="no attribute 'lode'"):
        package.lode  # noqa: B018


TOP = Path(__file__).parents[2]
BLOCK = re.compile(r"^```python\n(>>> .*?)^```$", re.M | re.S)


@pytest.mark.parametrize("name", ["README.md", "docs/use-a-model.md"])
def test_the_documents_examples_give_what_they_show(model, name):
    blocks = BLOCK.findall((TOP / name).read_text(encoding="utf-8"))
    assert blocks
    for block in blocks:
        example = doctest.DocTestParser().get_doctest(block, {}, name, name, 0)
        assert doctest.DocTestRunner().run(example).failed == 0


def test_the_docstrings_examples_give_what_they_show(model):
    from zoo.releases import api

    assert doctest.testmod(api).failed == 0
