"""Tiny corpora in their native layouts, computed sounds under the names and label files of the real ones; a server."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

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


EMODB = ("03a01Fa", "03b10Ec", "08b09Lc", "16b10Tb", "16a07Wa", "16b10Td", "09b10Aa", "11b01Nc")
# Latin-1, padded with non-breaking spaces, decimal commas; lists a take that was never published
ERKENNUNG = (
    "Nr.\tSatz\terkannt\tnatuerlich\n"
    "1\xa0\xa0\t03a01Fa.wav\t90,00\xa0\xa0\t75,00\xa0\n"
    "2\xa0\xa0\t03b10Ec.wav\t85,71\xa0\xa0\t52,38\xa0\n"
    "3\xa0\xa0\t03a01Ec.wav\t60,00\xa0\xa0\t35,00\xa0\n"
    "4\xa0\xa0\t16a07Wa.wav\t100,00\xa0\t95,00\xa0\n"
)

RAVDESS = (
    "03-01-01-01-01-01-01",
    "03-01-05-02-02-01-01",
    "03-01-05-02-02-02-01",
    "03-01-08-01-01-01-24",
    "03-01-02-01-01-01-24",
)

SAVEE = ("DC/a01", "DC/n03", "DC/n30", "JE/sa15", "JE/su01", "JK/f11", "KL/h04", "KL/d02")

TESS = (
    "OAF_Fear/OAF_food_fear",
    "OAF_Pleasant_surprise/OAF_bite_ps",
    "OAF_neutral/OA_bite_neutral",
    "YAF_pleasant_surprised/YAF_bite_ps",
    "YAF_sad/YAF_back_sad",
    "YAF_angry/YAF_germ_angry",
    "YAF_disgust/YAF_back_disgust",
    "OAF_happy/OAF_gap_happy",
)

CREMA_D = (
    "1001_IEO_HAP_LO",
    "1001_IEO_HAP_HI",
    "1002_IEO_ANG_MD",
    "1006_TIE_HAP_XX",
    "1006_TIE_NEU_XX",
    "1040_ITH_SAD_X",
    "1091_DFA_DIS_XX",
    "1091_WSI_FEA_XX",
)
VOTES_HEAD = '"","A","D","F","H","N","S","fileName","numResponses","agreement","emoVote"'
VOTES = f"""{VOTES_HEAD}
"100002",0,0,0,3,6,0,"1001_IEO_HAP_LO",9,0.666666666666667,"N"
"103210",1,0,4,0,0,5,"1040_ITH_SAD_XX",10,0.5,"S"
"107440",2,0,2,0,0,0,"1091_WSI_FEA_XX",4,0.5,"A:F"
"200002",0,0,0,9,1,0,"1001_IEO_HAP_LO",10,0.9,"H"
"300002",0,0,0,8,1,0,"1001_IEO_HAP_LO",9,0.888888888888889,"H"
"""

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
def savee(tmp_path: Path) -> Path:
    folder = tmp_path / "AudioData"
    for name in SAVEE:
        write_sound(folder / f"{name}.wav", rate_hz=44_100)
    (folder / "Info.txt").write_text("15 sentences for each of the 7 emotions")
    return folder


@pytest.fixture
def tess(tmp_path: Path) -> Path:
    folder = tmp_path / "TESS Toronto emotional speech set data"
    for name in TESS:
        write_sound(folder / f"{name}.wav", rate_hz=96_000 if name.endswith("food_fear") else 24_414)
    return folder


@pytest.fixture
def crema_d(tmp_path: Path) -> Path:
    folder = tmp_path / "CREMA-D"
    for name in CREMA_D:
        write_sound(folder / "AudioWAV" / f"{name}.wav")
    twin = folder / "AudioWAV/1006_TIE_NEU_XX.wav"
    twin.write_bytes((folder / "AudioWAV/1006_TIE_HAP_XX.wav").read_bytes())
    write_sound(folder / "AudioWAV/1076_MTI_SAD_XX.wav", level=0.0)
    (folder / "AudioMP3").mkdir()
    (folder / "AudioMP3/1001_IEO_HAP_LO.mp3").write_bytes(b"ID3")
    (folder / "processedResults").mkdir()
    (folder / "processedResults/tabulatedVotes.csv").write_text(VOTES)
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


@dataclass
class Server:
    """An HTTP server. plan: how the next answers go, then all are good."""

    address: str
    content: dict[str, bytes] = field(default_factory=dict)
    plan: list[str] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)  # path, Range
    waits: threading.Event = field(default_factory=threading.Event)  # set while an answer stands still
    goes_on: threading.Event = field(default_factory=threading.Event)


@pytest.fixture
def server() -> Iterator[Server]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content, wanted = here.content[self.path], self.headers.get("Range", "")
            here.asked.append((self.path, wanted))
            plan = here.plan.pop(0) if here.plan else "good"
            if plan.isdigit():
                self.send_error(int(plan))
                return
            start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and plan != "no ranges" else 0
            if start >= len(content):
                self.send_error(416)
                return
            self.send_response(206 if start else 200)
            if start:
                self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
            if plan != "no length":
                self.send_header("Content-Length", str(len(content) - start))
            self.end_headers()
            half = len(content) // 2
            if plan == "wrong":
                content = bytes(len(content))
            if plan == "stands still":
                self.wfile.write(content[start:half])
                self.wfile.flush()
                here.waits.set()
                here.goes_on.wait(20)
                return
            self.wfile.write(content[start:half] if plan == "truncated" else content[start:])

        def log_message(self, *words: Any) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    here = Server(f"http://127.0.0.1:{http.server_port}")
    threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield here
    here.goes_on.set()
    http.shutdown()
    http.server_close()
