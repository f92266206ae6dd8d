"""What every type of input promises; and what a study cannot declare."""

import json
import multiprocessing
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from fixtures import checkpoints
from hypothesis import given, settings
from hypothesis import strategies as st

from zoo import inputs
from zoo.errors import WRONG_USAGE, ZooError
from zoo.inputs import steps
from zoo.inputs.contract import ROWS_ARE_TIME, Spec
from zoo.inputs.grid import Grid, rounded
from zoo.study.section import Kind

TOP = Path(__file__).parents[2]
KINDS = Kind.__args__
# beside the defaults of each
OPTIONS = [
    ("mfcc", {"deltas": False}),
    ("log_mel", {"deltas": True}),
    ("mfcc_chroma", {"window_ms": 64}),
    ("encoder_layers", {"int8": True}),
]
every_input = pytest.mark.parametrize(
    ("name", "options"), [*((name, {}) for name in inputs.names()), *OPTIONS], ids=lambda value: str(value)
)
ENCODERS = {"encoder_layers": {}, "encoder_frames": {"layers": [1, -1]}, "encoder_states": {"layer": 1}}
LIBRARY = {"egemaps": "opensmile", "compare": "opensmile"} | dict.fromkeys(
    ENCODERS, "transformers"
)  # an optional extra
FUNCTIONALS = ("egemaps", "compare")
LIBRARY["joined"] = "opensmile"


def build(name, options=(), **others):
    if name in LIBRARY:
        pytest.importorskip(LIBRARY[name])
    return inputs.build(Spec(name, {**needed(name), **dict(options)}, **others))


def needed(name):
    """Options without which there is no such input."""
    if name == "joined":
        return {"parts": {"egemaps": {}, "compare": {}}}
    return {"checkpoint": checkpoints.tiny(), **ENCODERS[name]} if name in ENCODERS else {}


def noise(size, seed=3):
    return (0.1 * np.random.default_rng(seed).normal(size=size)).astype(np.float32)


@every_input
def test_an_input_has_the_kind_the_shape_and_the_rate_that_it_states(name, options):
    found = build(name, options)
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
@settings(max_examples=10, deadline=None)
@given(sizes=st.lists(st.integers(1, 4000), min_size=1, max_size=4), seed=st.integers(0, 99))
def test_an_utterance_is_computed_alike_in_any_company_and_is_not_changed(name, options, sizes, seed):
    found = build(name, options)
    utterances = [noise(size, seed + number) for number, size in enumerate(sizes)]
    before = [samples.copy() for samples in utterances]
    together = found.compute(utterances)
    assert all(np.array_equal(one, other) for one, other in zip(utterances, before, strict=True))
    assert len(together) == len(utterances)
    for rows, samples in zip(together, utterances, strict=True):
        assert len(rows) >= 1 and np.array_equal(rows, found.compute([samples])[0])


@every_input
def test_silence_and_a_single_sample_have_finite_rows(name, options):
    found = build(name, options)
    for samples in (np.zeros(4000, np.float32), np.float32([0.3]), np.float32([0.0])):
        assert np.isfinite(found.compute([samples])[0]).all()


@every_input
def test_the_facts_of_an_input_are_plain_and_change_with_its_options(name, options):
    facts = build(name, options).facts
    assert json.loads(json.dumps(facts)) == facts != {}
    if options:
        assert facts != build(name).facts
    with_step = build(name, options, steps=[("trim", {})]).facts
    other_step = build(name, options, steps=[("trim", {"below_peak_db": 30.0})]).facts
    assert facts != with_step != other_step


def test_steps_come_in_their_order():
    samples = noise(1600)
    both = [("pre_emphasis", {}), ("level", {})]
    first, second = (inputs.build(Spec("waveform", {}, list(order), grid={})) for order in (both, reversed(both)))
    assert not np.allclose(first.compute([samples])[0], second.compute([samples])[0])
    assert first.facts != second.facts
    wanted = samples
    for name, _ in both:
        wanted = steps.get(name).make(steps.get(name).options()).apply(wanted)
    assert np.array_equal(first.compute([samples])[0][:, 0], wanted)


@every_input
def test_rows_are_on_the_grid_that_the_facts_state_and_near_what_was_computed(name, options):
    rounded, free = build(name, options), build(name, options, grid={})
    assert rounded.facts == {**free.facts, "grid": rounded.grid.facts} and "grid" not in free.facts
    [on_grid], [computed] = (one.compute([noise(16_000)]) for one in (rounded, free))
    if rounded.grid.step is not None:
        assert np.array_equal(on_grid, np.rint(on_grid / rounded.grid.step) * rounded.grid.step)
        assert np.abs(on_grid - computed).max() <= 0.501 * rounded.grid.step
    else:
        np.testing.assert_allclose(on_grid, computed, rtol=2.0**-rounded.grid.bits)
        assert np.array_equal(on_grid, np.float32(on_grid.astype(np.float64)))
    assert not np.signbit(on_grid[on_grid == 0]).any()  # whose bytes differ


def test_a_study_may_state_another_grid_and_what_is_not_finite_stays_so():
    samples = noise(1600)
    coarse = inputs.of_study({"log_mel": {"grid": {"step": 2}}}, "log_mel")
    assert coarse.facts["grid"] == {"step": 2} and not (coarse.compute([samples])[0] % 2).any()
    values = np.array([np.nan, np.inf, -np.inf, 0.0])
    for grid in (Grid(), Grid(step=0.25), Grid(bits=4)):
        assert np.array_equal(rounded(values, grid), values.astype(np.float32), equal_nan=True)


def test_two_processors_hear_the_same(tmp_path):
    """The other one is this one without its wide vector units, which changes the order in which it adds."""
    other = {
        "NPY_DISABLE_CPU_FEATURES": "AVX2 FMA3 X86_V3 AVX512F AVX512CD AVX512_SKX X86_V4",
        "OPENBLAS_CORETYPE": "Nehalem",
    }
    names = ("log_mel", "mfcc", "mfcc_chroma", "waveform")
    np.save(tmp_path / "samples.npy", speech_like().astype(np.float32))
    program = (
        "import sys, numpy as np; from zoo import inputs; samples = np.load(sys.argv[1]);"
        "np.savez(sys.argv[2], *[inputs.of_study({name: {}}, name).compute([samples])[0] for name in sys.argv[3:]])"
    )
    command = [sys.executable, "-W", "ignore", "-c", program, tmp_path / "samples.npy", tmp_path / "rows.npz", *names]
    subprocess.run(command, check=True, env=os.environ | {"PYTHONPATH": str(TOP)} | other)
    there = np.load(tmp_path / "rows.npz")
    for number, name in enumerate(names):
        [here] = inputs.of_study({name: {}}, name).compute([speech_like().astype(np.float32)])
        assert here.tobytes() == there[f"arr_{number}"].tobytes(), name


def test_an_entry_that_states_no_steps_is_trimmed_and_levelled_and_one_that_states_none_is_as_recorded():
    assert inputs.spec("log_mel", {}).steps == [("trim", {}), ("level", {})]
    assert inputs.spec("log_mel", {"steps": {}}).steps == []
    assert inputs.spec("log_mel", {"steps": {"pre_emphasis": {}}}).steps == [("pre_emphasis", {})]
    assert "steps" not in inputs.of_study({"log_mel": {"steps": {}}}, "log_mel").facts


def speech_like(seconds=1.5, seed=0):
    """Syllables of a buzz and of noise between pauses, over faint room noise."""
    random, time = np.random.default_rng(seed), np.arange(int(16_000 * seconds)) / 16_000
    buzz = np.sign(np.sin(2 * np.pi * 140 * time + 3 * np.sin(2 * np.pi * 3 * time))) * np.exp(-time % 0.007 * 300)
    syllables = np.clip(np.sin(2 * np.pi * 2.3 * time), 0, 1)
    return 0.05 * syllables * (buzz + 0.3 * random.normal(size=len(time))) + 1e-4 * random.normal(size=len(time))


@every_input
@pytest.mark.parametrize("gain_db", [-40.0, -24.1, -10.0, -6.0206, 3.0, 10.0, 20.0])
def test_the_gain_of_a_recording_is_not_heard(name, options, gain_db):
    """Of floats, of which none is clipped. The quietest of these has a peak of 0.001."""
    heard = build(name, options, steps=inputs.spec(name, {}).steps)
    samples = speech_like()
    [plain], [louder] = (heard.compute([(samples * gain).astype(np.float32)]) for gain in (1, 10 ** (gain_db / 20)))
    assert plain.shape == louder.shape
    if heard.grid.step is not None:
        assert np.abs(plain - louder).max() <= heard.grid.step
        assert (plain != louder).mean() < 0.001
    else:
        # openSMILE hears 16 bits, of which some are rounded otherwise: most functionals stay within a percent
        size = np.maximum(np.abs(plain), np.abs(louder))
        assert (np.abs(plain - louder) > 0.01 * size).mean() < 0.03


@every_input
@pytest.mark.parametrize("factor", [2.0**-7, 0.5, 8.0])
def test_a_gain_without_rounding_errors_changes_no_byte(name, options, factor):
    heard = build(name, options, steps=inputs.spec(name, {}).steps)
    samples = speech_like().astype(np.float32)
    [plain], [louder] = heard.compute([samples]), heard.compute([(samples * factor).astype(np.float32)])
    assert plain.tobytes() == louder.tobytes()


@every_input
@pytest.mark.parametrize("size", [1, 159, 160, 959, 4000])
def test_digital_silence_and_short_sounds_are_heard_with_the_default_steps(name, options, size):
    heard = build(name, options, steps=inputs.spec(name, {}).steps)
    for samples in (np.zeros(size, np.float32), noise(size) * np.float32(0.006)):
        [rows] = heard.compute([samples])
        assert len(rows) and np.isfinite(rows).all()


@pytest.mark.parametrize("name", FUNCTIONALS)
def test_functionals_say_what_to_install_where_opensmile_is_missing(name, monkeypatch):
    from zoo.inputs import functionals

    functionals._smile.cache_clear()
    monkeypatch.setitem(sys.modules, "opensmile", None)
    with pytest.raises(ZooError, match=f"the input {name} needs opensmile") as caught:
        inputs.build(Spec(name)).compute([noise(2000)])
    assert "[functionals]" in caught.value.hint


@pytest.mark.parametrize(("name", "feature_set"), [("egemaps", "eGeMAPSv02"), ("compare", "ComParE_2016")])
def test_functionals_are_those_of_opensmile(name, feature_set):
    opensmile = pytest.importorskip("opensmile")
    samples = np.rint(speech_like() * 32768).astype(np.float32) / np.float32(32768)
    smile = opensmile.Smile(opensmile.FeatureSet[feature_set], opensmile.FeatureLevel.Functionals)
    wanted = smile.process_signal(samples, 16_000).to_numpy()
    [plain], [on_grid] = (build(name, grid=grid).compute([samples]) for grid in ({}, None))
    assert np.array_equal(plain, wanted) and "not for commercial use" in build(name).facts["licence"]
    np.testing.assert_allclose(on_grid, wanted, rtol=1e-3)
    beyond = np.float32([1.5, -1.5] * 2000)  # clipped, and not turned over
    assert np.array_equal(build(name).compute([beyond])[0], build(name).compute([np.clip(beyond, -1, 1)])[0])


@pytest.mark.parametrize("name", FUNCTIONALS)
def test_functionals_are_the_same_in_threads_and_in_forked_processes(name):
    heard, utterances = build(name), [speech_like(0.5, seed) for seed in range(4)]
    wanted = heard.compute(utterances)
    with ThreadPoolExecutor(4) as pool:
        in_threads = list(pool.map(lambda samples: heard.compute([samples])[0], utterances))
    ours, theirs = multiprocessing.get_context("fork").Pipe()
    child = multiprocessing.get_context("fork").Process(target=lambda: theirs.send(heard.compute(utterances)))
    child.start()
    assert ours.poll(60)
    in_process = ours.recv()
    child.join()
    assert np.array_equal(wanted, in_threads) and np.array_equal(wanted, in_process)


@pytest.mark.parametrize("name", inputs.names())
def test_an_input_on_which_noise_is_reduced_cannot_be_exported(name):
    """Whether or not the library for it is here: it is asked for when samples come."""
    assert not build(name, steps=[("trim", {}), ("noise_reduction", {})]).exportable
    plain = build(name, steps=[("trim", {}), ("level", {}), ("pre_emphasis", {})])
    assert plain.exportable == build(name).exportable


@pytest.mark.parametrize(
    ("name", "entry", "message", "hint"),
    [
        ("logmel", {}, "unknown type of input 'logmel'", "log_mel"),
        ("mine", {"input_type": "mfccs"}, "unknown type of input 'mfccs'", "mfcc"),
        ("mfcc", {"delta": False}, "inputs.mfcc has no option 'delta'", "deltas"),
        ("mfcc", {"deltas": "no"}, "inputs.mfcc.deltas = 'no'", "boolean"),
        ("log_mel", {"grid": 0.25}, "inputs.log_mel.grid = 0.25", "{step: 0.25}"),
        ("log_mel", {"grid": {"step": 0}}, "inputs.log_mel.grid.step = 0", "greater than or equal to"),
        ("log_mel", {"grid": {"digits": 3}}, "inputs.log_mel.grid has no option 'digits'", "bits"),
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
