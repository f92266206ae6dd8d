"""The front-ends equal librosa's under the same settings, whatever the signal."""

import numpy as np
import pytest

from zoo import inputs
from zoo.errors import ZooError
from zoo.inputs import log_mel, mfcc

librosa = pytest.importorskip("librosa")
pytestmark = pytest.mark.filterwarnings("ignore:n_fft=512 is too large")
SETTINGS = {"sr": 16000, "n_fft": 512, "win_length": 400, "hop_length": 160, "n_mels": 64, "pad_mode": "constant"}


def speech_like(seconds=1.0):
    """A glottal buzz with vibrato through two resonances, with a pause: strong and weak bands, loud and soft."""
    time = np.arange(int(16000 * seconds)) / 16000
    phase = 2 * np.pi * np.cumsum(140 + 20 * np.sin(2 * np.pi * 4 * time)) / 16000
    buzz = sum(
        np.sin(number * phase) / number**1.5 * np.exp(-(((number * 140 - 700) / 900) ** 2)) for number in range(1, 40)
    )
    return (0.2 * buzz * (np.sin(2 * np.pi * 1.5 * time) > -0.5)).astype(np.float32)


def noise(size, level=0.1):
    return (level * np.random.default_rng(3).normal(size=size)).astype(np.float32)


SIGNALS = {
    "noise": noise(16000),
    "speech-like": speech_like(),
    "loud": np.clip(noise(8000, 0.7), -1, 1),
    "silence": np.zeros(4000, np.float32),
    "quiet": noise(8000, 1e-5),
    "very quiet": noise(8000, 1e-8),
    "one sample": np.array([0.3], np.float32),
    "a click": np.eye(1, 3000, 1500, dtype=np.float32)[0],
    "one hop less one": noise(159),
    "one hop": noise(160),
    "a window": noise(400),
    "an fft and a bit": noise(517),
}
signals = pytest.mark.parametrize("samples", SIGNALS.values(), ids=SIGNALS)


def reference_power(samples):
    return librosa.feature.melspectrogram(y=samples, **SETTINGS)


def reference_db(samples):
    return librosa.power_to_db(reference_power(samples), top_db=None)


@signals
def test_mel_power_equals_librosa(samples):
    wanted = reference_power(samples).T
    ours = log_mel.mel_power(samples)
    assert ours.shape == wanted.shape == (1 + len(samples) // 160, 64)
    # atol: in single precision, rounding errors of the loudest bin affect every bin of its frame
    np.testing.assert_allclose(ours, wanted, rtol=1e-4, atol=1e-12 + 1e-9 * wanted.max())


@signals
def test_log_mel_equals_librosa(samples):
    ours = inputs.get("log_mel").compute(samples)
    assert ours.dtype == np.float32
    np.testing.assert_allclose(ours, reference_db(samples).T, rtol=0, atol=0.01)


@signals
def test_mfcc_with_deltas_equals_librosa(samples):
    static = librosa.feature.mfcc(S=reference_db(samples), n_mfcc=40)
    wanted = [static, *[librosa.feature.delta(static, order=order, mode="nearest") for order in (1, 2)]]
    ours = inputs.get("mfcc").compute(samples)
    assert ours.dtype == np.float32 and ours.shape == (1 + len(samples) // 160, 120)
    np.testing.assert_allclose(ours, np.concatenate(wanted).T, rtol=0, atol=0.01)


def test_silence_gives_the_lowest_value():
    np.testing.assert_allclose(inputs.get("log_mel").compute(np.zeros(1600, np.float32)), -100, atol=1e-4)


def test_a_gain_of_ten_decibels_adds_ten_to_all_values():
    samples = noise(8000, 0.01)
    louder = inputs.get("log_mel").compute(samples * np.float32(10**0.5))
    np.testing.assert_allclose(louder - inputs.get("log_mel").compute(samples), 10, atol=0.001)


@pytest.mark.parametrize("name", inputs.names())
def test_a_front_end_has_the_shape_and_rate_it_states(name):
    front_end = inputs.get(name)
    frames = front_end.compute(noise(16000))
    assert front_end.name == name
    assert frames.shape[1] == front_end.num_dims
    assert len(frames) == pytest.approx(front_end.frames_per_s, abs=2)
    assert np.isfinite(frames).all() and frames.flags.c_contiguous
    assert front_end.parameters["window_samples"] == 400


def test_the_input_is_not_modified():
    samples = noise(2000)
    former = samples.copy()
    mfcc.compute(samples)
    assert (samples == former).all()


def test_an_unknown_front_end_is_rejected_with_the_closest_name():
    with pytest.raises(ZooError, match="unknown front-end 'logmel'") as caught:
        inputs.get("logmel")
    assert "log_mel" in caught.value.hint


def test_the_levelled_front_end_is_independent_of_loudness():
    samples = speech_like()
    levelled = inputs.get("log_mel_levelled").compute
    one, quieter = levelled(samples), levelled(samples * np.float32(0.1))
    loud = one > one.max() - 50
    np.testing.assert_allclose(one[loud], quieter[loud], atol=0.01)
    power = (10 ** (one.astype(np.float64) / 10)).sum(axis=1)
    assert power.mean() == pytest.approx(1, rel=1e-3)
    assert np.isfinite(levelled(np.zeros(1600, np.float32))).all()
