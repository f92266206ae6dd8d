"""Reliability, and the most confident errors: what is shown, and what may be heard."""

import re
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
import soundfile

from zoo import audio
from zoo.reporting.corpus import _models
from zoo.reporting.trust import SHOWN, Sound, errors_blocks, reliability


def recorded(found):
    return replace(found, predictions=found.predictions.with_columns(target_origin=pl.lit("recorded")))


def with_audio(found, corpus, folder):
    noise = 0.1 * np.random.default_rng(1).standard_normal(4000)
    for path in found.manifests[corpus]["path"]:
        soundfile.write(folder / path, noise, 16_000)
    return folder


def test_errors_are_the_wrong_answers_with_the_highest_probability_each_once(found, tmp_path):
    blocks = dict(errors_blocks(found, "emodb", ["cnn"], tmp_path, Sound(0)))
    shown = re.findall(r'<th scope="row">(.*?)</th>', blocks["cnn"])
    wrong = found.predictions.filter(
        pl.col("label") != pl.col("predicted"), model="cnn", source="emodb", target="emodb"
    ).with_columns(sure=pl.col("probabilities").list.max())
    wanted = wrong.sort("sure", "utterance_id", descending=[True, False]).head(SHOWN)["utterance_id"].to_list()
    assert [name.replace("<wbr>", "") for name in shown] == wanted and len(set(shown)) == SHOWN


@pytest.mark.parametrize(
    ("corpus", "origin", "heard"),
    [("emodb", "recorded", True), ("iemocap", "recorded", False), ("iemocap", "synthetic", True)],
)
def test_recordings_are_in_the_page_only_where_the_licence_lets_them_be(found, tmp_path, corpus, origin, heard):
    folder = with_audio(found, corpus, tmp_path)
    some = recorded(found) if origin == "recorded" else found
    [(_, block)] = errors_blocks(some, corpus, ["cnn"], folder, Sound(10**6))
    assert ('src="data:audio/mpeg;base64,' in block) is heard
    assert (".wav<" in block) is not heard  # else the path is stated


def test_recordings_do_not_outgrow_the_page_and_none_is_in_it_twice(found, tmp_path):
    folder, sound = with_audio(found, "emodb", tmp_path), Sound(20_000)
    blocks = "".join(dict(errors_blocks(found, "emodb", ["cnn", "cnn_lstm", "cnn"], folder, sound)).values())
    players = re.findall(r"base64,[^\"]*", blocks)
    assert 0 < sum(map(len, players)) <= 20_000 and sound.left >= 0
    assert len(set(re.findall(r'<audio[^>]*aria-label="([^"]*)"', blocks))) == len(players)
    for anchor in re.findall(r'href="#([^"]*)"', blocks):
        assert anchor in sound.placed.values()


def test_the_reliability_diagram_is_of_all_utterances(found):
    model = _models(found, "emodb")["cnn"]
    block = reliability(found, "emodb", "cnn", model)
    ece = found.within("emodb").filter(model="cnn", metric="ece", group="all")["value"][0]
    assert f"expected calibration error {ece:.3f}" in block


def test_of_a_part_of_a_recording_the_part_is_heard(found, tmp_path, monkeypatch):
    folder, asked = with_audio(found, "emodb", tmp_path), []
    parts = found.manifests["emodb"].with_columns(start_s=pl.lit(0.05), end_s=pl.lit(0.2))
    some = replace(found, manifests=found.manifests | {"emodb": parts})
    load = audio.load
    monkeypatch.setattr(audio, "load", lambda *place: asked.append(place[1:]) or load(*place))
    [(_, block)] = errors_blocks(some, "emodb", ["cnn"], folder, Sound(10**6))
    assert "<audio" in block and set(asked) == {(0.05, 0.2)}
