"""Synthetic speech for small stand-ins of corpora, in tests and demonstrations.

Source-filter synthesis: glottal pulses and breath noise through the resonances of a vocal tract (Fant 1960); ten
speakers, each with a tract length, a pitch and habits; a fixed sequence of syllables for each text. Emotion changes
pitch level, range and contour, rate, rhythm, intensity, spectral tilt, breathiness and tremor (directions after Scherer
2003, Speech Communication 40, table 2), to a degree that differs between speakers and takes; every corpus has its own
style and channel. Scores on these files say nothing about people. Every run gives equal bytes.
"""

import wave
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

RATE_HZ = 16_000
MARKER = "SYNTHETIC.txt"
HOP_LENGTH, WIN_LENGTH, N_FFT = 80, 320, 512

# pitch (semitones), range (factor), slope (semitones over the utterance), rate (factor), intensity (dB),
# tilt (dB per octave), breath (0 to 1), pulse (depth of the rhythm, 0 to 1), tremor (semitones at 7 Hz)
CUES = ("pitch", "range", "slope", "rate", "intensity", "tilt", "breath", "pulse", "tremor")
EMOTIONS: dict[str, tuple[float, ...]] = {
    "anger": (3.0, 1.5, -3.0, 1.15, 6.0, 3.0, 0.0, 0.95, 0.0),
    "happiness": (4.0, 1.9, 2.0, 1.05, 3.5, 1.5, 0.1, 0.65, 0.0),
    "excitement": (5.0, 2.0, 3.0, 1.15, 4.5, 2.0, 0.1, 0.7, 0.0),
    "sadness": (-2.0, 0.5, -3.0, 0.78, -5.0, -2.5, 0.6, 0.1, 0.3),
    "neutral": (0.0, 0.9, -1.5, 1.0, 0.0, 0.0, 0.15, 0.4, 0.0),
    "calm": (-1.0, 0.7, -1.0, 0.88, -3.0, -1.5, 0.4, 0.25, 0.0),
    "fear": (5.0, 0.8, 1.0, 1.2, -1.0, 0.5, 0.35, 0.45, 1.4),
    "disgust": (-1.5, 1.2, -6.0, 0.85, 1.0, 0.5, 0.25, 0.75, 0.0),
    "boredom": (-2.5, 0.3, -0.5, 0.75, -3.0, -1.5, 0.2, 0.15, 0.0),
    "surprise": (5.5, 2.2, 9.0, 1.0, 2.0, 0.5, 0.2, 0.5, 0.0),
    "frustration": (1.5, 1.2, -4.0, 0.95, 2.5, 1.5, 0.2, 0.7, 0.0),
    "other": (1.0, 1.3, 0.0, 1.0, 0.0, 0.0, 0.3, 0.4, 0.2),
}
SPREAD = np.array([0.7, 0.1, 0.7, 0.03, 1.5, 1.2, 0.05, 0.04, 0.07])  # std over the takes of one speaker and emotion
HABITS = np.array([0.0, 0.1, 0.5, 0.04, 2.0, 0.7, 0.05, 0.05, 0.07])  # std over speakers

# first three resonances in Hz of a vocal tract of 17 cm (Peterson and Barney 1952, men)
VOWELS = np.array(
    [(730, 1090, 2440), (530, 1840, 2480), (270, 2290, 3010), (570, 840, 2410), (300, 870, 2240), (500, 1500, 2500)],
    dtype=float,
)
BANDWIDTHS = np.array([80.0, 100.0, 140.0, 220.0, 300.0])


@dataclass(frozen=True)
class Channel:
    """The acoustics of a corpus. style: factors on each of CUES, as differences from neutral."""

    noise_db: float  # relative to the speech
    noise_tilt: float  # dB per octave
    echo_s: float  # reverberation time
    band_hz: tuple[float, float]
    level_db: float  # of the loudest sample, re full scale
    style: tuple[float, ...]


@dataclass(frozen=True)
class Take:
    """An utterance to synthesise. path: relative to the corpus folder; text: the name of its sentence.

    mixture: emotions with their shares, where what listeners hear is not the emotion alone.
    """

    path: str
    speaker: str
    sex: str
    emotion: str
    text: str
    strength: float = 1.0
    mixture: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class StandIn:
    """The synthetic version of a corpus: its channel, takes, and companion files (path -> text, in Latin-1)."""

    name: str
    channel: Channel
    content: Callable[[], tuple[list[Take], dict[str, str]]]


def write(stand_in: StandIn, folder: Path) -> None:
    """Write a synthetic corpus into an existing folder; about 100 utterances of 1.3 to 2.5 s at 16 kHz."""
    takes, texts = stand_in.content()
    for take in takes:
        _save(folder / take.path, speak(stand_in, take))
    texts[MARKER] = (
        f"SYNTHETIC stand-in for {stand_in.name}: computed sounds in the layout of the corpus (zoo/synthetic).\n"
        "Nobody speaks here. Scores on these files say that the pipeline runs, and nothing about people or models.\n"
    )
    for path, text in texts.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(text.encode("latin-1"))


def speak(stand_in: StandIn, take: Take) -> Array:
    """The samples of a take as its corpus records them: (num_samples,), within -1 and 1."""
    channel, name = stand_in.channel, stand_in.name
    rng = rng_of(name, take.path)
    cues, pitch_hz, tract = _delivery(stand_in, take, rng)
    sound = _voice(_words(name, take.text), cues, pitch_hz, tract, rng)
    peak = np.abs(sound).max()
    sound = sound / peak * 10 ** ((channel.level_db - 12 + min(12.0, max(-3.0, cues["intensity"] + 4))) / 20)
    return _record(sound, channel, rng, name)


def rng_of(*words: str) -> np.random.Generator:
    """Random numbers that depend on the words alone."""
    return np.random.default_rng(zlib.crc32("/".join(words).encode()))


def _delivery(stand_in: StandIn, take: Take, rng: np.random.Generator) -> tuple[dict[str, float], float, float]:
    """The cues of a take, the speaker's pitch in Hz and the scale of the resonances."""
    speaker_rng = rng_of(stand_in.name, "speaker", take.speaker)
    female = take.sex == "female"
    pitch_hz = (205.0 if female else 118.0) * 2 ** (speaker_rng.normal(0, 1.8) / 12)
    tract = (1.15 if female else 1.0) * (1 + speaker_rng.normal(0, 0.035))
    neutral = np.array(EMOTIONS["neutral"])
    degree = speaker_rng.uniform(1.5, 2.1) * take.strength * rng.uniform(0.85, 1.2)
    moved = (_expressed(take) - neutral) * np.array(stand_in.channel.style) * degree
    habits = speaker_rng.normal(0, 1, len(CUES)) * HABITS
    values = neutral + moved + habits + rng.normal(0, 1, len(CUES)) * SPREAD
    cues = dict(zip(CUES, values.tolist(), strict=True))
    for cue, low, high in (("range", 0.2, 2.8), ("rate", 0.7, 1.35), ("breath", 0.0, 1.0), ("pulse", 0.0, 1.0)):
        cues[cue] = min(high, max(low, cues[cue]))
    cues["tremor"] = max(0.0, cues["tremor"])
    return cues, pitch_hz, tract


def _expressed(take: Take) -> Array:
    """The cues of the take's emotion, or of the mixture that it expresses."""
    if not take.mixture:
        return np.array(EMOTIONS[take.emotion])
    return np.asarray(sum(share * np.array(EMOTIONS[emotion]) for emotion, share in take.mixture))


@cache
def _words(name: str, text: str) -> tuple[tuple[str, int, float], ...]:
    """The syllables of a text: kind of consonant, index of the vowel, stress."""
    rng = rng_of(name, "text", text)
    return tuple(
        (
            str(rng.choice(["hiss", "stop", "nasal"])),
            int(rng.integers(len(VOWELS))),
            float(rng.choice([0.7, 1.0, 1.3])),
        )
        for _ in range(int(rng.integers(6, 9)))
    )


def _voice(
    words: tuple[tuple[str, int, float], ...],
    cues: dict[str, float],
    pitch_hz: float,
    tract: float,
    rng: np.random.Generator,
) -> Array:
    """Pulses and noise through the resonances, in frames of 5 ms: (num_samples,)."""
    seconds = float(np.clip(len(words) * 0.24 / cues["rate"] * rng.uniform(0.95, 1.05), 1.25, 2.35))
    frames = int(seconds * RATE_HZ / HOP_LENGTH)
    lengths = np.array([weight for _, _, weight in words]) * rng.uniform(0.9, 1.1, len(words))
    ends = np.concatenate([[0], np.cumsum(lengths) / lengths.sum() * frames]).astype(int)
    resonances = np.zeros((frames, 5))
    loud, hiss, gate = np.zeros(frames), np.zeros(frames), np.ones(frames)
    accents = np.zeros(frames)
    for (kind, vowel, weight), start, end in zip(words, ends[:-1], ends[1:], strict=True):
        place = np.linspace(0, 1, end - start, endpoint=False)
        onset = place < 0.25
        resonances[start:end] = (*(VOWELS[vowel] * (1 + rng.normal(0, 0.02, 3))), 3500.0, 4500.0)
        # rhythm: a deep pulse gives short loud syllables with gaps, a shallow one connects them
        loud[start:end] = weight ** cues["pulse"] * (np.sin(np.pi * place**0.7) ** 0.5) ** (0.2 + 4.0 * cues["pulse"])
        hiss[start:end] = 0.5 * onset * (kind == "hiss")
        gate[start:end][onset] = {"hiss": 0.1, "stop": 0.02, "nasal": 0.5}[kind]
        accents[start:end] = (weight - 1) * 8.0 * np.sin(np.pi * place)
    resonances = _smooth(resonances, 9) * tract
    loud, hiss = _smooth(loud * gate, 3), _smooth(hiss, 3)

    time = np.linspace(0, 1, frames)
    contour = cues["pitch"] + cues["range"] * accents + cues["slope"] * (time - 0.5) - 1.5 * (time - 0.5)
    contour += cues["tremor"] * np.sin(2 * np.pi * 7.0 * seconds * time + rng.uniform(0, 6.28))
    contour += 0.3 * _smooth(rng.normal(0, 1, frames), 15)
    sounding = pitch_hz * 2 ** (contour / 12)
    num_samples = frames * HOP_LENGTH
    phase = np.cumsum(np.interp(np.arange(num_samples) / HOP_LENGTH, np.arange(frames), sounding)) / RATE_HZ
    pulses = np.diff(np.floor(phase), prepend=0.0) * np.sqrt(RATE_HZ / pitch_hz)
    breath = rng.normal(0, 1, num_samples) * 0.35

    bins = np.fft.rfftfreq(N_FFT, 1 / RATE_HZ)
    centres, widths = resonances[:, :, None], BANDWIDTHS[None, :, None] * (1 + 0.5 * cues["breath"])
    tract_gain = np.prod(centres**2 / np.hypot(bins**2 - centres**2, bins * widths), axis=1)
    octaves = np.log2(np.maximum(bins, 100.0) / 500.0)
    tilt = 10 ** ((cues["tilt"] - 4.0) * octaves / 20)
    noise_share = 0.05 + 0.5 * cues["breath"]
    hissing = 10 ** (-np.abs(np.log2(np.maximum(bins, 60.0) / (4600.0 * tract))) * 12 / 20)
    voiced = _filter(pulses, tract_gain * tilt * loud[:, None] * (1 - 0.5 * cues["breath"]))
    aspirated = _filter(breath, (tract_gain * loud[:, None] * noise_share + hiss[:, None] * hissing))
    return voiced + aspirated


def _smooth(values: Array, width: int) -> Array:
    """A moving average over the frames (first axis), edge-padded."""
    kernel = np.hanning(width + 2)[1:-1]
    padded = np.pad(values, [(width // 2, width // 2), *[(0, 0)] * (values.ndim - 1)], mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, width, axis=0)
    smoothed: Array = windows @ (kernel / kernel.sum())
    return smoothed


def _filter(source: Array, gains: Array) -> Array:
    """Filter by overlap-add with one gain spectrum per frame: gains (frames, N_FFT // 2 + 1)."""
    padded = np.pad(source, (WIN_LENGTH // 2, WIN_LENGTH))
    frames = np.lib.stride_tricks.sliding_window_view(padded, WIN_LENGTH)[::HOP_LENGTH][: len(gains)]
    spectra = np.fft.rfft(frames * np.hanning(WIN_LENGTH), N_FFT, axis=1) * gains
    segments = np.fft.irfft(spectra, N_FFT, axis=1)
    steps = -(-N_FFT // HOP_LENGTH)
    segments = np.pad(segments, ((0, 0), (0, steps * HOP_LENGTH - N_FFT)))
    shifted = np.zeros((len(gains) + steps, HOP_LENGTH))
    for step in range(steps):
        shifted[step : step + len(gains)] += segments[:, step * HOP_LENGTH : (step + 1) * HOP_LENGTH]
    return shifted.reshape(-1)[: len(source)] * (2 * HOP_LENGTH / WIN_LENGTH)


def _record(sound: Array, channel: Channel, rng: np.random.Generator, name: str) -> Array:
    """Room, noise and bandwidth of the corpus, with a little silence at both ends."""
    sound = np.pad(sound, (int(rng.uniform(0.02, 0.08) * RATE_HZ), int(0.08 * RATE_HZ)))
    room = rng_of(name, "room")
    tail = int(channel.echo_s * RATE_HZ)
    echo = room.normal(0, 1, tail) * 10 ** (-3 * np.arange(tail) / tail) * 0.02
    echo[0] = 1.0
    size = 1 << int(np.ceil(np.log2(len(sound) + tail)))
    bins = np.fft.rfftfreq(size, 1 / RATE_HZ)
    low, high = channel.band_hz
    band = 1 / np.sqrt((1 + (low / np.maximum(bins, 1.0)) ** 8) * (1 + (bins / high) ** 24))
    noise = np.fft.rfft(rng.normal(0, 1, size)) * 10 ** (
        channel.noise_tilt * np.log2(np.maximum(bins, 50.0) / 1000.0) / 20
    )
    noise *= 10 ** ((channel.level_db + channel.noise_db) / 20)
    heard: Array = np.fft.irfft((np.fft.rfft(sound, size) * np.fft.rfft(echo, size) + noise) * band, size)
    gain = 10 ** (float(np.clip(rng.normal(0, 4.0), -8.0, 6.0)) / 20)
    return np.clip(heard[: len(sound)] * gain, -1.0, 1.0)


def _save(path: Path, samples: Array) -> None:
    """16-bit PCM, one channel."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(np.rint(samples * 32767).astype("<i2").tobytes())
