"""Answers under another gain: those of an input that hears the level change, those of one that does not, do not."""

from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest
import soundfile
import torch

from zoo import architectures, audio, inputs, tasks
from zoo.inputs import changes
from zoo.inputs.contract import Spec
from zoo.inputs.copies import copies
from zoo.tables.gain import EVEN, INDEPENDENT
from zoo.training.gain import CONDITIONS, answers_under_gain

CLASSES = ("anger", "sadness")
NUM = 70  # more than are in memory at a time


@pytest.fixture(scope="module")
def recordings(tmp_path_factory):
    folder, random = tmp_path_factory.mktemp("gain"), np.random.default_rng(5)
    for number in range(NUM):
        samples = 0.05 * random.normal(size=1600 + 160 * (number % 7))
        soundfile.write(folder / f"u{number}.wav", samples, 16_000, subtype="FLOAT")
    return folder


def asked(steps, recordings, views=1, pool=""):
    """Answers of a random linear network over the mean level of the bands. pool: the corpus in the names of a pool."""
    heard = inputs.build(Spec("log_mel", steps=steps, copies=views - 1))
    torch.manual_seed(0)
    model = architectures.build("statistics", {}, heard.num_dims, 2)
    with torch.no_grad():
        model.head.weight[:, : heard.num_dims] = torch.tensor([[1.0], [-1.0]])
        model.head.weight[:, heard.num_dims :] = 0
        model.mean.fill_(-40.0)
    data = SimpleNamespace(
        model=SimpleNamespace(architecture="statistics", views=views),
        corpus="pooled" if pool else "emodb",
        members=["emodb", "ravdess"] if pool else ["emodb"],
        store=SimpleNamespace(num_dims=heard.num_dims),
        heard=heard,
        task=tasks.build({}, "categorical", CLASSES),
    )
    rows = pl.DataFrame(
        {
            "utterance_id": [f"{pool}u{number}" for number in range(NUM)],
            "path": [f"u{number}.wav" for number in range(NUM)],
            "start_s": None,
            "end_s": None,
            "speaker_id": ["b" if number % 3 else "a" for number in range(NUM)],
            "sex": "female",
            "scheme": "native",
            "label": "anger",
        }
    )
    job = SimpleNamespace(recipe=SimpleNamespace(hyperparameters={}))
    outcome = SimpleNamespace(weights=model.state_dict())
    return answers_under_gain(data, rows, [job], [outcome], recordings)


def logits(answers, condition):
    return np.array(answers.filter(condition=condition)["logits"].to_list())


def test_as_recorded_the_level_is_heard_in_its_order(recordings):
    answers = asked([], recordings)
    assert set(answers["condition"]) == {*EVEN, INDEPENDENT}
    means = [logits(answers, name)[:, 0].mean() for name in sorted(EVEN, key=EVEN.__getitem__)]
    assert means == sorted(means) and means[-1] - means[0] > 100
    drawn = logits(answers, INDEPENDENT)[:, 0]
    assert means[0] < drawn.mean() < means[-1]


def test_after_the_step_level_nothing_changes(recordings):
    answers = asked([("level", {})], recordings)
    first = logits(answers, "minus_20_db")
    for condition in CONDITIONS:
        np.testing.assert_allclose(logits(answers, condition), first, atol=0.2)


def test_the_level_of_a_speaker_follows_a_gain_of_all_recordings_but_not_one_of_each(recordings):
    answers = asked([("speaker_level", {})], recordings)
    assert answers.filter(condition=INDEPENDENT)["utterance_id"].n_unique() == NUM
    first = answers.filter(condition="minus_20_db").sort("utterance_id")
    for condition in EVEN:
        same = answers.filter(condition=condition).sort("utterance_id")
        np.testing.assert_allclose(same["logits"].to_list(), first["logits"].to_list(), atol=0.2)
    loudness = {row[0]: row[1][0] for row in first.select("utterance_id", "logits").iter_rows()}
    heard = inputs.build(Spec("log_mel", steps=[("speaker_level", {})]))
    for speaker in "ab":  # an answer is about the utterance that it names
        names = [name for name in loudness if ("b" if int(name[1:]) % 3 else "a") == speaker]
        rows = heard.compute([audio.load(recordings / f"{name}.wav") for name in names])
        means = [frames.mean() for frames in rows]
        assert np.corrcoef([loudness[name] for name in names], means)[0, 1] > 0.999
    drawn = answers.filter(condition=INDEPENDENT).sort("utterance_id")
    assert np.abs(np.subtract(drawn["logits"].to_list(), first["logits"].to_list())).mean() > 5


def test_the_drawn_gains_are_normal_with_a_deviation_of_6_db_and_the_same_everywhere():
    gains = [CONDITIONS[INDEPENDENT](f"utterance{number}") for number in range(4000)]
    assert np.std(gains) == pytest.approx(6.0, abs=0.25) and np.mean(gains) == pytest.approx(0.0, abs=0.3)
    assert CONDITIONS[INDEPENDENT]("utterance7") == gains[7]


def test_answers_are_in_the_order_of_the_utterances(recordings):
    answers = asked([], recordings).filter(condition="plus_10_db")
    assert answers["utterance_id"].to_list() == [f"u{number}" for number in range(NUM)]


@pytest.mark.parametrize("pool", ["", "emodb/"])
def test_several_views_are_the_stored_copies_under_the_same_gain(recordings, pool):
    heard = inputs.build(Spec("log_mel", steps=[]))
    answers = asked([], recordings, views=3, pool=pool).filter(condition="plus_10_db")
    for number in (0, 41):
        sound = audio.load(recordings / f"u{number}.wav")
        seen = [np.float32(10**0.5) * one for one in (sound, *copies(sound, f"u{number}", 4, changes.build(None))[:2])]
        # the network's outputs are plus and minus the sum over bands of their mean, less -40, over the std, which is 1
        sums = np.array([(rows.astype(np.float64) + 40).mean(axis=0).sum() for rows in heard.compute(seen)])
        wanted = np.mean(1 / (1 + np.exp(np.clip(-2 * sums, -500, 500))))
        assert answers["probabilities"][number][0] == pytest.approx(wanted, abs=1e-4)
