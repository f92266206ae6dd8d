"""What every type of input promises; and what a study cannot declare."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zoo import inputs
from zoo.errors import WRONG_USAGE, ZooError
from zoo.inputs import steps
from zoo.inputs.contract import ROWS_ARE_TIME, Spec
from zoo.study.section import Kind

KINDS = Kind.__args__
# beside the defaults of each
OPTIONS = [("mfcc", {"deltas": False}), ("log_mel", {"reference": "utterance"})]
every_input = pytest.mark.parametrize(
    ("name", "options"), [*((name, {}) for name in inputs.names()), *OPTIONS], ids=lambda value: str(value)
)


def noise(size, seed=3):
    return (0.1 * np.random.default_rng(seed).normal(size=size)).astype(np.float32)


@every_input
def test_an_input_has_the_kind_the_shape_and_the_rate_that_it_states(name, options):
    found = inputs.build(Spec(name, options))
    [rows] = found.compute([noise(16_000)])
    assert found.kind in KINDS
    assert rows.dtype == np.float32 and rows.ndim == 2 and rows.shape[1] == found.num_dims
    assert np.isfinite(rows).all()
    assert (found.frames_per_s is not None) == (found.kind in ROWS_ARE_TIME)
    if found.frames_per_s is not None:
        assert len(rows) == pytest.approx(found.frames_per_s, abs=2)
    if found.kind in ("functionals", "embedding"):
        assert len(rows) == 1
    if found.kind == "waveform":
        assert found.num_dims == 1


@every_input
@settings(max_examples=15, deadline=None)
@given(sizes=st.lists(st.integers(1, 4000), min_size=1, max_size=4), seed=st.integers(0, 99))
def test_an_utterance_is_computed_alike_in_any_company_and_is_not_changed(name, options, sizes, seed):
    found = inputs.build(Spec(name, options))
    utterances = [noise(size, seed + number) for number, size in enumerate(sizes)]
    before = [samples.copy() for samples in utterances]
    together = found.compute(utterances)
    assert all(np.array_equal(one, other) for one, other in zip(utterances, before, strict=True))
    assert len(together) == len(utterances)
    for rows, samples in zip(together, utterances, strict=True):
        assert len(rows) >= 1 and np.array_equal(rows, found.compute([samples])[0])


@every_input
def test_silence_and_a_single_sample_have_finite_rows(name, options):
    found = inputs.build(Spec(name, options))
    for samples in (np.zeros(4000, np.float32), np.float32([0.3]), np.float32([0.0])):
        assert np.isfinite(found.compute([samples])[0]).all()


@every_input
def test_the_facts_of_an_input_are_plain_and_change_with_its_options(name, options):
    facts = inputs.build(Spec(name, options)).facts
    assert json.loads(json.dumps(facts)) == facts != {}
    if options:
        assert facts != inputs.build(Spec(name)).facts
    with_step = inputs.build(Spec(name, options, [("trim", {})])).facts
    other_step = inputs.build(Spec(name, options, [("trim", {"below_peak_db": 30.0})])).facts
    assert facts != with_step != other_step


def test_steps_come_in_their_order():
    samples = noise(1600)
    both = [("pre_emphasis", {}), ("level", {})]
    first, second = (inputs.build(Spec("waveform", {}, list(order))) for order in (both, reversed(both)))
    assert not np.allclose(first.compute([samples])[0], second.compute([samples])[0])
    assert first.facts != second.facts
    wanted = samples
    for name, _ in both:
        wanted = steps.get(name).make(steps.get(name).options()).apply(wanted)
    assert np.array_equal(first.compute([samples])[0][:, 0], wanted)


@pytest.mark.parametrize("name", inputs.names())
def test_an_input_on_which_noise_is_reduced_cannot_be_exported(name):
    """Whether or not the library for it is here: it is asked for when samples come."""
    assert not inputs.build(Spec(name, {}, [("trim", {}), ("noise_reduction", {})])).exportable
    plain = inputs.build(Spec(name, {}, [("trim", {}), ("level", {}), ("pre_emphasis", {})]))
    assert plain.exportable == inputs.build(Spec(name)).exportable


@pytest.mark.parametrize(
    ("name", "entry", "message", "hint"),
    [
        ("logmel", {}, "unknown type of input 'logmel'", "log_mel"),
        ("mine", {"input_type": "mfccs"}, "unknown type of input 'mfccs'", "mfcc"),
        ("mfcc", {"delta": False}, "inputs.mfcc has no option 'delta'", "deltas"),
        ("mfcc", {"deltas": "no"}, "inputs.mfcc.deltas = 'no'", "boolean"),
        ("log_mel", {"reference": "loudest"}, "inputs.log_mel.reference = 'loudest'", "full_scale"),
        ("log_mel", {"dtype": "int8"}, "inputs.log_mel.dtype = 'int8'", "float16"),
        ("log_mel", {"steps": ["trim"]}, "inputs.log_mel.steps = ['trim']", "{trim: {}}"),
        ("log_mel", {"steps": {"trim": None}}, "inputs.log_mel.steps = {'trim': None}", "{trim: {}}"),
        ("log_mel", {"steps": {"trimm": {}}}, "unknown step before an input 'trimm'", "trim"),
        (
            "log_mel",
            {"steps": {"level": {"dbsf": -20}}},
            "inputs.log_mel.steps.level has no option 'dbsf'",
            "dbfs",
        ),
        (
            "log_mel",
            {"steps": {"level": {"dbfs": 3.0}}},
            "inputs.log_mel.steps.level.dbfs = 3.0",
            "less than or equal to 0",
        ),
        (
            "log_mel",
            {"steps": {"pre_emphasis": {"coefficient": 1.0}}},
            "inputs.log_mel.steps.pre_emphasis.coefficient = 1.0",
            "less than 1",
        ),
    ],
)
def test_what_cannot_be_declared_is_named_with_what_can(name, entry, message, hint):
    with pytest.raises(ZooError) as caught:
        inputs.of_study({name: entry}, name)
    assert caught.value.message == message and caught.value.exit_code == WRONG_USAGE
    assert hint in caught.value.hint


def test_an_entry_may_have_another_name_than_its_type():
    entries = {"mfcc_short": {"input_type": "mfcc", "deltas": False, "dtype": "float16", "steps": {"trim": {}}}}
    assert inputs.of_study(entries, "mfcc_short").num_dims == 40
    assert inputs.spec("mfcc_short", entries["mfcc_short"]) == Spec(
        "mfcc", {"deltas": False}, [("trim", {})], "float16"
    )
