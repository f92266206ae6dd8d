"""A card says how the copies of the corpora that it was trained on differ from the published ones."""

import polars as pl
import pytest
from conftest import TOP

from zoo import synthetic
from zoo.library.manifest import build
from zoo.releases import deviations
from zoo.releases.card import card_text, read
from zoo.releases.readme import card_in_words
from zoo.releases.terms import data_of
from zoo.tables.manifest import MANIFEST

SHIPPED = TOP / "models/cnn/ravdess/2.0.1"


def silent():
    """The card of a shipped model as it was before cards said this."""
    card = read(SHIPPED / "card.json")
    return card.model_copy(update={"data": card.data.model_copy(update={"not_as_published": None})})


@pytest.fixture
def recorded(tiny_study, tmp_path):
    """A study whose manifest of RAVDESS, at 16 kHz, is of recorded speech."""
    study = tiny_study()
    synthetic.write("ravdess", tmp_path / "ravdess")
    path = study.derived / "manifest/ravdess.parquet"
    MANIFEST.write(build("ravdess", tmp_path / "ravdess"), path, {})
    assert deviations.stated(data_of(["ravdess"]), ["ravdess"], study).not_as_published is None  # synthetic
    MANIFEST.write(MANIFEST.read(path).with_columns(origin=pl.lit("recorded")), path, {})
    return study


def test_a_model_of_a_converted_corpus_says_so_on_its_card(recorded):
    data = deviations.stated(data_of(["ravdess"]), ["ravdess"], recorded)
    assert data.not_as_published and "have 16000 Hz; published: 48000 Hz" in data.not_as_published[0]
    card = silent()
    assert "not as published" not in card_in_words(card)
    words = card_in_words(card.model_copy(update={"data": data}))
    assert "- **not as published**: ravdess: " in words and "published: 48000 Hz" in words


def test_an_upgrade_says_it_where_the_recordings_are_here(recorded, monkeypatch):
    card = silent()
    assert "not_as_published" not in card_text(card)
    frame = MANIFEST.read(recorded.derived / "manifest/ravdess.parquet")
    monkeypatch.setattr(deviations, "build", lambda name, folder: frame)
    assert deviations.added(card, SHIPPED) == card  # other recordings than those it was trained on
    own = card.training.model_copy(update={"sha256_samples": frame["sha256_samples"].to_list()})
    new = deviations.added(card.model_copy(update={"training": own}), SHIPPED)
    assert new.data.not_as_published and '"not_as_published": [' in card_text(new)
