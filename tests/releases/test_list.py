"""`zoo list`: what it takes to choose a model, at the width of a terminal, and which to take for what."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from zoo.cli import app
from zoo.releases.card import read
from zoo.releases.catalogue import Catalogue
from zoo.releases.choice import advice
from zoo.releases.fetch import contradiction
from zoo.releases.pull import Found

TOP = Path(__file__).parents[2]


@pytest.fixture
def listed(tmp_path, monkeypatch):
    """`zoo list` of the models that come with zoo, in a folder with nothing else."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ZOO_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("ZOO_CATALOGUES", raising=False)
    monkeypatch.delenv("COLUMNS", raising=False)
    shutil.copytree(TOP / "models", tmp_path / "shipped", ignore=shutil.ignore_patterns("*.safetensors"))
    monkeypatch.setattr("zoo.releases.catalogue.known", lambda: [Catalogue("shipped")])
    monkeypatch.setattr("zoo.releases.sources.known", lambda: [Catalogue("shipped")])
    monkeypatch.setattr("zoo.releases.pull._studies", lambda: [])
    return lambda *words: CliRunner().invoke(app, ["list", *words])


def names(result):
    assert result.exit_code == 0, result.output
    return [row["name"] for row in json.loads(result.stdout)]


def test_the_shipped_index_says_all_that_the_cards_say():
    shipped = Catalogue(str(TOP / "models"))
    entries = shipped.index().releases
    assert len(entries) == len(list((TOP / "models").glob("*/*/*/card.json")))
    for entry in entries:
        assert contradiction(entry, read(Path(shipped.address) / entry.folder / "card.json")) is None
        assert None not in (entry.classes, entry.licence, entry.language, entry.across, entry.scheme)


@pytest.mark.parametrize("columns", [80, 120])
def test_it_fits_the_terminal_and_says_what_it_takes_to_choose(listed, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    text = listed().stdout
    assert max(map(len, text.splitlines())) <= columns
    lines = text.splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("whisper_base@pooled"))
    of_one = " ".join(lines[at : at + 2])
    for fact in ("0.606* [0.532, 0.676]", " 0.606 ", "43.0", "de, en, pl", "4 core4", "CC-BY-NC-SA-4.0", "no"):
        assert fact in of_one
    assert "post-exploration" in text


def test_every_figure_that_flatters_is_marked(listed):
    rows = [line for line in listed().stdout.splitlines() if "@" in line]
    assert rows and all("*" in line for line in rows)


def test_it_ends_with_which_to_take_for_what(listed):
    text = " ".join(listed().stdout.split("Which to take for:")[1].split())
    assert text.endswith("Chosen by these test figures, of which the best one flatters.")
    assert "speech as in emodb: whisper_base@emodb" in text
    assert "speech as in ravdess: whisper_base@ravdess" in text
    assert "unknown speech: whisper_base@pooled, UAR 0.606* on corpora left out" in text
    assert "commercial use: whisper_base@emodb" in text
    assert "smallest: statistics@emodb" in text
    small = " ".join(listed("--max-mb", "2").stdout.split("Which to take for:")[1].split())
    assert "speech as in emodb: cnn_mean@emodb" in small and "whisper" not in small


def test_a_model_without_a_figure_on_new_speakers_is_not_advised():
    [entry] = [one for one in Catalogue(str(TOP / "models")).index().releases if one.name == "statistics@emodb"]
    unknown = entry.model_copy(update={"name": "statistics@mine", "uar": None, "across": []})
    found = [Found(one, Catalogue("models"), "") for one in (entry, unknown)]
    assert {item.entry.name for _, item in advice(found)} == {"statistics@emodb"}


def test_filters_and_orders(listed):
    every = names(listed("--json"))
    assert names(listed("--json", "--commercial")) == [name for name in every if name.endswith("@emodb")]
    assert set(names(listed("--json", "--language", "PL"))) == {"whisper_base@pooled"}
    assert not any("whisper" in name for name in names(listed("--json", "--max-mb", "40")))
    assert names(listed("--json", "--min-uar", "0.75")) == ["whisper_base@emodb", "whisper_base@ravdess"]
    assert names(listed("--json", "--sort", "uar"))[0] == "whisper_base@emodb"
    assert names(listed("--json", "--sort", "size"))[0] == "statistics@emodb"
    assert names(listed("--json", "--sort", "left-out"))[0] == "whisper_base@pooled"
    assert "no model fits all of these wishes" in listed("--min-uar", "0.99").stdout


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("--sort", "sise"), "did you mean size"),
        (("--min-uar", "70"), "is not between 0 and 1"),
        (("--max-mb", "0"), "is no size"),
    ],
)
def test_wishes_that_nothing_can_fit_are_rejected(listed, words, hint):
    result = listed(*words)
    assert result.exit_code == 2 and hint in result.stderr


def test_json_is_not_rounded(listed):
    (row,) = json.loads(listed("whisper_base@pooled", "--json").stdout)
    assert row["uar"] == row["left_out"] == 0.605887
    assert row["num_bytes"] > row["encoder"]["num_bytes"] == 41191952
    assert {one["target"]: one["uar"] for one in row["across"]}["emodb"] == 0.793177


def test_synthetic_models_say_so_and_are_never_advised(zoo, released):
    text = zoo("list").stdout
    assert "0.1.0 SYNTHETIC" in text and "say nothing about people" in text
    assert "Which to take" not in text


def test_what_a_terminal_would_obey_is_escaped(zoo, released, monkeypatch):
    path = Path("models/index.json")
    index = json.loads(path.read_text(encoding="utf-8"))
    index["releases"][0] |= {"licence": "\x1b[2Jfree\nof charge", "language": "de\x07"}
    path.write_text(json.dumps(index), encoding="utf-8")
    for columns in ("80", "120"):
        monkeypatch.setenv("COLUMNS", columns)
        text = zoo("list").stdout
        assert "free\\nof charge" in text and "\x1b" not in text and "\x07" not in text


def test_an_index_of_an_older_zoo_is_listed_and_can_be_written_anew(zoo, released):
    path = Path("models/index.json")
    index = json.loads(path.read_text(encoding="utf-8"))
    kept = ("name", "version", "origin", "identity", "uar", "low", "high", "exploration", "files")
    index["releases"] = [{name: entry[name] for name in kept} for entry in index["releases"]]
    whole = path.read_bytes()
    path.write_text(json.dumps(index), encoding="utf-8")
    assert "see card" in zoo("list").stdout and zoo("pull", "statistics@emodb:0.1.0").exit_code == 0
    assert "2 releases" in zoo("publish", "--reindex").stdout
    assert path.read_bytes() == whole


@pytest.mark.parametrize("damage", [lambda text: text.encode("utf-16"), lambda text: b"study: " + b"9" * 5_000])
def test_models_are_listed_whatever_is_wrong_with_the_current_study(zoo, project, damage):
    params = project / "params.yaml"
    params.write_bytes(damage(params.read_text(encoding="utf-8")))
    assert "statistics@emodb" in zoo("list").stdout
