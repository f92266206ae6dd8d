"""`zoo predict`: whatever it is pointed at, every usable recording is answered, and what is known is said beside it."""

import io
import json
import os
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile
from typer.testing import CliRunner

from zoo.cli import app

RATE = 16_000


def voice(seconds=2.0, seed=1):
    """A buzz whose pitch and level move, for want of speech."""
    clock = np.arange(int(seconds * RATE)) / RATE
    pitch = 120 + 40 * np.sin(2 * np.pi * (1 + seed) * clock)
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    return 0.2 * (0.5 + 0.5 * np.sin(2 * np.pi * 3 * clock)) * sum(np.sin(k * phase) / k for k in range(1, 9))


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def save(path, sound=None, **how):
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, voice() if sound is None else sound, RATE, **how)


def predict(*arguments, stdin=None):
    return CliRunner().invoke(app, ["predict", "--model", "cnn@emodb", *map(str, arguments)], input=stdin)


def answers(result):
    return {Path(row["file"]).as_posix(): row for row in json.loads(result.stdout)["predictions"]}


def test_every_bad_file_is_one_bad_file(here):
    save("good.wav")
    save("gsm.wav", voice()[::2], subtype="GSM610")  # decoded in order only: it cannot seek
    save("known.flac")
    flac = bytearray(Path("known.flac").read_bytes())
    flac[21:26] = bytes([flac[21] & 0xF0, 0, 0, 0, 0])  # the number of samples, unknown to who streams
    Path("streamed.flac").write_bytes(flac)
    for kind in ("W64", "AIFF", "RF64"):
        save(f"whole.{kind}", format=kind, subtype="PCM_16")
        content = Path(f"whole.{kind}").read_bytes()
        Path(f"half.{kind}").write_bytes(content[: len(content) // 2])
    save("1hz.wav")
    slow = bytearray(Path("1hz.wav").read_bytes())
    slow[24:28] = (1).to_bytes(4, "little")
    Path("1hz.wav").write_bytes(slow)
    Path("text.wav").write_text("no sound")
    os.mkfifo("pipe.wav")
    Path("loop.wav").symlink_to("loop.wav")
    bad = ["half.W64", "half.AIFF", "half.RF64", "1hz.wav", "text.wav", "pipe.wav", "loop.wav", "gone.wav", "n" * 300]
    good = ["good.wav", "gsm.wav", "streamed.flac", "whole.W64", "whole.AIFF", "whole.RF64"]
    result = predict("--json", *bad, *good)
    assert result.exit_code == 1 and result.stderr.count("error:") == len(bad)
    found = answers(result)
    assert [name for name in found if found[name]["label"]] == good
    assert {found[name]["label"] for name in good if name != "gsm.wav"} == {found["good.wav"]["label"]}
    assert "half.W64 is cut off" in found["half.W64"]["error"] and "1 Hz" in found["1hz.wav"]["error"]


def test_a_damaged_mp3_lets_no_library_write_to_stderr(here, capfd):
    save("a.mp3")
    content = bytearray(Path("a.mp3").read_bytes())
    for place in np.random.default_rng(1).integers(300, len(content), 200):
        content[place] = 0x5A
    Path("a.mp3").write_bytes(content)
    predict("a.mp3")
    assert capfd.readouterr().err == ""
    os.write(2, b"still open")
    assert capfd.readouterr().err == "still open"


def test_a_folder_is_its_audio_files_in_order(here):
    for name in ("in/b.wav", "in/a/z.flac", "in/a/A.WAV"):
        save(name)
    Path("in/a/again").symlink_to(here / "in")
    Path("in/notes.txt").write_text("x")
    Path("in/._b.wav").write_text("x")
    result = predict("--json", "in")
    assert list(answers(result)) == ["in/a/A.WAV", "in/a/z.flac", "in/b.wav"] and result.exit_code == 0
    assert "in: 3 audio files; 2 other files left out" in result.stderr
    Path("nothing").mkdir()
    assert "nothing holds no audio file" in predict("nothing").output


def test_sound_on_standard_input_is_the_file_itself(here):
    save("a.wav")
    piped = predict("--json", "-", "a.wav", stdin=Path("a.wav").read_bytes())
    found = answers(piped)
    assert found["-"]["probabilities"] == found["a.wav"]["probabilities"] and piped.exit_code == 0
    assert "from standard input is empty" in predict("-", stdin=b"").stderr


def test_what_the_card_knows_of_other_speech_stands_beside_the_answer(here):
    save("a.wav")
    result = predict("--json", "a.wav")
    card = json.loads((Path(__file__).parents[2] / "models/cnn/emodb/2.0.1/card.json").read_text())
    score = next(one for one in card["scores"]["cross"] if one["metric"] == "uar")
    [stated] = json.loads(result.stdout)["uar_on_other_corpora"]
    assert stated["uar"] == score["value"] and stated["target"] == score["target"] and stated["chance"] == 0.25
    assert f"{score['value']:.3f} on {score['target']}" in result.stderr and "chance 0.25" in result.stderr


def test_recordings_unlike_the_training_data_get_a_note(here):
    save("short.wav", voice(0.3))
    save("usual.wav", voice(2))
    save("long.wav", voice(12))
    save("clipped.wav", np.clip(voice() * 30, -1, 1))
    found = answers(predict("--json", "short.wav", "usual.wav", "long.wav", "clipped.wav"))
    assert "shorter than all speech" in found["short.wav"]["notes"][0] and "notes" not in found["usual.wav"]
    assert "--timeline" in found["long.wav"]["notes"][0] and "is clipped" in found["clipped.wav"]["notes"][0]


def test_a_timeline_covers_a_recording_and_leaves_silence_out(here):
    sound = np.concatenate([voice(5), np.zeros(4 * RATE), voice(5.3, seed=4)])
    save("long.wav", sound)
    result = predict("--timeline", "--json", "--picture", "long.png", "long.wav", "gone.wav")
    assert result.exit_code == 1 and Path("long.png").read_bytes()[:4] == b"\x89PNG"
    line, gone = json.loads(result.stdout)["timelines"]
    windows = line["windows"]
    assert gone["error"] and windows[0]["start_s"] == 0 and windows[-1]["end_s"] == pytest.approx(14.3)
    assert all(right["start_s"] < left["end_s"] for left, right in pairwise(windows))
    silent = [one["start_s"] for one in windows if one["label"] is None]
    assert silent and all(5 <= start <= 6 for start in silent) and line["mean"]["label"]
    # a window is answered as the same samples in a file of their own
    save("part.wav", sound[int(1.5 * RATE) : int(4.5 * RATE)])
    assert answers(predict("--json", "part.wav"))["part.wav"]["probabilities"] == pytest.approx(
        windows[1]["probabilities"], abs=2e-3
    )
    assert "(no speech)" in predict("--timeline", "long.wav").stdout


@pytest.mark.parametrize("wrong", [("--window", "0"), ("--step", "9"), ("--window", "nan"), ("--picture", "a.txt")])
def test_a_timeline_that_cannot_be_is_wrong_usage(here, wrong):
    save("a.wav")
    assert predict("--timeline", *wrong, "a.wav").exit_code == 2


def test_other_containers_are_read_through_pyav_or_named(here, monkeypatch):
    head = b"\x00\x00\x00\x18ftypM4A \x00\x00\x00\x00M4A mp42isom\x00\x00\x00\x08free"
    Path("a.m4a").write_bytes(head)
    monkeypatch.setitem(sys.modules, "av", None)  # as if it were not installed
    result = predict("a.m4a")
    assert result.exit_code == 1 and "ser-zoo[media]" in result.stderr and "ffmpeg -i a.m4a" in result.stderr


def test_an_m4a_is_heard_through_pyav(here):
    av = pytest.importorskip("av", reason="the extra `media` is not installed")
    from fractions import Fraction

    from zoo import audio

    sound, file = voice().astype(np.float32), io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        track = container.add_stream("aac", rate=RATE, layout="mono")
        frame = av.AudioFrame.from_ndarray(sound[None], format="fltp", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE, 0, Fraction(1, RATE)
        for packets in (track.encode(frame), track.encode(None)):
            container.mux(packets)
    Path("a.m4a").write_bytes(file.getvalue())
    heard = audio.load(Path("a.m4a"))
    # an encoder delays the sound by its priming samples, which a decoder may leave in
    places = np.correlate(heard[: len(sound)], sound[2000:10_000], "valid")
    start = int(places.argmax())
    assert np.corrcoef(heard[start : start + 8000], sound[2000:10_000])[0, 1] > 0.9
    assert answers(predict("--json", "a.m4a"))["a.m4a"]["label"]
    Path("half.m4a").write_bytes(file.getvalue()[: len(file.getvalue()) // 2])
    assert "cut off" in predict("half.m4a").output or "not readable" in predict("half.m4a").output
