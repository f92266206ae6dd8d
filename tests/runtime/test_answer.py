"""From outputs to answers: in range, averaged as answers, and refused where they are not."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zoo import tasks
from zoo.errors import ZooError
from zoo.runtime.answer import answers, average, probabilities, read

CLASSES = ("anger", "neutral", "sadness")
ENTRIES = [
    {"task_type": "categorical"},
    {"task_type": "soft"},
    {"task_type": "dimensional"},
    {"task_type": "multitask", "parts": {"categorical": {}, "sex": {}, "dimensional": {}}},
]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["task_type"])
def test_every_output_of_a_task_is_read(entry):
    task = tasks.build(entry, "asked", CLASSES)
    assert sum(len(reading.names) for reading in task.readings) == task.num_outputs


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["task_type"])
@settings(deadline=None)  # the first example imports scipy
@given(st.integers(1, 4), st.integers(0, 99), st.sampled_from([0.1, 3.0, 100.0]))
def test_an_average_of_outputs_is_read_as_the_average_of_what_is_read(entry, number, seed, scale):
    readings = tasks.build(entry, "asked", CLASSES).readings
    size = sum(len(reading.names) for reading in readings)
    outputs = np.random.default_rng(seed).normal(0, scale, (number, 5, size)).astype(np.float32)
    mean, start = average(readings, list(outputs)), 0
    assert np.isfinite(mean).all()
    for reading in readings:
        span = slice(start, start := start + len(reading.names))
        expected = np.mean([read(reading, one[:, span]) for one in outputs], axis=0)
        np.testing.assert_allclose(read(reading, mean[:, span]), expected, atol=1e-5)


def test_the_outputs_of_one_network_stay_as_they_are():
    outputs = np.random.default_rng(1).normal(size=(4, 3)).astype(np.float32)
    assert average(tasks.build({}, "categorical", CLASSES).readings, [outputs]) is outputs


@settings(deadline=None)  # the first example imports scipy
@given(st.integers(0, 99), st.sampled_from([1.0, 1e4, 1e30]))
def test_answers_are_distributions_and_name_the_most_probable_class(seed, scale):
    readings = tasks.build({}, "categorical", CLASSES).readings
    outputs = (np.random.default_rng(seed).normal(size=(6, 3)) * scale).astype(np.float32)
    for answer, row in zip(answers(readings, outputs), outputs, strict=True):
        assert list(answer.probabilities) == list(CLASSES)
        assert sum(answer.probabilities.values()) == pytest.approx(1)
        assert answer.label == CLASSES[int(row.argmax())] and not answer.values
    np.testing.assert_allclose(probabilities(readings, outputs).sum(axis=1), 1)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["task_type"])
@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_answers_that_are_not_finite_are_errors(entry, value):
    readings = tasks.build(entry, "asked", CLASSES).readings
    outputs = np.full((2, sum(len(reading.names) for reading in readings)), value, np.float32)
    outputs[:, 0] = float("nan")
    with pytest.raises(ZooError, match="an answer is not"):
        answers(readings, outputs)
