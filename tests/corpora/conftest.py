"""Tiny corpora in their native layouts: computed sounds under the names and label files of the real ones."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from zoo.corpora import get


def write_sound(path: Path, seconds: float = 0.2, rate_hz: int = 16_000, channels: int = 1, level: float = 0.1) -> Path:
    """Write a wav of noise that depends on its name, so that no two files are alike."""
    path.parent.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(list(path.name.encode())).uniform(-level, level, int(seconds * rate_hz))
    soundfile.write(path, np.repeat(noise[:, None], channels, axis=1), rate_hz, subtype="PCM_16")
    return path


EMODB = ("03a01Fa", "03a01Fb", "08b09Lc", "12a05Ea", "16a07Wd", "16b10Ta", "09a02Aa", "11b01Nb")
# Latin-1, padded with non-breaking spaces, decimal commas; lists a take that was never published
ERKENNUNG = (
    "Nr.\tSatz\terkannt\tnatuerlich\n"
    "1\xa0\xa0\t03a01Fa.wav\t90,00\xa0\xa0\t75,00\xa0\n"
    "2\xa0\xa0\t03a01Fb.wav\t85,71\xa0\xa0\t52,38\xa0\n"
    "3\xa0\xa0\t03a01Ec.wav\t60,00\xa0\xa0\t35,00\xa0\n"
    "4\xa0\xa0\t16a07Wd.wav\t100,00\xa0\t95,00\xa0\n"
)

RAVDESS = (
    "03-01-01-01-01-01-01",
    "03-01-05-02-02-01-01",
    "03-01-05-02-02-02-01",
    "03-01-08-01-01-01-24",
    "03-01-02-01-01-01-24",
)

# The header comment, a block a turn, outside raters (C-E), the actors' own (C-F, C-M), dimensions with their quirks
IMPRO = """% [START_TIME - END_TIME] TURN_NAME EMOTION [V, A, D]

[6.2901 - 8.2357]\tSes01F_impro01_F000\tneu\t[2.5000, 2.5000, 3.0000]
C-E2:\tNeutral;\t()
C-E3:\tNeutral state;\t()
C-E4:\tAnger;\t(not sure; maybe [bored])
C-F1:\tAnger;\t()
A-E3:\tval 3; act 2; dom  2;\t()
A-E4:\tval 2; act 3; dom  4;\t(mixed)
A-F1:\tval 3; act 2; dom ;\t()

[10.0100 - 11.4000]\tSes01F_impro01_M001\texc\t[4.3333, 5.0000, 1.0000]
C-E2:\tExcited; Happiness;\t()
C-E3:\tHappiness; Excited;\t()
C-E4:\tExcited;\t()
C-M1:\tNeutral;\t()
A-E3:\tval 4; act 3;\t()

[12.0000 - 13.0000]\tSes01F_impro01_M002\txxx\t[3.0000, 3.0000, 3.0000]
C-E2:\tNeutral;\t()
C-E3:\tSadness;\t()
C-E4:\t;\t()
"""
SCRIPT = """% [START_TIME - END_TIME] TURN_NAME EMOTION [V, A, D]

[1.0000 - 2.0000]\tSes05M_script01_1b_F000\tfru\t[1.0000, 3.0000, 5.0000]
C-E1:\tFrustration;\t()
C-E2:\tAnger;\t()
C-E5:\tFrustration; Anger;\t()
C-E6:\tBored;\t()
"""


@pytest.fixture
def sound() -> Callable[..., Path]:
    return write_sound


@pytest.fixture
def emodb(tmp_path: Path) -> Path:
    folder = tmp_path / "emodb"
    for name in EMODB:
        write_sound(folder / "wav" / f"{name}.wav")
    (folder / "wav" / "._03a01Fa.wav").write_bytes(b"litter")
    (folder / "erkennung.txt").write_text(ERKENNUNG, encoding="latin-1")
    return folder


@pytest.fixture
def ravdess(tmp_path: Path) -> Path:
    folder = tmp_path / "ravdess"
    for name in RAVDESS:
        stereo = 1 + (name == "03-01-02-01-01-01-24")
        write_sound(folder / f"Actor_{name[-2:]}" / f"{name}.wav", rate_hz=48_000, channels=stereo)
    return folder


@pytest.fixture
def iemocap(tmp_path: Path) -> Path:
    folder = tmp_path / "IEMOCAP_full_release"
    for session, dialogue, text in (("Session1", "Ses01F_impro01", IMPRO), ("Session5", "Ses05M_script01_1b", SCRIPT)):
        evaluation = folder / session / "dialog" / "EmoEvaluation"
        (evaluation / "Categorical").mkdir(parents=True)
        (evaluation / f"{dialogue}.txt").write_text(text)
        (evaluation / f"._{dialogue}.txt").write_bytes(b"\x00\x05litter")
        (evaluation / "Categorical" / f"{dialogue}_e2_cat.txt").write_text("[a rater's sheet]")
    for utterance in get("iemocap").utterances(folder):
        write_sound(folder / utterance.path, seconds=1.3)
    return folder


@pytest.fixture
def touched(tmp_path: Path) -> Callable[[list[str]], Path]:
    """Make empty files: enough for whatever never opens audio."""

    def make(names: list[str]) -> Path:
        for name in names:
            path = tmp_path / "touched" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
        return tmp_path / "touched"

    return make
