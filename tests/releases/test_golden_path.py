"""Package, publish, pull, show, predict, evaluate: as a user does it."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
import yaml

from zoo.cli import predict
from zoo.releases import FILES
from zoo.releases.load import load


def shout(path: Path, rate_hz: int, channels: int, **options: object) -> Path:
    """A second of harmonics in the format of the file name."""
    clock = np.arange(rate_hz) / rate_hz
    sound = sum(np.sin(2 * np.pi * 180 * number * clock) / number for number in range(1, 12)) * 0.1
    soundfile.write(path, np.repeat(sound[:, None], channels, axis=1), rate_hz, **options)
    return path


def test_a_candidate_goes_from_package_to_score(zoo, project):
    assert "candidate" in zoo("list").stdout
    published = zoo("publish", "mini", "-m", "statistics")
    assert published.exit_code == 0, published.output
    assert "statistics@emodb:0.1.0 (SYNTHETIC) published in models" in published.stdout

    listed = json.loads(zoo("list", "--json", "*@emodb").stdout)
    assert [(row["version"], row["origin"]) for row in listed] == [("0.1.0", "synthetic"), ("candidate", "synthetic")]

    pulled = zoo("pull", "statistics@emodb")
    assert "release from models/statistics/emodb/0.1.0; SYNTHETIC" in pulled.stdout

    shown = zoo("show", "statistics@emodb").stdout
    assert "SYNTHETIC" in shown
    assert "0.610 [0.510, 0.710]" in shown
    assert "scores are those of the procedure" in shown
    assert "learning rate 0.001" in shown
    assert "cost: seconds 12.5, device cpu" in shown

    scored = zoo("evaluate", "statistics@emodb", "ravdess", "--json")
    assert scored.exit_code == 0, scored.output
    score = json.loads(scored.stdout)
    assert score["scheme"] == "core4"
    assert score["mapped"]
    assert score["includes_training_data"] is False
    assert np.sum(score["confusion_matrix"]) == score["num_utterances"]
    assert score["uar"]["low"] <= score["uar"]["value"] <= score["uar"]["high"]
    assert "SYNTHETIC" in zoo("evaluate", "statistics@emodb", "ravdess").stdout


def test_every_format_rate_and_channel_count_is_predicted(zoo, tmp_path):
    files = [
        shout(tmp_path / "a.wav", 8_000, 1),
        shout(tmp_path / "b.flac", 48_000, 2),
        shout(tmp_path / "c.mp3", 44_100, 1),
        shout(tmp_path / "d.ogg", 22_050, 2),
    ]
    result = zoo("predict", *files, "--model", "statistics@emodb", "--json")
    assert result.exit_code == 0, result.output
    output = json.loads(result.stdout)
    assert output["origin"] == "synthetic"
    assert "SYNTHETIC" in output["note"]
    assert [Path(row["file"]).name for row in output["predictions"]] == [path.name for path in files]
    for row in output["predictions"]:
        assert sum(row["probabilities"].values()) == pytest.approx(1, abs=1e-4)
        assert row["label"] == max(row["probabilities"], key=row["probabilities"].get)


def test_who_chooses_no_model_is_told_of_the_one_for_unknown_speech(zoo, tmp_path, monkeypatch):
    zoo("publish", "mini")
    monkeypatch.setattr(predict, "DEFAULT_MODEL", "statistics@emodb")
    sound = shout(tmp_path / "a.wav", 16_000, 1)
    assert "note: statistics@ravdess" not in zoo("predict", sound).stderr
    monkeypatch.setattr(predict, "FOR_UNKNOWN_SPEECH", "statistics@ravdess")
    told = zoo("predict", sound).stderr
    assert "note: statistics@ravdess knows speech of other corpora better" in told and "using statistics@emodb" in told
    assert "statistics@ravdess" not in zoo("predict", sound, "--model", "statistics@emodb").stderr


def test_one_bad_file_does_not_cost_the_others(zoo, tmp_path):
    good, other = shout(tmp_path / "good.wav", 16_000, 1), shout(tmp_path / "other.wav", 16_000, 1)
    bad = tmp_path / "bad.wav"
    bad.write_text("these are words")
    silent = tmp_path / "silent.wav"
    soundfile.write(silent, np.zeros(16_000), 16_000)
    result = zoo("predict", good, bad, silent, other, tmp_path / "absent.wav", "--model", "statistics@emodb")
    assert result.exit_code == 1
    assert "SYNTHETIC" in result.stdout
    lines = {line.split()[0]: line.split()[1] for line in result.stdout.splitlines() if ".wav" in line}
    assert lines[str(good)] == lines[str(other)] != "-"
    assert lines[str(bad)] == lines[str(silent)] == "-"
    for name, reason in (("bad.wav", "not readable audio"), ("silent.wav", "is silent"), ("absent.wav", "not a file")):
        assert any(name in line and reason in line for line in result.stderr.splitlines())
    assert "Traceback" not in result.output


def test_a_file_is_answered_alike_alone_and_among_others(project):
    model = load(project / "derived/mini/zoo/statistics/emodb")
    random = np.random.default_rng(1)
    sounds = [random.normal(0, 0.1, number).astype(np.float32) for number in (400, 90_000, 5_000, 16_000, 401)]
    together = model.probabilities(sounds)
    alone = np.concatenate([model.probabilities([sound]) for sound in sounds])
    np.testing.assert_allclose(together, alone, atol=1e-4)


def test_a_candidate_says_the_same_as_the_training_did(project):
    import torch
    from safetensors.torch import load_file

    from zoo import architectures

    model = load(project / "derived/mini/zoo/statistics/emodb")
    trained = architectures.build("statistics", {"dropout": 0.1}, 64, 7)
    stored = load_file("derived/mini/trained/statistics/emodb/weights.safetensors")
    trained.load_state_dict({name.removeprefix("0."): value for name, value in stored.items()})
    sound = np.random.default_rng(3).normal(0, 0.1, 32_000).astype(np.float32)
    frames = torch.from_numpy(model.heard.compute([sound])[0])[None]
    with torch.no_grad():
        full = torch.softmax(trained.eval()(frames, torch.tensor([frames.shape[1]])), 1).numpy()
    np.testing.assert_allclose(model.probabilities([sound]), full, atol=1e-6)
    assert (project / "derived/mini/zoo/statistics/emodb/weights.safetensors").stat().st_size < 4_000


def test_packaging_again_gives_the_same_bytes(project):
    from zoo.releases.package import package
    from zoo.study.params import load as load_study

    def contents() -> dict[str, bytes]:
        return {str(path): path.read_bytes() for path in sorted(Path("derived/mini/zoo").rglob("*")) if path.is_file()}

    before = contents()
    package(load_study(), Path("derived/mini/zoo"))
    assert contents() == before
    assert len(before) == 2 * len(FILES)


def test_a_training_that_does_not_fit_the_study_is_not_packaged(project):
    from zoo.errors import ZooError
    from zoo.releases.package import package
    from zoo.study.params import load as load_study

    study, facts = load_study(), Path("derived/mini/trained/statistics/emodb/release.json")
    whole = json.loads(facts.read_text(encoding="utf-8"))
    before = sorted(Path("derived/mini/zoo").rglob("*"))
    for change, named in (
        ({"scheme": "core4"}, "not of"),
        ({"networks": [whole["networks"][0] | {"epochs": "many"}]}, "release.json: networks.0.epochs"),
        ({"networks": []}, "release.json: networks"),
        ({"classes": ["anger", *whole["classes"]]}, "the class anger is stated twice"),
        ({"unheard": 1}, "release.json: unheard"),
        ({"corpus": "ravdess"}, "ravdess"),
    ):
        facts.write_text(json.dumps(whole | change), encoding="utf-8")
        with pytest.raises(ZooError, match=named):
            package(study, study.derived / "zoo")
    facts.write_text(json.dumps({key: value for key, value in whole.items() if key != "seeds"}), encoding="utf-8")
    with pytest.raises(ZooError, match=r"release\.json: seeds"):
        package(study, study.derived / "zoo")
    assert sorted(Path("derived/mini/zoo").rglob("*")) == before


def test_the_readme_carries_what_model_hubs_read(project):
    text = Path("derived/mini/zoo/statistics/ravdess/README.md").read_text(encoding="utf-8")
    block = yaml.safe_load(text.split("---\n")[1])
    assert block["pipeline_tag"] == "audio-classification"
    assert block["license"] == "cc-by-nc-sa-4.0"
    assert block["language"] == "en"
    results = block["model-index"][0]["results"]
    uar = next(row for row in results if row["dataset"]["type"] == "ravdess" and row["metrics"][0]["type"] == "recall")
    assert uar["metrics"][0]["value"] == 0.61
    assert "[0.510, 0.710]" in uar["metrics"][0]["name"]
    assert "SYNTHETIC" in uar["metrics"][0]["name"]
    assert "commercial use: not allowed" in text


def labelled_csv(folder: Path, words: dict[str, str], speaker: str = "someone") -> Path:
    path = folder / "mine.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["path", "label", "speaker"])
        for number, (name, word) in enumerate(words.items()):
            shout(folder / name, 16_000 + number, 1)
            writer.writerow([name, word, f"{speaker}{number}"])
    return path


@pytest.mark.parametrize(
    ("words", "scheme", "mapped", "num_scored"),
    [
        (["anger", "boredom", "fear"], "native", False, 3),
        (["anger", "happiness", "neutral"], "core4", True, 3),
        (["angry", "sad", "calm"], "core4", True, 2),
        (["ang", "exc", "xxx"], "core4", True, 2),
    ],
)
def test_a_csv_may_use_the_models_words_or_those_of_a_corpus(zoo, tmp_path, words, scheme, mapped, num_scored):
    path = labelled_csv(tmp_path, {f"{number}.wav": word for number, word in enumerate(words)})
    score = json.loads(zoo("evaluate", "statistics@emodb", path, "--json").stdout)
    assert (score["scheme"], score["mapped"], score["num_utterances"]) == (scheme, mapped, num_scored)
    assert sum(score["left_out"].values()) == len(words) - num_scored
    assert f"{num_scored} speakers, at least 4 are needed" in score["uar"]["interval"]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("path,speaker\na.wav,x\n", "no column 'label'"),
        ("", "lists no recordings"),
        ("path,label,speaker\n", "lists no recordings"),
        ("path,label,speaker\na.wav,anger,x\ngone.wav,anger,x\n", "line 3: gone.wav is not a file"),
        ("path,label,speaker\na.wav,fury,x\n", "line 2: unknown label 'fury'"),
        ("path,label,speaker\na.wav,,x\n", "line 2: the column 'label' is empty"),
        ("path,label,speaker\na.wav,angry,x\nb.wav,ang,x\n", "mixes labels of several corpora"),
        ("path,label,speaker\na.wav,anger,x\n./a.wav,fear,x\n", "two labels: 'anger' (line 2) and 'fear' (line 3)"),
        ("path,label,speaker\na.wav,anger,x\n./a.wav,anger,y\n", "two speakers: 'x' (line 2) and 'y' (line 3)"),
        ("file,emotion,start,end\na.wav,anger,0.1,\n", "line 2: it is about a part of a.wav"),
        ("file,emotion,end\na.wav,anger,0.5\n", "line 2: it is about a part of a.wav"),
        ("file,emotion,end\na.wav,anger,late\n", "line 2: the end 'late' is not a time"),
        ("path,label,speaker\nbad.wav,anger,x\n", "bad.wav is not readable audio"),
    ],
)
def test_what_is_wrong_with_a_csv_is_named(zoo, tmp_path, text, named):
    shout(tmp_path / "a.wav", 16_000, 1)
    shout(tmp_path / "b.wav", 16_000, 1)
    (tmp_path / "bad.wav").write_text("words")
    (tmp_path / "mine.csv").write_text(text)
    result = zoo("evaluate", "statistics@emodb", tmp_path / "mine.csv")
    assert result.exit_code in (1, 2)
    assert named in result.stderr
    assert result.stderr.count("error: ") == 1


def test_training_speakers_and_utterances_are_rejected_unless_requested(zoo, project, tmp_path):
    rejected = zoo("evaluate", "statistics@emodb", "emodb")
    assert rejected.exit_code == 3
    assert "110 utterances and 10 speakers" in rejected.stderr
    assert "--include-training-data" in rejected.stderr
    assert "UAR" not in rejected.stdout

    scored = zoo("evaluate", "statistics@emodb", "emodb", "--include-training-data")
    assert scored.exit_code == 0, scored.output
    assert "NOT A RESULT" in scored.stdout

    # the same samples in another container, under another name
    source = next((project / "derived/synthetic/emodb/wav").glob("03*.wav"))
    samples, rate = soundfile.read(source, dtype="int16")
    soundfile.write(tmp_path / "renamed.flac", samples, rate)
    (tmp_path / "mine.csv").write_text("path,label,speaker\nrenamed.flac,anger,nobody\n")
    hidden = zoo("evaluate", "statistics@emodb", tmp_path / "mine.csv")
    assert hidden.exit_code == 3
    assert "1 utterance " in hidden.stderr

    shout(tmp_path / "a.wav", 16_000, 1)
    (tmp_path / "mine.csv").write_text("path,label,speaker\na.wav,anger,03\n")
    named = zoo("evaluate", "statistics@emodb", tmp_path / "mine.csv")
    assert named.exit_code == 3
    assert "1 speaker (03)" in named.stderr
    assert "pass --other-speakers" in named.stderr


def test_a_synthetic_speaker_is_not_the_recorded_one_of_the_same_name(project):
    from zoo.releases.card import read
    from zoo.scoring.evaluate import evaluate
    from zoo.scoring.labelled import find

    model = load(project / "derived/mini/zoo/statistics/emodb")
    card = read(project / "derived/mini/zoo/statistics/emodb/card.json")
    elsewhere = card.training.model_copy(update={"sha256_samples": []})
    recorded = card.model_copy(update={"origin": "recorded", "training": elsewhere})
    result = evaluate(replace(model, card=recorded), find("emodb"))
    assert not result.overlap
    assert result.is_synthetic
    assert (result.scheme, result.num_speakers) == ("native", 10)
