"""Releases of several networks, of other tasks and of inputs with steps: from package to answers."""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from zoo.errors import ZooError
from zoo.inputs.contract import Spec
from zoo.releases.load import load
from zoo.runtime.release import TaskOf
from zoo.runtime.weights import load as load_networks

EMODB = Path("derived/mini/zoo/statistics/emodb")
DIMENSIONAL = TaskOf(name="vad", task_type="dimensional", options={})
MULTITASK = TaskOf(
    name="both", task_type="multitask", options={"parts": {"sex": {}, "categorical": {}, "dimensional": {}}}
)


@pytest.fixture
def noise(tmp_path: Path) -> Path:
    rng = np.random.default_rng(4)
    soundfile.write(tmp_path / "noise.wav", rng.normal(0, 0.1, 16_000), 16_000)
    return tmp_path / "noise.wav"


def test_several_networks_answer_with_the_mean_of_their_probabilities(zoo, retrained, noise):
    retrained(number=3)
    model = load(EMODB)
    sound = soundfile.read(noise, dtype="float32")[0]
    alone = [
        np.exp(logits) / np.exp(logits).sum()
        for network in model.networks
        for logits in [_logits(model, network, sound)]
    ]
    np.testing.assert_allclose(model.probabilities([sound])[0], np.mean(alone, axis=0), atol=1e-6)
    assert max(np.abs(np.diff(alone, axis=0)).max(axis=1)) > 0.01
    assert model.embed(noise).shape == (1, 3 * 128)
    text = (EMODB / "README.md").read_text(encoding="utf-8")
    assert "mean of the answers of 3 networks (`statistics`; 3 times the cost of one)" in text
    assert zoo("publish", "mini").exit_code == 0
    assert zoo("predict", noise, "-m", "statistics@emodb:0.1.0").exit_code == 0


def _logits(model, network, sound):
    from zoo.runtime.inference import outputs

    frames = model.heard.compute([sound])
    return outputs(network, [len(frames[0])], lambda row: frames[row])[0].astype(np.float64)


def test_a_network_that_is_missing_or_too_many_is_noticed(retrained):
    retrained(number=2)
    release = load(EMODB).card.release
    one = release.model_copy(update={"networks": release.networks[:1]})
    for facts in (one, release.model_copy(update={"networks": release.networks * 2})):
        with pytest.raises(ZooError, match="does not hold"):
            load_networks(EMODB / "weights.safetensors", facts, 7)


def test_a_dimensional_model_prints_values_and_is_not_scored_on_labels(zoo, retrained, noise):
    retrained(task=DIMENSIONAL)
    answer = load(EMODB)(noise)
    assert answer.label is None and answer.probabilities == {}
    assert list(answer.values) == ["valence", "arousal", "dominance"]
    assert all(0 <= value <= 1 for value in answer.values.values())
    printed = zoo("predict", noise, "-m", "statistics@emodb").stdout
    assert "valence  arousal  dominance" in printed and "label" not in printed
    row = json.loads(zoo("predict", noise, "-m", "statistics@emodb", "--json").stdout)["predictions"][0]
    assert row["label"] is None and row["values"] == pytest.approx(answer.values, abs=1e-6)
    scored = zoo("evaluate", "statistics@emodb", "ravdess")
    assert scored.exit_code == 2
    assert "predicts valence, arousal, dominance, not classes" in scored.stderr


def test_several_dimensional_networks_answer_with_the_mean_of_their_values(retrained, noise):
    from scipy.special import expit

    retrained(task=DIMENSIONAL, number=2)
    model = load(EMODB)
    sound = soundfile.read(noise, dtype="float32")[0]
    alone = [expit(_logits(model, network, sound)) for network in model.networks]
    np.testing.assert_allclose(list(model(noise).values.values()), np.mean(alone, axis=0), atol=1e-6)


def test_a_multitask_model_answers_what_its_parts_are_seen_for(zoo, retrained, noise):
    retrained(task=MULTITASK)
    answer = load(EMODB)(noise)
    assert set(answer.probabilities) == set(load(EMODB).card.classes)
    assert answer.label == max(answer.probabilities, key=answer.probabilities.get)
    assert set(answer.values) == {"valence", "arousal", "dominance"}
    assert zoo("evaluate", "statistics@emodb", "ravdess").exit_code == 0


def test_a_model_on_an_input_that_cannot_be_exported_is_published_by_force_only(zoo, retrained):
    pytest.importorskip("noisereduce")
    retrained(spec=Spec("log_mel", steps=[("noise_reduction", {"amount": 1.0})]))
    refused = zoo("publish", "mini")
    assert refused.exit_code == 3
    assert "statistics@emodb hears 'log_mel', after noise_reduction, which cannot be exported" in refused.stderr
    assert not Path("models/index.json").exists()
    forced = zoo("publish", "mini", "--force")
    assert forced.exit_code == 0, forced.output
    assert "after noise_reduction (amount 1)" in zoo("show", "statistics@emodb").stdout


def test_a_transductive_model_is_never_published(zoo, retrained):
    retrained(spec=Spec("log_mel", steps=[("speaker_level", {})]))
    for options in ((), ("--force",)):
        refused = zoo("publish", "mini", *options)
        assert refused.exit_code == 3
        assert "statistics@emodb hears all recordings of a speaker together (transductive)" in refused.stderr
    assert not Path("models/index.json").exists()


def test_a_licence_of_the_input_is_on_the_card(project):
    from zoo.releases import CARD
    from zoo.releases.card import read
    from zoo.releases.readme import readme

    card = read(EMODB / CARD)
    assert "licence of the input" not in readme(card)
    heard = card.release.input.model_copy(update={"facts": {"licence": "research only"}})
    release = card.release.model_copy(update={"input": heard})
    assert "- licence of the input: research only" in readme(card.model_copy(update={"release": release}))


def test_declared_steps_are_part_of_what_is_heard(retrained, noise):
    plain = load(EMODB)(noise)
    retrained(seed=1, spec=Spec("log_mel", steps=[("level", {"dbfs": -40.0})]))
    model = load(EMODB)
    assert model.card.release.input.steps == [("level", {"dbfs": -40.0})]
    assert model(noise).probabilities != plain.probabilities


def test_a_candidate_that_does_not_answer_as_it_did_is_not_published(zoo, project):
    from zoo.releases import CARD, GOLDEN
    from zoo.releases.card import described, identity, read, write
    from zoo.runtime import golden

    known = golden.read(EMODB / GOLDEN)
    known.outputs[0][:] += 1
    golden.write(known, EMODB / GOLDEN)
    card = read(EMODB / CARD)
    files = described({name: EMODB / name for name in card.files})
    own = identity(card.release, card.labels, files)
    write(card.model_copy(update={"files": files, "identity": own}), EMODB / CARD)
    refused = zoo("publish", "mini")
    assert refused.exit_code == 1
    assert "statistics@emodb does not answer as it did" in refused.stderr
    assert not Path("models/index.json").exists()


def test_recordings_far_out_of_range_are_errors_that_name_the_file(zoo, project, tmp_path, noise):
    loud = tmp_path / "loud.wav"
    soundfile.write(loud, np.random.default_rng(1).normal(0, 1e18, 16_000), 16_000, subtype="FLOAT")
    result = zoo("predict", loud, noise, "-m", "statistics@emodb")
    assert result.exit_code == 1
    assert f"{loud} has samples of up to" in result.stderr
    lines = {line.split()[0]: line.split()[1] for line in result.stdout.splitlines() if ".wav" in line}
    assert lines[str(loud)] == "-" != lines[str(noise)]


def test_an_answer_that_is_not_finite_is_an_error_that_names_model_and_recording(project, noise, monkeypatch):
    import torch

    model = load(EMODB)
    with torch.no_grad():
        model.networks[0].head.bias[0] = float("nan")
    with pytest.raises(ZooError, match=r"statistics@emodb has no finite answer for .*noise\.wav"):
        model(noise)
    with torch.no_grad():
        model.networks[0].mean[0] = float("nan")
    with pytest.raises(ZooError, match=r"statistics@emodb has no finite answer for .*noise\.wav"):
        model.embed(noise)
