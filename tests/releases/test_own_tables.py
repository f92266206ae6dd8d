"""zoo evaluate on tables of one's own: any format and names of columns, and what is odd about one is said."""

import json

import numpy as np
import pytest
import soundfile


@pytest.fixture
def folder(zoo, tmp_path):
    """A folder with a.wav to f.wav, a second of another tone each."""
    for number, name in enumerate("abcdef"):
        tone = 0.1 * np.sin(2 * np.pi * (150 + 40 * number) * np.arange(16_000) / 16_000)
        soundfile.write(tmp_path / f"{name}.wav", tone, 16_000)
    return tmp_path


@pytest.fixture
def evaluate(zoo, folder):
    """The answer of zoo evaluate about a table with this content."""

    def answer(content, *options, name="mine.csv", model="statistics@emodb"):
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return zoo("evaluate", model, folder / name, *options)

    return answer


SAME = {
    "commas.csv": "path,label,speaker\na.wav,anger,ann\nb.wav,sadness,ben\n",
    "capitals.csv": "file;emotion;speaker\na.wav;Anger;ann\nb.wav;Sadness;ben\n",
    "pipes.csv": "Path|Label|Speaker\na.wav|anger|ann\nb.wav|sadness|ben\n",
    "lines.jsonl": '{"path": "a.wav", "label": "anger", "speaker": "ann"}\n'
    '{"path": "b.wav", "label": "sadness", "speaker": "ben"}\n',
    "words.csv": "path,label,speaker\na.wav,angry,ann\nb.wav,sad,ben\n",
    "windows.csv": "sep=;\r\nDatei;Gefühl;Sprecher\r\n.\\a.wav;anger;ann\r\nb.wav;sadness;ben\r\n".encode("cp1252"),
    "audformat.csv": "file,start,end,emotion,speaker\n"
    "a.wav,0 days,,anger,ann\nb.wav,0 days,0 days 00:00:01,sadness,ben\n",
}


def test_one_table_in_any_form_is_one_score(evaluate):
    answers = {name: evaluate(text, "--json", name=name) for name, text in SAME.items()}
    assert not [answer.stderr for answer in answers.values() if answer.exit_code]
    scores = {name: json.loads(answer.stdout) for name, answer in answers.items()}
    for name, score in scores.items():
        facts = ("scheme", "classes", "confusion_matrix", "uar", "num_speakers", "num_utterances")
        assert [score[fact] for fact in facts] == [scores["commas.csv"][fact] for fact in facts], name
    assert scores["capitals.csv"]["labels"] == {"Anger": "anger", "Sadness": "sadness"}
    assert "labels: angry is anger, sad is sadness" in evaluate(SAME["words.csv"]).stdout


def test_a_file_listed_again_is_counted_once_and_said_by_line(evaluate):
    again = evaluate(
        "path,label,speaker\na.wav,anger,ann\n" + "./a.wav,anger,ann\n" * 30 + "b.wav,fear,ben\n", "--json"
    )
    assert json.loads(again.stdout)["num_utterances"] == 2
    assert "a.wav is listed 31 times (line 2, line 3, line 4, line 5, line 6, line 7, …), and counted once" in (
        again.stderr
    )


def test_absent_classes_are_said_beside_the_figure(evaluate):
    content = "path,label,speaker\na.wav,anger,ann\nb.wav,anger,ben\n"
    score = json.loads(evaluate(content, "--json").stdout)
    assert score["uar"]["absent_classes"] == ["happiness", "neutral", "sadness"]
    line = next(line for line in evaluate(content).stdout.splitlines() if line.startswith("UAR"))
    assert " over 1 of 4 classes, as no utterance is happiness, neutral, sadness " in line


def test_without_speakers_there_is_a_figure_but_no_interval(evaluate):
    content = "path,label\n" + "".join(f"{name}.wav,anger\n" for name in "abcdef")
    score = json.loads(evaluate(content, "--json").stdout)
    assert score["num_speakers"] is None and score["uar"]["value"] is not None and score["uar"]["low"] is None
    shown = evaluate(content).stdout
    assert "6 utterances of unknown speakers" in shown and "no interval: the speakers are unknown, and " in shown


def test_the_scheme_is_the_same_for_every_model_unless_one_is_asked_for(evaluate):
    content = "path,label,speaker\na.wav,anger,ann\nb.wav,sadness,ben\n"
    for model in ("statistics@emodb", "statistics@ravdess"):
        score = json.loads(evaluate(content, "--json", model=model).stdout)
        assert (score["scheme"], len(score["classes"])) == ("core4", 4)
        assert score["scheme_reason"] == "the first scheme that has all the labels"
    own = evaluate(content, "--scheme", "native")
    assert "classes of native (as asked for with --scheme)\n" in own.stdout and "over 2 of 7 classes" in own.stdout
    assert "unknown label scheme 'core5'" in evaluate(content, "--scheme", "core5").stderr
    never = evaluate("path,label,speaker\na.wav,surprise,ann\n", "--scheme", "ekman7")
    assert never.exit_code == 1 and "statistics@emodb never predicts surprise" in never.stderr


def test_training_data_without_speakers_is_still_known_by_its_sound(evaluate, project):
    heard = next((project / "derived/synthetic/emodb").rglob("03*.wav"))
    refused = evaluate(f"path,label\n{heard},anger\na.wav,anger\n")
    assert refused.exit_code == 3 and "1 of 2 utterances (50 %)" in refused.stderr
    rest = evaluate(f"path,label\n{heard},anger\na.wav,anger\n", "--leave-out-training-data", "--json")
    assert json.loads(rest.stdout)["num_utterances"] == 1
