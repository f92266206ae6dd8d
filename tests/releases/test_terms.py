"""What a model on an encoder allows: the strictest of the licences of data and encoders."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from zoo.cli import app
from zoo.releases.card import read
from zoo.releases.index import stated
from zoo.releases.readme import readme
from zoo.releases.terms import bases_of, data_of, under
from zoo.runtime.release import Base, StartOf, TeacherOf

TOP = Path(__file__).parents[2]
SHIPPED = sorted((TOP / "models").glob("whisper_base/*/*/card.json"))


@pytest.fixture
def card():
    return read(TOP / "models/whisper_base/emodb/1.0.1/card.json")


def on(card, licence, whose="base"):
    """The card, with an encoder of this licence: its own, its teacher's or that of what it started from."""
    base = card.release.base.model_copy(update={"name": "someone/encoder", "licence": licence})
    known = {"model": "ridge", "architecture": "layer_ridge", "hyperparameters": {}, "input": card.release.input}
    parts = {
        "base": base,
        "teacher": TeacherOf(**known, base=base, share=0.5),
        "start": StartOf.stated("cnn@emodb", ["emodb"], [], [], base, None, version="1.0.0", identity="0" * 64),
    }
    return card.model_copy(update={"release": card.release.model_copy(update={whose: parts[whose]})})


@pytest.mark.parametrize("whose", ["base", "teacher", "start"])
def test_an_encoder_that_is_not_for_commerce_makes_its_model_so_whoever_heard_it(card, whose):
    other = on(card, "cc-by-nc-4.0", whose)
    data = under(data_of(["emodb"]), bases_of(other.release))
    assert (data.licence, data.commercial_use) == ("CC-BY-NC-4.0", False)
    assert "The encoder someone/encoder: CC-BY-NC-4.0, no commercial use" in data.terms
    assert under(data, bases_of(other.release)) == data
    text = readme(other)  # whose card states the terms of the data alone, as older ones do
    assert "license: cc-by-nc-4.0\n" in text and "- commercial use: not allowed\n" in text
    assert "- licence of the data and encoders: CC-BY-NC-4.0\n" in text and text.count("icence cc-by-nc-4.0") == 1


@pytest.mark.parametrize(
    ("licence", "named"), [(None, "the unstated licence of someone/encoder"), ("own-terms", "own-terms")]
)
def test_where_a_licence_is_not_known_nothing_is_called_allowed(card, licence, named):
    other = on(card, licence)
    data = under(data_of(["emodb"]), bases_of(other.release))
    assert (data.licence, data.commercial_use) == (f"CC-BY-4.0 and {named}", None)
    assert "- commercial use: unknown" in readme(other) and f"license_name: CC-BY-4.0 and {named}" in readme(other)
    strict = under(data_of(["ravdess"]), bases_of(other.release))
    assert (strict.licence, strict.commercial_use) == (f"CC-BY-NC-SA-4.0 and {named}", False)


def test_of_several_encoders_all_hold_in_any_order():
    facts = {"revision": None, "sha256": "0" * 64, "num_bytes": 1}
    bases = [Base(name=f"someone/{number}", licence=of, **facts) for number, of in enumerate([None, "cc-by-nc-4.0"])]
    one, other = under(data_of(["emodb"]), bases), under(data_of(["emodb"]), reversed(bases))
    assert one == other
    assert (one.licence, one.commercial_use) == ("CC-BY-NC-4.0 and the unstated licence of someone/0", False)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.parts[-3])
def test_an_encoder_that_allows_everything_takes_nothing_away(path):
    card = read(path)
    assert under(card.data, bases_of(card.release)) == card.data
    assert f"- licence of the data: {card.data.licence}\n" in readme(card)


def test_the_index_says_which_models_may_be_used_commercially(card):
    of = {licence: on(card, licence) for licence in ("mit", "cc-by-nc-4.0", None)}
    entries = {licence: stated(one, "1.0.0", {}) for licence, one in of.items()}
    assert {licence: entry.commercial_use for licence, entry in entries.items()} == {
        "mit": True,
        "cc-by-nc-4.0": False,
        None: None,
    }
    assert entries["cc-by-nc-4.0"].licence == "CC-BY-NC-4.0"


def test_a_card_is_shown_in_words_without_its_encoder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ZOO_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("zoo.encoders.find", lambda *asked: pytest.fail("the encoder was asked for"))
    shown = CliRunner().invoke(app, ["show", "whisper_base@emodb"])
    assert shown.exit_code == 0 and "whisper_base@emodb" in shown.stdout, shown.output
    training = next(line for line in shown.stdout.splitlines() if line.startswith("- training:"))
    assert "refit yes" in training and not set("{}'[]") & set(training)  # nothing of Python
