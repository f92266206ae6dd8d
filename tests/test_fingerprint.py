"""Copies of an utterance have its fingerprint, and other takes have not."""

import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr

from zoo import audio, fingerprint

SHARED = (Path(__file__).parents[1] / "../shared").resolve()
Samples = fingerprint.Samples
Change = Callable[[Samples], Samples]


def resampled(samples: Samples, rate: int, back: int = 16_000) -> Samples:
    return np.asarray(soxr.resample(soxr.resample(samples, 16_000, rate), rate, back), np.float32)


def coded(samples: Samples, rate: int, form: str, subtype: str, **settings: float | str) -> Samples:
    file = io.BytesIO()
    soundfile.write(file, resampled(samples, rate, rate), rate, format=form, subtype=subtype, **settings)
    file.seek(0)
    heard, _ = soundfile.read(file, dtype="float32")
    return np.asarray(soxr.resample(heard, rate, 16_000), np.float32)


def mp3(compression: float) -> Change:
    return lambda one: coded(
        one, 16_000, "MP3", "MPEG_LAYER_III", bitrate_mode="CONSTANT", compression_level=compression
    )


CHANGES: dict[str, Change] = {
    "12 dB louder, clipped": lambda one: np.clip(4 * one, -1, 1).astype(np.float32),
    "12 dB less": lambda one: (one / 4).astype(np.float32),
    "at 8 kHz": lambda one: resampled(one, 8_000),
    "mp3, 84 kbit/s": mp3(0.5),
    "mp3, 25 kbit/s": mp3(0.9),
    "opus": lambda one: coded(one, 48_000, "OGG", "OPUS"),
    "200 ms trimmed at each end": lambda one: one[3200:-3200],
    "1 % faster": lambda one: np.asarray(soxr.resample(one, 16_160, 16_000), np.float32),
    "1 % slower": lambda one: np.asarray(soxr.resample(one, 15_840, 16_000), np.float32),
}


def speech(seed: int) -> Samples:
    """3 s of syllables: noise and tones that come and go."""
    random, time = np.random.default_rng(seed), np.arange(48_000) / 16_000
    whole = np.zeros(len(time))
    for start in np.sort(random.uniform(0, 2.7, 14)):
        shape = np.exp(-(((time - start) / random.uniform(0.04, 0.1)) ** 2))
        pitch = random.uniform(90, 250)
        whole += shape * sum(
            random.uniform(0, 1) * np.sin(2 * np.pi * pitch * number * time) for number in range(1, 14)
        )
    return np.asarray(whole / np.abs(whole).max() / 2 + 1e-4 * random.standard_normal(len(time)), np.float32)


@pytest.fixture(scope="module")
def known() -> list[Samples]:
    return [speech(seed) for seed in range(20)]


@pytest.mark.parametrize("name", [name for name in CHANGES if "mp3" not in name])
def test_a_copy_is_found_among_others(name: str, known: list[Samples]) -> None:
    asked = [fingerprint.of(CHANGES[name](one)) for one in known]
    found = fingerprint.same([fingerprint.of(one) for one in known], asked)
    assert [(one.known, one.asked) for one in found] == [(place, place) for place in range(len(known))]


def test_others_are_not_found(known: list[Samples]) -> None:
    own = [fingerprint.of(one) for one in known]
    assert fingerprint.same(own[:10], own[10:]) == []


def test_a_fingerprint_is_small_whatever_the_length_and_nothing_of_no_speech(known: list[Samples]) -> None:
    assert 0 < len(fingerprint.of(np.concatenate(known))) <= 256
    assert fingerprint.of(np.zeros(16_000, np.float32)) == b""
    assert fingerprint.of(known[0][:100]) == b""
    assert fingerprint.same([b"", fingerprint.of(known[0])], [b""]) == []
    assert fingerprint.same([], [fingerprint.of(known[0])]) == []


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], list[Path]]:
    """The recordings of a corpus."""

    def unpacked(corpus: str) -> list[Path]:
        folder = tmp_path_factory.mktemp("real") / corpus
        subprocess.run([sys.executable, SHARED / "corpora/unpack", corpus, folder], check=True, capture_output=True)
        return sorted(folder.rglob("*.wav"))

    return unpacked


real = [
    pytest.mark.real,
    pytest.mark.skipif(not (SHARED / "corpora/unpack").is_file(), reason="no recorded corpora in ../shared"),
]


@pytest.mark.parametrize(
    ("corpus", "every"), [pytest.param("emodb", 9, marks=real), pytest.param("ravdess", 24, marks=real)]
)
def test_copies_of_recordings_are_found(corpus: str, every: int, recorded: Callable[[str], list[Path]]) -> None:
    samples = [audio.load(path) for path in recorded(corpus)[::every]]
    own = [fingerprint.of(one) for one in samples]
    for name, change in CHANGES.items():
        asked = [fingerprint.of(change(one)) for one in samples]
        assert [one.known for one in fingerprint.same(own, asked)] == list(range(len(own))), name
        # the threshold rests on EmoDB, and holds on RAVDESS
        assert min(map(fingerprint.likeness, own, asked)) > 0.55, name


@pytest.mark.parametrize("corpus", [pytest.param("ravdess", marks=real)])
def test_repetitions_are_not_confused(corpus: str, recorded: Callable[[str], list[Path]]) -> None:
    pairs: dict[str, list[bytes]] = {}
    for path in recorded(corpus):
        pairs.setdefault(path.stem[:15] + path.stem[17:], []).append(fingerprint.of(audio.load(path)))
    alike = [name for name, (one, two) in pairs.items() if fingerprint.likeness(one, two) >= fingerprint.THRESHOLD]
    assert len(pairs) == 720
    assert alike == ["03-01-03-01-02--07"]  # published twice
