"""zoo evaluate says how much of a table the model was trained on, and scores the rest if asked to."""

import json
import shutil
import subprocess
import sys

import pytest
import soundfile
import soxr
from conftest import TOP

SHARED = TOP.parent / "shared"
REAL = pytest.mark.skipif(not (SHARED / "cases").is_dir(), reason="no recorded corpora in ../shared")


@pytest.fixture
def table(project, tmp_path):
    """Copies of two takes by EmoDB's speakers 03 and 08 under other names, and others: of RAVDESS's stand-in."""
    heard, others = (project / "derived/synthetic" / corpus for corpus in ("emodb", "ravdess"))
    files = [next(heard.rglob("03*.wav")), next(heard.rglob("08*.wav")), *sorted(others.rglob("*.wav"))[:60:10]]
    for place, path in enumerate(files):
        samples, rate = soundfile.read(path)
        soundfile.write(tmp_path / f"{place}.flac", 0.9 * soxr.resample(samples, rate, 44_100), 44_100)
    speakers = ["speaker_03", "speaker_08", "speaker_08", "Ann", "Ann", "Bob", "Cid", "Dan"]
    rows = [f"{place}.flac,anger,{speaker}" for place, speaker in enumerate(speakers)]
    (tmp_path / "mine.csv").write_text("\n".join(["path,label,speaker", *rows]) + "\n")
    return tmp_path / "mine.csv"


def test_the_verdict_is_about_the_whole_table_and_the_new_part_can_be_scored(zoo, table):
    zoo("publish", "mini")
    refused = zoo("evaluate", "statistics@emodb", table)
    assert refused.exit_code == 3
    assert "2 of 8 utterances (25 %) are copies of training data" in refused.stderr
    assert "the other 6 are new, but 1 of them by speakers that it was trained on" in refused.stderr
    assert "--leave-out-training-data to score the 5 new ones" in refused.stderr

    rest = json.loads(zoo("evaluate", "statistics@emodb", table, "--leave-out-training-data", "--json").stdout)
    assert (rest["num_utterances"], rest["num_speakers"]) == (5, 4)
    assert rest["leaves_out_training_data"] and not rest["includes_training_data"]
    assert (rest["training_copies"], rest["new_utterances_of_training_speakers"], rest["new_utterances"]) == (2, 1, 5)
    assert rest["training_share"] == 0.25 and rest["copies_looked_for"]

    every = zoo("evaluate", "statistics@emodb", table, "--include-training-data").stdout
    assert "NOT A RESULT" in every and "2 of 8 utterances (25 %)" in every
    both = zoo("evaluate", "statistics@emodb", table, "--include-training-data", "--leave-out-training-data")
    assert both.exit_code == 2 and "contradict" in both.stderr


def test_where_nothing_is_left_there_is_no_score(zoo):
    nothing = zoo("evaluate", "statistics@emodb", "emodb", "--leave-out-training-data")
    assert nothing.exit_code == 3
    assert "nothing is left to score" in nothing.stderr


def test_people_who_share_but_a_number_are_scored_and_it_is_said(zoo, table):
    zoo("publish", "mini")
    rows = [f"{place}.flac,anger,{speaker}" for place, speaker in ((3, 3), (4, 3), (5, 8), (6, 9), (7, 1))]
    table.write_text("\n".join(["path,label,speaker", *rows]) + "\n")
    scored = zoo("evaluate", "statistics@emodb", table)
    assert scored.exit_code == 0, scored.output
    assert "3 speakers (3, 8, 9) may have the name of one that it was trained on" in scored.stdout


def test_other_people_whose_names_are_all_those_of_training_speakers_are_scored_by_one_option(zoo, table):
    rows = [f"{place}.flac,anger,{speaker}" for place, speaker in ((3, "s3"), (4, "s3"), (5, "s8"))]
    table.write_text("\n".join(["path,label,speaker", *rows]) + "\n")
    refused = zoo("evaluate", "statistics@emodb", table)
    assert refused.exit_code == 3
    assert "if they are other people with the same names, pass --other-speakers" in refused.stderr
    scored = zoo("evaluate", "statistics@emodb", table, "--other-speakers")
    assert scored.exit_code == 0, scored.output
    assert "taken for other people" in scored.stdout
    assert zoo("evaluate", "statistics@emodb", "emodb", "--other-speakers").exit_code == 3


@pytest.mark.real
@REAL
@pytest.mark.parametrize("name", ["training-data-actors-as-folders", "training-data-speakers-as-numbers"])
def test_published_training_data_with_speakers_written_otherwise_is_refused(zoo, name, tmp_path, monkeypatch):
    folder = tmp_path / "ravdess"
    subprocess.run([sys.executable, SHARED / "corpora/unpack", "ravdess48k", folder], check=True, capture_output=True)
    shutil.copy(SHARED / "cases" / f"{name}.csv", folder)
    monkeypatch.setenv("ZOO_CATALOGUES", str(TOP / "models"))
    refused = zoo("evaluate", "cnn_lstm@ravdess:2.0.1", folder / f"{name}.csv")
    assert refused.exit_code == 3, refused.output
    assert "(100 %) are copies of training data" in refused.stderr
