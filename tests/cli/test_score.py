"""`zoo score`: anybody's predictions, as table, JSON and LaTeX; what cannot be scored is two lines."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from typer.testing import CliRunner

from zoo.cli import app
from zoo.evaluation.file_scores import score
from zoo.metrics import confusion

CLASSES = ["anger", "fear", "neutral", "sadness"]
TOP = Path(__file__).parents[2]


def zoo(*words):
    return CliRunner().invoke(app, ["score", *map(str, words)])


def predictions(skill=0.7, seed=1, num_speakers=8, each=20):
    """Rows of utterance, speaker, label, predicted."""
    facts, random = np.random.default_rng(0), np.random.default_rng(seed)
    labels = facts.integers(4, size=num_speakers * each)
    guesses = np.where(random.random(len(labels)) < skill, labels, random.integers(4, size=len(labels)))
    return [
        (f"u{at:03d}.wav", f"s{at // each}", CLASSES[label], CLASSES[guess])
        for at, (label, guess) in enumerate(zip(labels, guesses, strict=True))
    ]


def write(name, rows, head="utterance,speaker,label,predicted", mark=","):
    Path(name).write_text("\n".join([head, *(mark.join(map(str, row)) for row in rows)]) + "\n", encoding="utf-8")
    return Path(name)


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_figures_are_those_of_the_confusion_matrix():
    rows = predictions()
    found = score(write("mine.csv", rows)).first
    matrix = confusion.confusion(*(np.array([CLASSES.index(row[at]) for row in rows]) for at in (2, 3)), 4)
    assert found.figures["uar"].value == pytest.approx(float(confusion.uar(matrix)))
    assert found.figures["macro_f1"].value == pytest.approx(float(confusion.macro_f1(matrix)))
    assert found.figures["uar"].how == "jackknife over 8 speakers, t on the logit scale, 95 %"
    assert (found.num_utterances, found.num_speakers, found.classes) == (160, 8, tuple(CLASSES))


def test_the_table_has_both_files_the_difference_and_p():
    write("mine.csv", predictions(0.9))
    write("theirs.csv", predictions(0.6, seed=2))
    done = zoo("mine.csv", "--against", "theirs.csv")
    assert done.exit_code == 0, done.output
    assert "mine.csv: 160 utterances of 8 speakers, 4 classes (anger, fear, neutral, sadness)" in done.stdout
    line = next(line for line in done.stdout.splitlines() if line.startswith("UAR"))
    assert line.count("[") == 3 and "+0." in line and line.endswith("0.001")
    assert "paired jackknife over 8 speakers" in done.stdout


def test_json_says_the_same_unrounded():
    write("mine.csv", predictions(0.9))
    write("theirs.csv", predictions(0.6, seed=2))
    content = json.loads(zoo("mine.csv", "--against", "theirs.csv", "--json", "--confidence", "0.9").stdout)
    uars = [one["figures"]["uar"]["value"] for one in content["files"]]
    difference = content["differences"]["uar"]
    assert difference["value"] == pytest.approx(uars[0] - uars[1])
    assert 0 < difference["p"] < 0.01 and difference["low"] > 0
    assert content["confidence"] == 0.9 and "90 %" in difference["how"]


def test_latex_is_a_booktabs_table_with_escaped_names():
    write("my_own.csv", predictions())
    write("theirs.csv", predictions(0.75, seed=2))
    text = zoo("my_own.csv", "--against", "theirs.csv", "--latex").stdout
    lines = text.splitlines()
    body = [line for line in lines if not line.startswith("%")]
    assert body[0] == r"\begin{tabular}{lrrrr}" and body[-1] == r"\end{tabular}"
    assert [line for line in body if line.startswith("\\") and "rule" in line] == [
        r"\toprule",
        r"\midrule",
        r"\bottomrule",
    ]
    assert r"my\_own.csv" in body[2] and all(line.endswith(r"\\") for line in body[2:3] + body[4:-2])
    assert "$-$0." in text and zoo("my_own.csv", "--json", "--latex").exit_code == 2


SAME = predictions()
BY_TOOL = {
    "ours.csv": ("utterance_id,speaker_id,label,predicted", SAME),
    "semicolons.csv": ("Utterance;Speaker;Label;Predicted", SAME),
    "tabs.tsv": ("file\tspk\ty_true\ty_pred", SAME),
    # nkululeko's Reporter.print_probabilities: a segmented index, a column a class, predicted, truth
    "nkululeko.csv": (
        "file,start,end,anger,fear,neutral,sadness,predicted,truth,uncertainty,correct,speaker",
        [(f"./data/{u}", "0 days", "0 days 00:00:02", 0.7, 0.1, 0.1, 0.1, p, t, 0.3, p == t, s) for u, s, t, p in SAME],
    ),
    # its test module: speaker, gender, the target and predictions
    "nkululeko_test.csv": (
        "file,start,end,speaker,gender,emotion,predictions",
        [(f"data/{u}", "0 days", "NaT", s, "female", t, p) for u, s, t, p in SAME],
    ),
    # a Hugging Face pipeline's best label and score, beside the truth
    "pipeline.csv": ("path,speaker,truth,label,score", [(f"/x/{u}", s, t, p, 0.9) for u, s, t, p in SAME]),
}


@pytest.mark.parametrize("name", BY_TOOL)
def test_the_columns_of_other_tools_are_understood(name):
    head, rows = BY_TOOL[name]
    mark = ";" if ";" in head else "\t" if "\t" in head else ","
    found = score(write(name, rows, head, mark), against=write("same.csv", SAME))
    assert found.differences["uar"].value == 0
    assert found.first.figures == found.second.figures
    assert found.first.num_speakers == 8


def test_a_pipelines_answers_in_json_lines_count_by_their_highest_score():
    answers = [
        {
            "file": f"/data/{utterance}",
            "speaker": speaker,
            "label": label,
            "prediction": [{"label": other, "score": 0.1} for other in CLASSES if other != guess]
            + [{"label": guess, "score": 0.7}],
        }
        for utterance, speaker, label, guess in SAME
    ]
    Path("answers.jsonl").write_text("\n".join(map(json.dumps, answers)))
    Path("answers.json").write_text(json.dumps(answers, indent=1))
    wanted = score(write("same.csv", SAME)).first.figures
    assert score(Path("answers.jsonl")).first.figures == wanted
    assert score(Path("answers.json")).first.figures == wanted


def test_several_segments_of_a_recording_are_several_utterances():
    rows = [("a.wav", start, start + 1, f"s{start}", CLASSES[start % 4], CLASSES[start % 4]) for start in range(8)]
    found = score(write("segments.csv", rows, "file,start,end,speaker,truth,predicted"))
    assert found.first.num_utterances == 8


def test_predictions_of_ours_are_scored_and_called_synthetic(make_predictions):
    table = make_predictions(origin="synthetic")
    table.write_parquet("ours.parquet")
    done = zoo("ours.parquet")
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("SYNTHETIC") and "SYNTHETIC" in zoo("ours.parquet", "--latex").stdout
    two_seeds = pl.concat([table, make_predictions(seed=2, origin="synthetic")])
    two_seeds.write_parquet("seeds.parquet")
    assert "mean of 2 seeds" in zoo("seeds.parquet").stdout
    pl.concat([table, make_predictions(model="bilstm")]).write_parquet("several.parquet")
    refused = zoo("several.parquet")
    assert refused.exit_code == 2 and "holds predictions of several models (2 of model" in refused.stderr


@pytest.fixture
def make_predictions():
    import importlib.util

    spec = importlib.util.spec_from_file_location("made_up", TOP / "tests" / "evaluation" / "conftest.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.make


def test_without_speakers_there_are_figures_but_no_interval_and_it_says_why():
    bare = [(u, t, p) for u, _, t, p in SAME]
    done = zoo(write("bare.csv", bare, "utterance,label,predicted"))
    assert done.exit_code == 0
    assert "[" not in done.stdout
    assert "none: the speakers are unknown, and utterances of one speaker are not independent" in done.stdout
    beside = score(Path("bare.csv"), write("full.csv", SAME))
    assert beside.first.num_speakers == 8 and beside.first.figures["uar"].low is not None  # known from the other file
    alone = score(Path("bare.csv"), write("bare2.csv", bare, "utterance,label,predicted"))
    assert alone.differences["uar"].p is None and "speakers are unknown" in alone.differences["uar"].how


def test_classes_that_are_predicted_but_never_a_label_are_said_beside_the_uar():
    rows = [row for row in SAME if row[2] == "anger"]
    done = zoo(write("anger.csv", rows))
    assert "UAR over 1 of 4 classes" in done.stdout
    assert "predicted but never a label: fear, neutral, sadness" in done.stdout
    (one,) = json.loads(zoo("anger.csv", "--json").stdout)["files"]
    assert (one["classes"], one["absent"]) == (["anger"], ["fear", "neutral", "sadness"])


def changed(at, **cells):
    columns = ("utterance", "speaker", "label", "predicted")
    return [
        tuple(cells.get(name, cell) if number == at else cell for name, cell in zip(columns, row, strict=True))
        for number, row in enumerate(SAME)
    ]


@pytest.mark.parametrize(
    ("content", "message", "hint"),
    [
        ("", "holds no predictions", "utterance, speaker, label, predicted"),
        ("utterance,speaker,label,predicted\n", "holds no predictions", "one row for each utterance"),
        (
            "uterance,label,predicted\na,b,b\n",
            "has no column 'utterance' (it has uterance, label, predicted)",
            "uterance",
        ),
        ("utterance,speaker,label\na,b,c\n", "has no column 'predicted'", "prediction, predictions"),
        ("utterance,label,predicted\na,b\n", "line 2: 2 cells, but the first line names 3", "quote"),
        ("utterance,label,predicted\na,b,\n", "line 2: the column 'predicted' is empty", "fill it in"),
        ("utterance,label,predicted\na,b,b\na,b,b\n", "more than once, such as 'a' (line 2, line 3)", "seed"),
        (
            "utterance,label,predicted\na,Anger,anger\n",
            "spells a class in several ways: 'Anger' and 'anger'",
            "the same",
        ),
        ("utterance,label,predicted\na,ang,anger\n", "no prediction is one of the labels", "same names of classes"),
        ("utterance,label,predicted,seed\na,b,b,x\n", "the seed 'x' is not a whole number", "number"),
        ('[{"label": "a", "score": 1}]', "row 1 has no utterance and no true label", '"prediction"'),
        ('{"file": "a"', "neither JSON nor JSON lines", "one object"),
        (b"utterance,label,predicted\na,\x81rger,b\n", "bad.csv is not text", "CSV in UTF-8"),
        ("utterance,label,predicted\na,b,b\na,c,b\n", "a has two labels: 'b' (line 2) and 'c' (line 3)", "right"),
    ],
)
def test_a_file_that_cannot_be_scored_is_two_lines_that_name_the_problem(content, message, hint):
    Path("bad.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
    done = zoo("bad.csv")
    assert done.exit_code in (1, 2) and done.stdout == ""
    first, second = done.stderr.splitlines()
    assert message in first and "bad.csv" in first
    assert second.startswith("hint: ") and hint in second


@pytest.mark.parametrize(
    ("rows", "message", "hint"),
    [
        (
            SAME[:-3],
            "157 in common, 3 only in mine.csv, 0 only in other.csv; 'u157.wav' is not in other.csv",
            "utterances",
        ),
        (changed(5, utterance="u005x.wav"), "1 only in mine.csv, 1 only in other.csv", "did you mean 'u005x.wav'?"),
        (changed(5, label="x"), "1 utterances have another label in other.csv, such as 'u005.wav'", "same labels"),
        (changed(5, speaker="x"), "1 utterances have another speaker in other.csv", "same speakers"),
    ],
)
def test_files_of_different_utterances_labels_or_speakers_are_not_compared(rows, message, hint):
    write("mine.csv", SAME)
    done = zoo("mine.csv", "--against", write("other.csv", rows))
    assert done.exit_code == 2 and done.stdout == ""
    first, second = done.stderr.splitlines()
    assert message in first and hint in second


def test_missing_files_and_an_impossible_confidence_are_named():
    write("mine.csv", SAME)
    done = zoo("mien.csv")
    assert done.exit_code == 2 and "mien.csv is missing" in done.stderr and "did you mean mine.csv?" in done.stderr
    assert "is a folder" in zoo(".").stderr
    Path("bad.parquet").write_bytes(b"PAR1 no")
    assert "bad.parquet is not a readable Parquet file" in zoo("bad.parquet").stderr
    assert "the confidence 95 is not between 0 and 1" in zoo("mine.csv", "--confidence", 95).stderr


def test_no_torch_and_no_pipeline_are_needed():
    write("mine.csv", SAME)
    code = (
        "import sys\nfrom zoo.cli import app\n"
        "try:\n    app(['score', 'mine.csv'])\nexcept SystemExit as end:\n    assert not end.code\n"
        "print('HEAVY', {'torch', 'ray', 'dvc', 'great_expectations', 'matplotlib'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(TOP), "PATH": ""},
    )
    assert "HEAVY set()" in done.stdout


@pytest.mark.parametrize(
    "row",
    [
        {"utterance": ["a"], "speaker": "s", "label": "anger", "predicted": "anger", "seed": 1e400},
        {"utterance": "a", "speaker": "s", "label": "anger", "predicted": "anger", "seed": 10**30},
        {"utterance": "a", "speaker": "s", "label": "anger", "predicted": "anger", "seed": 1.5},
        {"utterance": "a", "speaker": "s", "label": "anger", "predicted": [{"label": "anger", "score": None}]},
        {"utterance": "a", "speaker": "s", "label": float("nan"), "predicted": "anger"},
    ],
)
def test_what_cannot_be_a_prediction_is_two_lines(tmp_path, row):
    path = tmp_path / "odd.jsonl"
    path.write_text(json.dumps(row) + "\n", encoding="utf-8")
    done = zoo(path)
    assert done.exit_code == 2 and "this is a bug of zoo" not in done.output, done.output


def test_two_columns_of_one_name_are_an_error(tmp_path):
    path = tmp_path / "twice.csv"
    path.write_text("utterance,speaker,label,predicted,predicted\nu,s,a,a,b\n", encoding="utf-8")
    done = zoo(path)
    assert done.exit_code == 2 and "has two columns 'predicted'" in done.output
