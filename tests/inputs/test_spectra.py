"""Spectral inputs equal librosa's under the same settings, whatever the signal."""

import numpy as np
import pytest

from zoo import inputs
from zoo.inputs import log_mel, spectrum
from zoo.inputs.contract import Spec

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
    ours = spectrum.mel_power(samples, log_mel.FRAMING)
    assert ours.shape == wanted.shape == (1 + len(samples) // 160, 64)
    # atol: in single precision, rounding errors of the loudest bin affect every bin of its frame
    np.testing.assert_allclose(ours, wanted, rtol=1e-4, atol=1e-12 + 1e-9 * wanted.max())


def computed(name, samples, **options):
    return inputs.build(Spec(name, options)).compute([samples])[0]


@signals
def test_log_mel_equals_librosa(samples):
    ours = computed("log_mel", samples)
    assert ours.dtype == np.float32
    np.testing.assert_allclose(ours, reference_db(samples).T, rtol=0, atol=0.01)


@signals
def test_mfcc_equals_librosa_with_deltas_and_without(samples):
    static = librosa.feature.mfcc(S=reference_db(samples), n_mfcc=40)
    wanted = [static, *[librosa.feature.delta(static, order=order, mode="nearest") for order in (1, 2)]]
    ours = computed("mfcc", samples)
    assert ours.dtype == np.float32 and ours.shape == (1 + len(samples) // 160, 120)
    np.testing.assert_allclose(ours, np.concatenate(wanted).T, rtol=0, atol=0.01)
    without = computed("mfcc", samples, deltas=False)
    assert without.dtype == np.float32 and np.array_equal(without, ours[:, :40])


@signals
def test_log_mel_with_deltas_equals_librosa(samples):
    static = reference_db(samples)
    wanted = np.concatenate([static, librosa.feature.delta(static, order=1, mode="nearest")])
    ours = computed("log_mel", samples, deltas=True)
    assert ours.shape == (1 + len(samples) // 160, 128)
    np.testing.assert_allclose(ours, wanted.T, rtol=0, atol=0.01)
    assert np.array_equal(ours[:, :64], computed("log_mel", samples))


@signals
@pytest.mark.filterwarnings("ignore:n_fft=[0-9]+ is too large")
@pytest.mark.parametrize(("window_ms", "hop_ms"), [(128, 32), (100, 25)])
def test_mfcc_and_chroma_equal_librosa(samples, window_ms, hop_ms):
    """Up to the grid. Chroma of what single precision cannot tell from silence is not compared."""
    win_length = 16 * window_ms
    own = {"sr": 16000, "n_fft": 2048, "win_length": win_length, "hop_length": 16 * hop_ms, "pad_mode": "constant"}
    double = samples.astype(np.float64)
    mel = librosa.feature.melspectrogram(y=double, n_mels=128, **own)
    mfcc = librosa.feature.mfcc(S=librosa.power_to_db(mel, top_db=None), n_mfcc=34)
    power = np.abs(librosa.stft(double, **{key: value for key, value in own.items() if key != "sr"})) ** 2
    chroma = librosa.feature.chroma_stft(S=power, sr=16000, tuning=0.0)
    ours = computed("mfcc_chroma", samples, window_ms=window_ms, hop_ms=hop_ms)
    assert ours.dtype == np.float32 and ours.shape == (1 + len(samples) // (16 * hop_ms), 46)
    np.testing.assert_allclose(ours[:, :34], mfcc.T, rtol=0, atol=0.01)
    np.testing.assert_allclose(ours[:, 34:], chroma.T, rtol=0, atol=0.01)


def test_silence_gives_the_lowest_value():
    np.testing.assert_allclose(computed("log_mel", np.zeros(1600, np.float32)), -100, atol=1e-4)


def test_a_gain_of_ten_decibels_adds_ten_to_all_values():
    samples = noise(8000, 0.01)
    louder = computed("log_mel", samples * np.float32(10**0.5))
    np.testing.assert_allclose(louder - computed("log_mel", samples), 10, atol=0.02)


def test_a_waveform_is_the_samples_in_16_bits():
    samples = noise(777)
    assert np.array_equal(computed("waveform", samples)[:, 0], np.rint(samples * 32768) / np.float32(32768))
