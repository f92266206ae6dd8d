"""Corpora of one's own, from a table to a manifest: what is copied, described, refused, and done twice."""

import csv
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import soundfile
from fixtures.corpora import write_sound
from typer.testing import CliRunner

from zoo import corpora, corpus_file, labels
from zoo.cli.data import app
from zoo.dependencies import plan
from zoo.errors import ZooError
from zoo.inputs.contract import Spec
from zoo.inputs.extract import extract
from zoo.inputs.store import Store
from zoo.library.add_own import add, look
from zoo.library.manifest import build
from zoo.library.own_facts import Options
from zoo.library.remove import remove
from zoo.library.verify import verify
from zoo.study import params

RATE_HZ = 16_000
TOP = Path(__file__).parents[2]


def table(folder: Path, rows: list[dict[str, Any]], name: str = "table.csv") -> Path:
    """Write a table and the recordings that it names, where they are missing."""
    for row in rows:
        if not (folder / row["path"]).is_absolute() or not Path(row["path"]).exists():
            write_sound(folder / row["path"], 0.3)
    with (folder / name).open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return folder / name


def rows(**more: Any) -> list[dict[str, Any]]:
    """Three speakers with two labels each."""
    return [
        {"path": f"{who}/{who}_{label}.wav", "label": label, "speaker": who, **more}
        for who in ("ann", "bea", "carl")
        for label in ("wut", "neutral")
    ]


def added(name: str, path: Path, **options: str) -> list[str]:
    return add(name, look(name, path, Options(**options)))


def test_a_table_becomes_a_corpus_like_any_other(project: Path, tmp_path: Path) -> None:
    path = table(tmp_path, rows(sex="w", language="de"))
    added("mine", path, emotions="wut=anger", licence="CC-BY-4.0", title="My recordings")
    corpus = corpora.get("mine")
    assert "mine" in corpora.names() and corpora.has("mine")
    assert (corpus.title, corpus.language, corpus.commercial_use) == ("My recordings", "de", True)
    assert corpus.native_labels == {"neutral": 3, "wut": 3}
    assert labels.mapping("core4", "mine", ["wut", "neutral"]) == {"wut": "anger", "neutral": "neutral"}
    assert labels.mapping("valence3", "mine", ["wut"]) == {"wut": "negative"}
    manifest = build("mine", project / "data/mine")
    assert manifest["speaker_id"].unique().sort().to_list() == ["ann", "bea", "carl"]
    assert set(manifest["sex"]) == {"female"} and set(manifest["licence"]) == {"CC-BY-4.0"}
    assert (project / "data/mine/audio/ann/ann_wut.wav").read_bytes() == (tmp_path / "ann/ann_wut.wav").read_bytes()
    assert "path: data/mine" in (project / "data.dvc").read_text()
    assert verify("mine").num_new == 0


def test_adding_it_again_changes_nothing_and_another_table_says_what_differs(project: Path, tmp_path: Path) -> None:
    path = table(tmp_path, rows())
    added("mine", path)
    before = {file: file.read_bytes() for file in (*project.glob("corpora/*"), project / "data.dvc")}
    assert "nothing to do" in added("mine", path)[-1]
    assert {file: file.read_bytes() for file in before} == before
    table(tmp_path, [row | {"label": "freude"} if row["path"] == "ann/ann_wut.wav" else row for row in rows()])
    with pytest.raises(ZooError, match="1 changed, such as ann_wut") as raised:
        added("mine", path)
    assert "zoo data remove mine" in raised.value.hint
    assert {file: file.read_bytes() for file in before} == before


def test_what_people_wrote_into_its_file_outlives_a_removal(project: Path, tmp_path: Path) -> None:
    path = table(tmp_path, rows())
    added("mine", path, emotions="wut=anger")
    file = project / "corpora/mine.yaml"
    file.write_text(file.read_text().replace("title: mine", "title: Mine\npeople: emodb\ndc_offset: true"))
    assert any("corpora/mine.yaml stays" in line for line in remove("mine"))
    assert not (project / "data/mine").exists()
    table(tmp_path, rows()[:4])
    added("mine", path)
    facts = corpus_file.read("mine")
    assert (facts.title, facts.dc_offset, facts.people, facts.emotions["wut"]) == ("Mine", True, "emodb", "anger")
    assert (sum(facts.native_labels.values()), list(facts.speakers)) == (4, ["ann", "bea"])


@pytest.mark.parametrize("name", ["emodb", "Mine", "a-b", "../up", "1st", "n" * 101])
def test_names_that_are_taken_or_are_none_are_refused(project: Path, tmp_path: Path, name: str) -> None:
    with pytest.raises(ZooError):
        added(name, table(tmp_path, rows()))
    assert list(project.glob("corpora/*")) == list(project.glob("data/*")) == []


def test_all_bad_lines_are_in_one_message_and_nothing_is_written(project: Path, tmp_path: Path) -> None:
    good = rows()
    path = table(tmp_path, good)
    (tmp_path / "noise.wav").write_text("no audio")
    soundfile.write(tmp_path / "silent.wav", np.zeros(RATE_HZ), RATE_HZ)
    bad = [
        good[0] | {"label": "neutral"},  # under two labels
        good[1] | {"path": "missing.wav"},
        good[1] | {"path": "noise.wav"},
        good[1] | {"path": "silent.wav"},
        good[1] | {"path": "x.wav", "speaker": ""},
        good[1] | {"path": "y.wav", "label": ""},
    ]
    with path.open("a", newline="") as file:
        csv.DictWriter(file, list(good[0])).writerows(bad)
    result = CliRunner().invoke(app, ["add", "mine", str(path)])
    assert isinstance(result.exception, ZooError)
    message = result.exception.message
    for part in (
        "6 of 12 lines",
        "line 8: ann_wut.wav has the label 'neutral', but 'wut' in line 2",
        "line 9: missing.wav",
    ):
        assert part in message
    assert "line 12: it has no speaker" in message and "and 1 more" in message
    assert list(project.glob("corpora/*")) == list(project.glob("data/*")) == []


def test_a_speaker_who_is_written_in_two_ways_is_no_two_people(project: Path, tmp_path: Path) -> None:
    path = table(tmp_path, [*rows(), {"path": "x.wav", "label": "wut", "speaker": "Ann"}])
    with pytest.raises(ZooError, match="line 8: the speaker 'Ann' is 'ann' in line 2"):
        look("mine", path, Options())


def test_copies_by_their_sound_are_named(tmp_path: Path) -> None:
    write_sound(tmp_path / "a.wav", 2.0)
    samples, rate = soundfile.read(tmp_path / "a.wav")
    soundfile.write(tmp_path / "b.flac", 0.5 * samples, rate)
    (tmp_path / "t.csv").write_text("path,label,speaker\na.wav,wut,ann\nb.flac,wut,bea\n")
    (doubt,) = look("mine", tmp_path / "t.csv", Options()).doubts
    assert "1 pairs are copies of one recording by their sound, 1 of them by several speakers" in doubt
    assert "line 2 and line 3" in doubt


def test_paths_may_be_absolute_or_relative_to_the_working_folder(project: Path, tmp_path: Path) -> None:
    write_sound(project / "here/a.wav")
    absolute = write_sound(tmp_path / "there/a.wav")
    (tmp_path / "table.csv").write_text(f"path,label\nhere/a.wav,wut\n{absolute},neutral\n")
    looked = look("mine", tmp_path / "table.csv", Options())
    assert sorted(row["utterance_id"] for row in looked.rows) == ["project/here/a", "there/a"]


def test_segments_have_their_own_samples_and_stay_with_their_recording(project: Path, tmp_path: Path) -> None:
    halves = [write_sound(tmp_path / f"{name}.wav", 0.5) for name in "ab"]
    samples = [soundfile.read(half, dtype="int16")[0] for half in halves]
    soundfile.write(tmp_path / "long.wav", np.concatenate(samples), RATE_HZ, subtype="PCM_16")
    lines = ["file,emotion,start,end", "long.wav,wut,0,0.5", "long.wav,neutral,0.5,1.0"]
    (tmp_path / "segments.csv").write_text("\n".join(lines))
    (tmp_path / "whole.csv").write_text("file,emotion\na.wav,wut\nb.wav,neutral\n")
    added("parts", tmp_path / "segments.csv")
    added("whole", tmp_path / "whole.csv")
    parts, whole = (build(name, project / "data" / name).sort("start_s", "path") for name in ("parts", "whole"))
    assert parts["sha256_samples"].to_list() == whole["sha256_samples"].to_list()
    assert parts["duration_s"].to_list() == [0.5, 0.5]
    assert parts["take_group"].n_unique() == 1 and parts["speaker_id"].n_unique() == 1
    for name, manifest in (("parts", parts), ("whole", whole)):
        extract(manifest, project / "data" / name, tmp_path / name, Spec("log_mel"))
    heard = [Store(tmp_path / name).array for name in ("parts", "whole")]
    assert np.array_equal(*heard)
    assert verify("parts").num_new == 0
    (tmp_path / "segments.csv").write_text("\n".join([*lines, "long.wav,wut,0.9,1.7"]))
    with pytest.raises(ZooError, match=r"line 4.* no segment from 0\.9 to 1\.7 s"):
        look("parts", tmp_path / "segments.csv", Options())


def test_speakers_of_one_recording_are_one_session(tmp_path: Path) -> None:
    write_sound(tmp_path / "talk.wav", 1.0)
    write_sound(tmp_path / "alone.wav", 1.0)
    (tmp_path / "t.csv").write_text(
        "path,label,speaker,start,end\ntalk.wav,wut,ann,0,0.5\ntalk.wav,wut,bea,0.5,1\nalone.wav,wut,carl,,\n"
    )
    speakers = look("mine", tmp_path / "t.csv", Options()).facts.speakers
    assert speakers["ann"].session == speakers["bea"].session is not None
    assert speakers["carl"].session is None


def test_votes_become_those_of_raters(project: Path, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("path,label,votes\na.wav,anger,anger:3 neutral:1\nb.wav,neutral,\n")
    for name in ("a.wav", "b.wav"):
        write_sound(tmp_path / name)
    added("mine", tmp_path / "t.csv")
    votes = build("mine", project / "data/mine").sort("path")["votes"].to_list()
    assert [(vote["label"], vote["count"]) for vote in votes[0]] == [("anger", 3.0), ("neutral", 1.0)]
    assert votes[1] is None


def test_the_plan_of_a_study_changes_with_the_corpuss_file(project: Path, tmp_path: Path) -> None:
    added("mine", table(tmp_path, rows()))
    text = (TOP / "studies/embedded.yaml").read_text().replace("emodb", "mine")
    study = params.parse(text, Path("params.yaml"))[0]
    assert study is not None
    before = {stage: plan.closure_of(study, stage, ["mine"]).digest for stage in ("manifest", "folds")}
    other = plan.closure_of(study, "manifest", ["ravdess"]).digest
    file = project / "corpora/mine.yaml"
    file.write_text(file.read_text().replace("language: und", "language: de"))
    assert all(plan.closure_of(study, stage, ["mine"]).digest != digest for stage, digest in before.items())
    assert plan.closure_of(study, "manifest", ["ravdess"]).digest == other


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (("title: mine", "titel: mine"), "titel"),
        (("wut: 3", "wut: many"), "native_labels.wut"),
        (("neutral: neutral", "neutral: calmness"), "calmness"),
    ],
)
def test_mistakes_in_its_file_are_named(project: Path, tmp_path: Path, change: tuple[str, str], named: str) -> None:
    added("mine", table(tmp_path, rows()))
    file = project / "corpora/mine.yaml"
    assert change[0] in file.read_text()
    file.write_text(file.read_text().replace(*change))
    with pytest.raises(ZooError, match=named) as raised:
        labels.mapping("core4", "mine", corpora.get("mine").native_labels)
    assert "corpora/mine.yaml" in raised.value.message


def test_a_look_writes_nothing_and_counts(project: Path, tmp_path: Path) -> None:
    path = table(tmp_path, rows())
    shutil.rmtree(project / ".dvc")  # not even a project is needed
    result = CliRunner().invoke(app, ["add", "mine", str(path), "--dry-run", "--map", "wut=anger"])
    assert result.exit_code == 0, result.output
    assert "6 utterances" in result.output and "speakers: 3" in result.output
    assert list(project.glob("corpora/*")) == list(project.glob("data/*")) == []


def test_other_formats_are_read_as_well(tmp_path: Path) -> None:
    write_sound(tmp_path / "a.wav")
    frame = pl.DataFrame({"audio": [{"path": "a.wav", "bytes": None}], "emotion": ["joy"], "speaker_id": ["s1"]})
    frame.write_parquet(tmp_path / "t.parquet")
    facts = look("mine", tmp_path / "t.parquet", Options()).facts
    assert (list(facts.speakers), facts.emotions) == (["s1"], {"joy": "happiness"})


def test_from_a_folder_within_the_project_paths_are_relative_to_it(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_sound(project / "notes/a.wav")
    (tmp_path / "t.csv").write_text("path,label\na.wav,wut\n")
    monkeypatch.chdir(project / "notes")
    result = CliRunner().invoke(app, ["add", "mine", str(tmp_path / "t.csv")])
    assert result.exit_code == 0, result.output
    assert (project / "data/mine/audio/a.wav").is_file() and (project / "corpora/mine.yaml").is_file()


def test_what_is_shown_of_a_corpus_of_ones_own_is_true_of_it(project: Path, tmp_path: Path) -> None:
    added("mine", table(tmp_path, [{k: v for k, v in row.items() if k != "speaker"} for row in rows()]))
    info = CliRunner().invoke(app, ["info", "mine"]).output
    assert "speaker-dependent" in info and "0:" not in info and "add mine PATH" not in info
    listed = CliRunner().invoke(app, ["list"]).output
    assert next(line for line in listed.splitlines() if line.startswith("mine ")).endswith("own")
