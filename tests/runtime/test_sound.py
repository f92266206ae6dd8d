"""What people pass to a model: every kind of array is heard as its file would be, or refused with a reason."""

import re
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from zoo.errors import ZooError
from zoo.runtime.sound import of_array, of_file


def voice(rate_hz=16_000, seconds=0.2):
    clock = np.arange(int(rate_hz * seconds)) / rate_hz
    return sum(np.sin(2 * np.pi * 150 * number * clock) / number for number in range(1, 8)) * 0.1


@pytest.mark.parametrize("rate_hz", [8_000, 11_025, 16_000, 22_050, 44_100, 48_000, 96_000])
@pytest.mark.parametrize("channels", [1, 2])
def test_an_array_is_heard_as_its_file(tmp_path, rate_hz, channels):
    stored = np.repeat(voice(rate_hz)[:, None], channels, axis=1) * np.linspace(1, 0.4, channels)
    soundfile.write(tmp_path / "a.wav", stored, rate_hz)
    integers, _ = soundfile.read(tmp_path / "a.wav", dtype="int16", always_2d=True)
    heard = of_file(tmp_path / "a.wav").samples
    assert (of_array(integers, rate_hz, "it") == heard).all()
    assert (of_array(integers.T, rate_hz, "it") == heard).all()
    assert abs(len(heard) - 3200) <= 1
    if channels == 1:
        assert (of_array(integers[:, 0], rate_hz, "it") == heard).all()


@pytest.mark.parametrize(
    ("kind", "scale", "middle"),
    [("int16", 2**15, 0), ("int32", 2**31, 0), ("uint8", 2**7, 128), ("float16", 1, 0), ("float64", 1, 0)],
)
@pytest.mark.parametrize("order", ["<", ">"])
def test_integers_have_the_full_scale_of_their_type(kind, scale, middle, order):
    sound = voice()
    given_ = (np.rint(sound * scale) if scale > 1 else sound) + middle
    found = of_array(given_.astype(np.dtype(kind).newbyteorder(order)), 16_000, "it")
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, sound, atol=0.004)


def test_tensors_are_arrays_too():
    import torch

    sound = voice().astype(np.float32)
    assert (of_array(torch.from_numpy(sound), 16_000, "it") == sound).all()
    with pytest.raises(ZooError, match="cannot be read as an array"):
        of_array(torch.from_numpy(sound).requires_grad_(), 16_000, "it")


@pytest.mark.parametrize(
    ("array", "named"),
    [
        (np.zeros(0), "contains no samples"),
        (np.zeros((0, 2)), "contains no samples"),
        (np.zeros(16_000), "is silent"),
        (np.zeros((16_000, 2), np.int16), "is silent"),
        (np.full(400 - 1, 0.1), "lasts 25 ms"),
        (np.full(16, 0.1), "lasts 1 ms"),
        (np.array(0.5), "has the shape"),
        (np.full((2, 2), 0.1), "has the shape"),
        (np.full((1_000, 1_000), 0.1), "has the shape"),
        (np.full((2, 16_000, 1), 0.1), "has the shape"),
        (np.where(np.arange(16_000) == 9, np.nan, 0.1), "not numbers"),
        (np.where(np.arange(16_000) == 9, np.inf, 0.1), "not numbers"),
        (np.full(16_000, 1e300), "not numbers"),
        (np.full(16_000, 1e18), "has samples of up to 1e+18"),
        (np.arange(-16_000, 16_000, dtype=float), "has samples of up to 1.6e+04"),
        (np.ones(16_000, bool), "of the type bool"),
        (np.ones(16_000, np.int64), "of the type int64"),
        (np.ones(16_000, complex), "of the type complex128"),
        (np.array(["a"] * 16_000), "of the type"),
        ([0.1] * 16_000, "is list"),
        (0.5, "is float"),
        (None, "is NoneType"),
        (b"RIFF", "is bytes"),
    ],
)
def test_what_cannot_be_heard_is_refused_by_name(array, named):
    with pytest.raises(ZooError, match="the samples") as caught:
        of_array(array, 16_000, "the samples")
    assert named in caught.value.message and caught.value.hint


RATES = (None, 0, -16_000, 16, 44.1, 999, 1e9, 22_050.5, float("nan"), float("inf"), float("-inf"), 10**400, 10**5000)
NO_NUMBERS = ("16000", "9" * 5000, True, np.bool_(True), [16_000], np.array([16_000]), b"", object(), 1j)


@pytest.mark.parametrize("rate", [*RATES, *NO_NUMBERS], ids=lambda rate: type(rate).__name__)
def test_a_sampling_rate_that_is_none_is_refused(rate):
    with pytest.raises(ZooError, match="sampling rate of it") as caught:
        of_array(voice(), rate, "it")
    assert "sampling_rate=" in caught.value.hint and len(caught.value.message) < 100


@pytest.mark.parametrize("rate_hz", [1, 999, 800_000])
def test_a_file_whose_header_states_a_rate_that_is_none_is_refused(tmp_path, rate_hz):
    path = tmp_path / "a.wav"
    soundfile.write(path, voice(), rate_hz)
    with pytest.raises(ZooError, match=f"a.wav states a sampling rate of {rate_hz} Hz"):
        of_file(path)


@pytest.mark.parametrize(
    ("name", "named"),
    [
        ("a" * 5000, "aaa…aaa.* cannot be read: File name too long"),
        ("a" * 256 + ".wav", "cannot be read: File name too long"),
        ("a/" * 3000, "cannot be read: File name too long"),
        ("a\0.wav", "a�.wav is not a file"),
        ("", "is not a file"),
        (".", "is not a file"),
        ("a.wav/b.wav", "b.wav is not a file"),
        ("closed/a.wav", "cannot be read: Permission denied|is not a file"),
        ("closed.wav", "cannot be read: Permission denied|is not readable audio"),
    ],
)
def test_a_path_that_holds_no_file_is_refused(tmp_path, monkeypatch, name, named):
    monkeypatch.chdir(tmp_path)
    for path in (tmp_path / "a.wav", tmp_path / "closed.wav"):
        path.write_bytes(b"no sound")
    (tmp_path / "closed.wav").chmod(0)
    (tmp_path / "closed").mkdir(mode=0)
    with pytest.raises(ZooError) as caught:
        of_file(Path(name))
    assert re.search(named, caught.value.message.replace("a…a", "aaa…aaa")) and caught.value.hint
    assert len(caught.value.message) < 300


@pytest.mark.parametrize("rate", [16_000, 16_000.0, np.int32(16_000), np.float32(16_000)])
def test_a_sampling_rate_may_be_any_whole_number(rate):
    assert len(of_array(voice(), rate, "it")) == 3200


@settings(deadline=None)  # the first example imports soxr
@given(st.integers(400, 5_000), st.integers(1, 16), st.booleans(), st.integers(0, 99))
def test_channels_are_the_short_axis_and_are_mixed_down(length, channels, first, seed):
    sound = np.random.default_rng(seed).normal(0, 0.1, (length, channels)).astype(np.float32)
    found = of_array(sound.T if first else sound, 16_000, "it")
    np.testing.assert_allclose(found, sound.mean(axis=1), atol=1e-6)


NO_SPEECH = {
    "one sample": (np.full((1, 1), 0.5), "lasts 0 ms"),
    "offset only": (np.full((16_000, 1), 0.5), "is mostly a DC offset"),
    "+68 dBFS": (voice(seconds=1)[:, None] * 2500, "has samples of up to"),
    "below the quietest speech": (voice(seconds=1)[:, None] * 1e-4, "is silent"),
    "inverse channels": (voice(seconds=1)[:, None] * [1, -1], "cancel each other"),
}


@pytest.mark.parametrize("name", NO_SPEECH)
def test_what_is_no_speech_is_refused_as_file_and_as_array(tmp_path, name):
    stored, named = NO_SPEECH[name]
    soundfile.write(tmp_path / "a.wav", stored, 16_000, subtype="FLOAT")
    with pytest.raises(ZooError, match=rf"a\.wav.* {named}"):
        of_file(tmp_path / "a.wav")
    with pytest.raises(ZooError, match=rf"a\.wav.* {named}|has the shape"):  # one sample of one channel is no array
        of_array(stored, 16_000, "a.wav")


def test_quiet_speech_loud_peaks_and_two_microphones_are_heard(tmp_path):
    for sound in (voice()[:, None] * 0.01, voice()[:, None] * 3, np.stack([voice(), np.roll(voice(), 40)], axis=1)):
        soundfile.write(tmp_path / "a.wav", sound, 16_000, subtype="FLOAT")
        assert of_file(tmp_path / "a.wav").duration_s == pytest.approx(0.2)
