"""Audio of any kind comes out as one channel at 16 kHz, or is rejected with its name."""

import io

import numpy as np
import pytest
import soundfile

from zoo import audio
from zoo.errors import ZooError


def tone(rate, seconds=0.5, hz=440.0):
    return (0.5 * np.sin(2 * np.pi * hz * np.arange(int(rate * seconds)) / rate)).astype(np.float32)


@pytest.mark.parametrize("rate", [8000, 16000, 22050, 44100, 48000])
@pytest.mark.parametrize("kind", ["wav", "flac", "ogg", "mp3"])
def test_any_container_and_rate_gives_the_same_tone(tmp_path, kind, rate):
    path = tmp_path / f"tone.{kind}"
    soundfile.write(path, np.stack([tone(rate), tone(rate)], axis=1), rate)
    samples = audio.load(path)
    assert samples.dtype == np.float32 and samples.ndim == 1
    assert len(samples) / 16000 == pytest.approx(0.5, abs=0.08)  # mp3 pads its ends
    spectrum = np.abs(np.fft.rfft(samples[1600:6400] * np.hanning(4800)))
    assert spectrum.argmax() * 16000 / 4800 == pytest.approx(440, abs=4)
    assert np.abs(samples[1600:6400]).max() == pytest.approx(0.5, abs=0.03)


def test_channels_are_averaged(tmp_path):
    soundfile.write(tmp_path / "a.wav", np.stack([tone(16000), -tone(16000)], axis=1), 16000)
    assert np.abs(audio.load(tmp_path / "a.wav")).max() < 1e-4


def test_the_hash_of_samples_does_not_depend_on_the_container(tmp_path):
    whole = np.rint(tone(16000) * 32767).astype(np.int16)
    soundfile.write(tmp_path / "a.wav", whole, 16000)
    soundfile.write(tmp_path / "a.flac", whole, 16000)
    one, two = audio.read(tmp_path / "a.wav"), audio.read(tmp_path / "a.flac")
    assert one.sha256_samples == two.sha256_samples
    assert (one.channels, one.duration_s, one.sampling_rate_hz) == (1, 0.5, 16000)
    soundfile.write(tmp_path / "b.wav", np.roll(whole, 1), 16000)
    assert audio.read(tmp_path / "b.wav").sha256_samples != one.sha256_samples


@pytest.mark.parametrize(
    ("content", "message", "kind"),
    [
        (b"", "is empty", "empty"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "Git LFS pointer", "pointer"),
        (b"this is a text file named wav", "not readable audio", "unreadable"),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", "not readable audio", "unreadable"),
    ],
)
def test_files_that_are_not_audio_are_rejected_by_name(tmp_path, content, message, kind):
    path = tmp_path / "speech.wav"
    path.write_bytes(content)
    with pytest.raises(ZooError, match=message) as caught:
        audio.load(path)
    assert str(path) in caught.value.message and caught.value.hint
    assert caught.value.kind == kind


def test_files_without_samples_or_with_nan_samples_are_rejected_by_name(tmp_path):
    soundfile.write(tmp_path / "none.wav", np.zeros(0, np.float32), 16000)
    with pytest.raises(ZooError, match=r"none\.wav contains no samples") as caught:
        audio.load(tmp_path / "none.wav")
    assert caught.value.kind == "empty"
    soundfile.write(tmp_path / "nan.wav", np.full(10, np.nan, np.float32), 16000, subtype="FLOAT")
    with pytest.raises(ZooError, match=r"nan\.wav.*not numbers") as caught:
        audio.load(tmp_path / "nan.wav")
    assert caught.value.kind == "not_finite"


@pytest.mark.parametrize("name", ["absent.wav", "."])
def test_a_path_that_is_not_a_file_is_rejected(tmp_path, name):
    with pytest.raises(ZooError, match="is not a file") as caught:
        audio.load(tmp_path / name)
    assert caught.value.kind == "missing"


def wav(subtype="PCM_16", kind="WAV", before=b""):
    """The bytes of a wav of one second at 8 kHz; `before`: chunks before its samples."""
    file = io.BytesIO()
    soundfile.write(file, tone(8000, 1.0), 8000, format=kind, subtype=subtype)
    head, data, samples = file.getvalue().partition(b"data")
    return head + before + data + samples


# a chunk of odd length is followed by a byte of padding
PAD = b"PAD \x03\x00\x00\x00abc\x00"


@pytest.mark.parametrize(("kind", "subtype"), [("WAV", "PCM_16"), ("WAV", "PCM_U8"), ("WAVEX", "PCM_24")])
@pytest.mark.parametrize("before", [b"", PAD])
@pytest.mark.parametrize("lost", [1025, 4000])
def test_a_truncated_wav_is_rejected(kind, subtype, before, lost):
    content = wav(subtype, kind, before)
    assert audio.decode(content, "speech.wav").duration_s == 1.0
    with pytest.raises(
        ZooError, match=f"speech.wav is cut off: {len(content) - lost} of {len(content)} bytes"
    ) as caught:
        audio.decode(content[:-lost], "speech.wav")
    assert caught.value.kind == "cut_off"


def test_a_header_that_rounds_up_is_accepted():
    assert audio.decode(wav()[:-100], "speech.wav").duration_s == 1.0 - 50 / 8000


@pytest.mark.parametrize("size", [0xFFFFFFFF, 0x7FFFF000])
def test_a_wav_written_to_a_pipe_is_read_without_a_declared_length(size):
    content = wav()
    place = content.index(b"data") + 4
    streamed = content[:place] + size.to_bytes(4, "little") + content[place + 4 :]
    assert audio.decode(streamed, "speech.wav").duration_s == 1.0


def test_chunks_after_the_samples_are_ignored():
    assert audio.decode(wav() + b"LIST", "speech.wav").duration_s == 1.0


def stored(kind, subtype, channels=1, rate=16000, seconds=1.0):
    """The bytes of noise in a format of libsndfile."""
    file = io.BytesIO()
    noise = np.random.default_rng(channels).normal(0, 0.1, (int(rate * seconds), channels))
    soundfile.write(file, noise, rate, format=kind, subtype=subtype)
    return file.getvalue()


FORMATS = [("WAV", "PCM_16"), ("WAV", "PCM_24"), ("WAV", "ULAW"), ("FLAC", "PCM_16"), ("MP3", "MPEG_LAYER_III")]
FORMATS += [("OGG", "VORBIS"), ("OGG", "OPUS"), ("WAV", "MS_ADPCM"), ("W64", "FLOAT")]


@pytest.mark.parametrize(("kind", "subtype"), FORMATS)
def test_a_segment_is_the_recording_s_own_samples(kind, subtype):
    content = stored(kind, subtype, channels=2, seconds=9)
    whole = audio.decode(content, "a").stored
    for start, end in [(None, 0.1), (0.1, None), (4.50003, 8.7), (8.9, 9.0)]:
        found = audio.decode(content, "a", start, end).stored
        wanted = whole[round((start or 0) * 16000) : None if end is None else round(end * 16000)]
        assert found.shape == wanted.shape and (found == wanted).all(), (start, end)


@pytest.mark.parametrize(("start", "end"), [(1.0, 0.5), (-1.0, 0.5), (float("nan"), 0.5), (0.2, 0.2)])
def test_a_segment_without_length_is_rejected(start, end):
    with pytest.raises(ZooError, match=r"speech.wav: a segment from .* to"):
        audio.decode(wav(), "speech.wav", start, end)


@pytest.mark.parametrize(("start", "end"), [(0.5, 1.2), (1.5, 2.0), (1.0, None)])
def test_a_segment_beyond_the_end_is_rejected(start, end):
    with pytest.raises(ZooError, match="has no segment from"):
        audio.decode(wav(), "speech.wav", start, end)
    assert audio.decode(wav(), "speech.wav", 0.5, 1.05).duration_s == 0.5  # tables round their times


@pytest.mark.parametrize("channels", [1, 2, 5, 16])
@pytest.mark.parametrize(("rate", "subtype"), [(8000, "PCM_16"), (16000, "PCM_24"), (44100, "FLOAT")])
def test_what_is_heard_block_by_block_is_the_whole(channels, rate, subtype):
    content = stored("WAV", subtype, channels, rate, seconds=2 * 65536 / rate + 0.1)
    whole = audio.decode(content, "a")
    assert (audio.hear(io.BytesIO(content), "a").samples == audio.mono_16k(whole)).all()


CUT = [
    ("WAV", "PCM_16"),
    ("RF64", "PCM_16"),
    ("W64", "PCM_16"),
    ("AIFF", "PCM_16"),
    ("AU", "PCM_16"),
    ("CAF", "PCM_16"),
]
CUT += [("NIST", "PCM_16"), ("FLAC", "PCM_16"), ("MP3", "MPEG_LAYER_III"), ("OGG", "VORBIS"), ("OGG", "OPUS")]


@pytest.mark.parametrize(("kind", "subtype"), CUT)
@pytest.mark.parametrize("share", [0.5, 0.9])
def test_a_recording_that_is_cut_off_is_rejected(kind, subtype, share):
    content = stored(kind, subtype, seconds=3)
    assert audio.decode(content, "a").duration_s == pytest.approx(3)
    with pytest.raises(ZooError, match=r"^speech is (cut off|not readable)"):
        audio.decode(content[: int(share * len(content))], "speech")


def test_the_bandwidth_is_that_of_the_recording_whatever_its_level_and_the_silence_around_it():
    from zoo.audio.bandwidth import bandwidth_hz
    from zoo.inputs.band import limited

    noise = 0.1 * np.random.default_rng(1).standard_normal(audio.RATE_HZ)
    assert bandwidth_hz(noise.astype(np.float32)) == 8000
    for edge in (3400, 4000, 6000):
        narrow = limited(limited(noise, None, edge), None, edge)  # 60 dB down is no further than noise scatters
        for sound in (narrow, 0.01 * narrow, np.pad(narrow, (4096, 4096))):
            assert bandwidth_hz(sound.astype(np.float32)) == pytest.approx(edge, abs=100)
    assert bandwidth_hz(np.zeros(4000, np.float32)) is None and bandwidth_hz(np.ones(100, np.float32)) is None
