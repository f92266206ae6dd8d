"""Steps before an input: known values, and what none of them may do."""

import json
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zoo.errors import ZooError
from zoo.inputs import steps
from zoo.study.heard import TRANSDUCTIVE

RATE_HZ = 16_000
HOP = 160
LIBRARY = {"noise_reduction": "noisereduce"}  # an optional extra


def step(name, **options):
    if name in LIBRARY:
        pytest.importorskip(LIBRARY[name])
    entry = steps.get(name)
    return entry.make(entry.options(**options))


def burst(size, seed=0, level=0.1):
    """Noise whose every 10 ms is within 12 dB of the loudest."""
    random = np.random.default_rng(seed)
    return (level * random.choice([-1, 1], size=size) * random.uniform(0.25, 1, size=size)).astype(np.float32)


@pytest.mark.parametrize("name", steps.names())
def test_silence_is_left_alone(name):
    for size in (1, HOP, 12_345):
        silence = np.zeros(size, np.float32)
        assert np.array_equal(step(name).apply(silence), silence)


@pytest.mark.parametrize("name", steps.names())
@settings(max_examples=20, deadline=None)
@given(size=st.integers(1, 5000), seed=st.integers(0, 99), level=st.floats(1e-4, 1))
def test_a_step_gives_finite_samples_of_a_copy(name, size, seed, level):
    samples = burst(size, seed, level)
    samples.flags.writeable = False
    before, one = samples.copy(), step(name)
    found = one.apply(samples)
    assert found.dtype == np.float32 and 1 <= len(found) <= size and np.isfinite(found).all()
    assert np.array_equal(samples, before) and np.array_equal(found, one.apply(samples))


def test_the_transductive_steps_are_those_that_a_study_knows_as_such():
    found = {name for name in steps.names() if steps.get(name).make(steps.get(name).options()).together is not None}
    assert found == {*TRANSDUCTIVE}


@pytest.mark.parametrize("name", steps.names())
def test_the_facts_of_a_step_are_plain(name):
    entry = steps.get(name)
    facts = entry.make(entry.options()).facts
    assert json.loads(json.dumps(facts)) == facts != {}


@settings(max_examples=40, deadline=None)
@given(size=st.integers(1, 4000), before=st.integers(0, 40), after=st.integers(0, 7000), seed=st.integers(0, 99))
def test_silence_around_an_utterance_is_trimmed_to_the_utterance(size, before, after, seed):
    """Silence of whole 10 ms before it: what is kept begins and ends with a whole 10 ms."""
    samples = burst(size, seed)
    around = np.concatenate([np.zeros(before * HOP), samples, np.zeros(after)]).astype(np.float32)
    found = step("trim", margin_ms=0).apply(around)
    assert np.array_equal(found[:size], samples)
    assert not found[size:].any() and len(found) - size < HOP
    assert np.array_equal(found, step("trim", margin_ms=0).apply(found))
    with_margin = step("trim").apply(around)
    lead = min(before, 10) * HOP  # 100 ms on both sides, where there is so much
    assert np.array_equal(with_margin[lead : lead + len(found)], found)
    assert len(with_margin) == lead + len(found) + min(10 * HOP, len(around) - before * HOP - len(found))
    assert np.array_equal(with_margin, step("trim").apply(with_margin))


def test_what_is_quieter_than_the_threshold_is_trimmed_and_what_is_louder_is_not():
    speech = np.ones(10 * HOP, np.float32)
    for quieter_db, kept in ((39.0, 30), (41.0, 10)):
        noise = np.full(10 * HOP, 10 ** (-quieter_db / 20), np.float32)
        assert len(step("trim", margin_ms=0).apply(np.concatenate([noise, speech, noise]))) == kept * HOP
        assert len(step("trim", below_peak_db=60.0).apply(np.concatenate([noise, speech, noise]))) == 30 * HOP


def test_pauses_within_an_utterance_stay():
    samples = np.concatenate([np.ones(HOP), np.zeros(50 * HOP), np.ones(HOP)]).astype(np.float32)
    assert np.array_equal(step("trim").apply(samples), samples)


@settings(max_examples=40, deadline=None)
@given(pauses=st.lists(st.integers(0, 90), max_size=5), max_ms=st.integers(20, 600), lead=st.integers(0, 60))
def test_pauses_are_shortened_from_their_middle_and_never_removed(pauses, max_ms, lead):
    sound, longest = burst(7 * HOP), max_ms // 10

    def utterance(frames):
        faint = [np.full(number * HOP, 1e-5 * at) for at, number in enumerate(frames, 1)]
        parts = [sound, *(part for pause in faint for part in (pause, sound))]
        return np.concatenate([np.zeros(lead * HOP), *parts, np.zeros(lead * HOP)]).astype(np.float32)

    found = step("cap_pauses", max_ms=max_ms).apply(utterance(pauses))
    assert np.array_equal(found, utterance([min(pause, longest) for pause in pauses]))
    assert np.array_equal(found, step("cap_pauses", max_ms=max_ms).apply(found))


def test_both_ends_of_a_pause_are_kept():
    sound, pause = np.ones(HOP), np.linspace(0.001, 0.009, 50 * HOP)
    found = step("cap_pauses", max_ms=300).apply(np.concatenate([sound, pause, sound]).astype(np.float32))
    wanted = np.concatenate([sound, pause[: 15 * HOP], pause[-15 * HOP :], sound])
    assert np.array_equal(found, wanted.astype(np.float32))


def test_the_level_of_very_quiet_speech_is_raised_without_a_limit():
    for peak in (0.006, 1e-6):
        quiet = burst(50 * HOP, level=peak)
        found = step("level").apply(quiet)
        assert 10 * np.log10(np.mean(np.square(found.astype(np.float64)))) == pytest.approx(-26, abs=1e-3)


@settings(max_examples=40, deadline=None)
@given(size=st.integers(1, 4000), gain_db=st.floats(-20, 20), seed=st.integers(0, 99))
def test_after_levelling_the_level_of_the_recording_is_not_heard(size, gain_db, seed):
    samples = burst(size, seed)
    found = step("level").apply(samples)
    louder = step("level").apply((samples * 10 ** (gain_db / 20)).astype(np.float32))
    np.testing.assert_allclose(louder, found, atol=1e-4)


def test_a_speaker_s_recordings_get_one_factor_and_keep_their_differences():
    speech, silence = burst(50 * HOP), np.zeros(HOP, np.float32)
    softly, loudly = speech * np.float32(0.1), speech * np.float32(0.4)
    together = step("speaker_level").together
    found = together([softly, silence, loudly])
    np.testing.assert_allclose(found[2], 4 * found[0], rtol=1e-5)
    assert np.array_equal(found[1], silence)
    levels = [10 * np.log10(np.mean(np.square(one.astype(np.float64)))) for one in (found[0], found[2])]
    assert np.mean(levels) == pytest.approx(-26, abs=1e-3)
    louder = together([softly * np.float32(8), silence, loudly * np.float32(8)])
    assert all(np.array_equal(*pair) for pair in zip(louder, found, strict=True))
    np.testing.assert_allclose(step("speaker_level").apply(softly), step("level").apply(softly), rtol=1e-6)


@pytest.mark.parametrize("dbfs", [-26.0, -20.0, -6.0])
def test_active_speech_gets_the_level_that_is_asked_for(dbfs):
    speech = burst(50 * HOP)
    found = step("level", dbfs=dbfs).apply(speech)
    assert 10 * np.log10(np.mean(np.square(found.astype(np.float64)))) == pytest.approx(dbfs, abs=1e-3)
    np.testing.assert_allclose(found / speech, found[0] / speech[0], rtol=1e-5)  # one factor
    with_pauses = step("level", dbfs=dbfs).apply(np.concatenate([speech, np.zeros(90 * HOP, np.float32)]))
    np.testing.assert_allclose(with_pauses[: len(speech)], found, atol=1e-6)  # pauses do not count


def test_pre_emphasis_subtracts_a_share_of_the_sample_before():
    samples = np.float32([1.0, 1.0, 0.5, -2.0])
    np.testing.assert_allclose(step("pre_emphasis").apply(samples), [1.0, 0.03, -0.47, -2.485], atol=1e-6)
    np.testing.assert_allclose(step("pre_emphasis", coefficient=0.5).apply(samples), [1, 0.5, 0, -2.25], atol=1e-6)


def test_noise_is_reduced_and_a_short_tone_is_kept():
    time = np.arange(2 * RATE_HZ) / RATE_HZ
    heard = (time > 0.9) & (time < 1.1)
    noise = (0.01 * np.random.default_rng(0).normal(size=len(time))).astype(np.float32)
    tone = (0.3 * np.sin(2 * np.pi * 440 * time) * heard).astype(np.float32)
    kept = {}
    for amount in (0.5, 1.0):
        found = step("noise_reduction", amount=amount).apply(tone + noise)
        assert found.shape == tone.shape
        assert np.corrcoef(found[heard], tone[heard])[0, 1] > 0.9
        kept[amount] = np.square(found[time < 0.8]).mean() / np.square(noise[time < 0.8]).mean()
    assert kept[1.0] < 0.2 and kept[1.0] < kept[0.5] < 0.6


def level_db(samples):
    return 10 * np.log10(np.mean(np.square(samples, dtype=np.float64)))


@pytest.mark.parametrize("hz", [120, 440, 1500, 3000])
@pytest.mark.parametrize("partials", [1, 10])
@pytest.mark.parametrize("length_s", [0.5, 1.0, 4.0])
def test_a_steady_tone_keeps_its_level_while_the_noise_around_it_falls(hz, partials, length_s):
    time = np.arange(int((length_s + 0.6) * RATE_HZ)) / RATE_HZ
    heard = (time >= 0.3) & (time < 0.3 + length_s)
    numbers = [number for number in range(1, partials + 1) if hz * number < RATE_HZ / 2]
    tone = sum(np.sin(2 * np.pi * hz * number * time) / number for number in numbers)
    noise = 0.005 * np.random.default_rng(1).normal(size=len(time))
    samples = (0.2 * tone * heard + noise).astype(np.float32)
    found = step("noise_reduction").apply(samples)
    edge = 1024  # of windows that hold both
    inside = slice(heard.argmax() + edge, heard.argmax() + heard.sum() - edge)
    assert level_db(found[inside]) == pytest.approx(level_db(samples[inside]), abs=1.0)
    before = slice(0, heard.argmax() - edge)
    assert level_db(found[before]) < level_db(samples[before]) - 6


def test_an_utterance_without_a_pause_is_not_harmed():
    time = np.arange(2 * RATE_HZ) / RATE_HZ
    noise = 0.005 * np.random.default_rng(2).normal(size=len(time))
    samples = (0.2 * np.sin(2 * np.pi * 220 * time) + noise).astype(np.float32)
    found = step("noise_reduction").apply(samples)
    assert level_db(found) == pytest.approx(level_db(samples), abs=1.0)
    assert np.corrcoef(found, samples)[0, 1] > 0.99


def test_digital_silence_hides_no_noise():
    noise = 0.005 * np.random.default_rng(3).normal(size=RATE_HZ)
    tone = 0.2 * np.sin(2 * np.pi * 220 * np.arange(RATE_HZ) / RATE_HZ)
    samples = np.concatenate([np.zeros(RATE_HZ), noise, tone]).astype(np.float32)
    found = step("noise_reduction").apply(samples)
    assert level_db(found[RATE_HZ + 1024 : 2 * RATE_HZ - 1024]) < level_db(noise) - 6


def test_without_its_library_noise_reduction_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "noisereduce", None)
    entry = steps.get("noise_reduction")
    with pytest.raises(ZooError, match="needs noisereduce") as caught:
        entry.make(entry.options()).apply(burst(1000))
    assert "[noise]" in caught.value.hint


def test_band_limit_removes_what_is_outside_and_leaves_the_rest_in_its_place():
    time = np.arange(RATE_HZ) / RATE_HZ
    low, middle, high = (0.1 * np.sin(2 * np.pi * hz * time).astype(np.float32) for hz in (50, 1000, 4500))
    found = step("band_limit", high_hz=4000, low_hz=100).apply(low + middle + high)
    inner = slice(1000, -1000)  # the tones begin and end at once, which has all frequencies
    assert np.abs(found - middle)[inner].max() < 3e-4  # 60 dB down would be 1e-4 of each
    assert np.abs(step("band_limit", high_hz=None, low_hz=100).apply(high + low) - high)[inner].max() < 2e-4
    assert np.array_equal(step("band_limit", high_hz=8000).apply(middle), middle)
    with pytest.raises(ValueError, match="nothing is removed"):
        step("band_limit", high_hz=None)
