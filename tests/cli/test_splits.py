"""`zoo splits audit`: what it prints, how it exits, and which corpus it believes."""

import json
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from zoo.cli import app


def audit(*words):
    return CliRunner().invoke(app, ["splits", "audit", *map(str, words)])


@pytest.fixture
def top(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "clean.csv").write_text("file,split\n03a01Fa.wav,train\n08a01Fd.wav,dev\n09a01Wb.wav,test\n")
    (tmp_path / "leaky.csv").write_text("file,split\n03a01Fa.wav,train\n08a01Fd.wav,dev\n03a01Fb.wav,test\n")
    return tmp_path


def test_clean_splits_exit_0(top):
    answer = audit("clean.csv")
    assert answer.exit_code == 0
    assert "all       1    1     1  clean" in answer.stdout
    assert "warning: test shares up to 1 of its 1 sentences with train" in answer.stdout
    assert answer.stdout.endswith("verdict: clean\n")


def test_leaks_exit_1_and_are_named(top):
    answer = audit("leaky.csv")
    assert answer.exit_code == 1
    assert (
        "test shares 1 of its 1 takes with train (1 of 1 recordings), such as 03a01F: 03a01Fa.wav in" in answer.stdout
    )
    assert answer.stdout.endswith("verdict: leaks: speakers, takes\n")


def test_json_says_the_same(top):
    answer = audit("leaky.csv", "--json")
    assert answer.exit_code == 1
    content = json.loads(answer.stdout)
    assert content["corpus"] == "emodb"
    assert content["verdict"] == content["folds"][0]["verdict"] == "leaks: speakers, takes"
    takes = [one for one in content["folds"][0]["crossings"] if one["kind"] == "takes"]
    assert takes[0]["examples"] == [{"value": "03a01F", "first": "03a01Fa.wav", "second": "03a01Fb.wav"}]


def test_strict_takes_sentences_for_leaks(top):
    assert audit("clean.csv", "--strict").exit_code == 1


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["absent.csv"], "absent.csv is missing"),
        (["clean.csv", "--corpus", "emobd"], "did you mean emodb"),
        (["clean.csv", "--corpus", "ravdess"], "such as '03a01Fa.wav'"),
        (["test.txt"], "the files contain only test"),
        (["other.csv"], "the files contain only train"),
    ],
)
def test_what_cannot_be_audited_is_two_lines(top, words, message):
    (top / "test.txt").write_text("03a01Fa\n")
    (top / "other.csv").write_text("file,split\nsomebody.wav,train\n")
    answer = audit(*words)
    assert answer.exit_code in (1, 2)
    assert message in answer.stderr
    assert len(answer.stderr.splitlines()) == 2


def test_our_folds_are_audited_with_their_own_manifest_and_no_other(tiny_study, monkeypatch):
    from zoo.tables.manifest import MANIFEST

    study = tiny_study()
    folds = study.derived / "folds" / "emodb.parquet"
    answer = audit(folds)
    assert answer.exit_code == 0, answer.output
    assert "next to derived/tiny/folds" in answer.stdout
    manifest = study.derived / "manifest" / "emodb.parquet"
    MANIFEST.write(MANIFEST.read(manifest).head(30), manifest, {})
    refused = audit(folds)
    assert refused.exit_code == 1
    assert "was not made from" in refused.stderr


def test_a_synthetic_study_knows_nothing_about_the_recordings_of_others(tiny_study):
    study = tiny_study()
    Path("params.yaml").write_text(yaml.safe_dump(study.model_dump(mode="json")), encoding="utf-8")
    Path("theirs.csv").write_text("file,split\n03a01Fa.wav,train\n08a01Fd.wav,test\n")
    answer = audit("theirs.csv")
    assert answer.exit_code == 0, answer.output
    assert "by names and published hashes" in answer.stdout


def test_a_stage_refuses_folds_of_another_manifest(tiny_study):
    from zoo.errors import ZooError
    from zoo.tables.manifest import MANIFEST
    from zoo.training.corpus import prepare

    study = tiny_study()
    manifest = study.derived / "manifest" / "emodb.parquet"
    MANIFEST.write(MANIFEST.read(manifest).head(30), manifest, {})
    with pytest.raises(ZooError, match=r"folds.*emodb\.parquet was not made from .*manifest"):
        prepare(study, "emodb", "cnn", {"groups": []})


def test_a_corpus_in_data_is_believed_before_names(top):
    """A recording that is not there is told by its name only, and said to be."""
    from zoo import synthetic

    synthetic.write("emodb", top / "data" / "emodb")
    here = sorted(path.stem for path in (top / "data" / "emodb" / "wav").glob("*.wav"))
    first, other = here[0], next(name for name in here if name[:2] != here[0][:2])
    (top / "all.csv").write_text(f"file,split\n{first}.wav,train\n{other}.wav,test\n13b09Ff.wav,test\n")
    answer = audit("all.csv")
    assert answer.exit_code == 0, answer.output
    assert "by data/emodb" in answer.stdout
    assert "warning: files not in data/emodb, identified by their names: 1 (13b09Ff.wav)" in answer.stdout
    (top / "all.csv").write_text(f"file,split\n{first}.wav,train\n{other}.wav,test\n{first[:2]}b09Fz.wav,test\n")
    answer = audit("all.csv")
    assert answer.exit_code == 1
    assert "leaks: speakers" in answer.stdout
    assert "unknown" not in answer.stdout


def test_unknown_recordings_exit_3_in_text_and_json(top):
    rows = "foo.wav,train\nbar.wav,test\n03a02Fc_aug.wav,train\n"
    (top / "part.csv").write_text((top / "clean.csv").read_text() + rows)
    answer = audit("part.csv")
    assert answer.exit_code == 3
    assert "all       3    1     2  undetermined: 2 of 6 recordings are unknown" in answer.stdout
    assert "warning: unknown files, which may share speakers, takes or sentences: 2 (bar.wav, foo.wav)" in answer.stdout
    assert "warning: files considered copies of recordings, by their names: 1 (03a02Fc_aug.wav)" in answer.stdout
    assert answer.stdout.endswith("verdict: undetermined: 2 of 6 recordings are unknown\n")
    answer = audit("part.csv", "--json")
    assert answer.exit_code == 3
    content = json.loads(answer.stdout)
    assert content["verdict"] == content["folds"][0]["verdict"] == "undetermined: 2 of 6 recordings are unknown"
    assert content["folds"][0]["unknown"] == ["bar.wav", "foo.wav"]
    assert any(warning.startswith("unknown files") for warning in content["warnings"])


def test_a_fold_without_dev_is_remarked(top):
    remark = "no dev split{}: users of these splits have to draw it from the training speakers or from test"
    (top / "two.csv").write_text("file,split\n03a01Fa.wav,train\n08a01Fd.wav,test\n")
    assert f"warning: {remark.format('')}\n" in audit("two.csv").stdout
    assert "no dev split" not in audit("clean.csv").stdout
    (top / "some.csv").write_text(
        "file,fold,split\n03a01Fa.wav,1,train\n08a01Fd.wav,1,dev\n09a01Wb.wav,1,test\n"
        "03a01Fa.wav,2,train\n08a01Fd.wav,2,test\n"
    )
    assert f"warning: {remark.format(' in fold 2')}\n" in audit("some.csv").stdout


def test_a_folder_of_our_folds_is_audited_a_corpus_at_a_time(tiny_study):
    import polars as pl

    folder = tiny_study().derived / "folds"
    other = pl.read_parquet(folder / "emodb.parquet").with_columns(pl.lit("ravdess").alias("corpus"))
    other.write_parquet(folder / "ravdess.parquet")
    refused = audit(folder)
    assert refused.exit_code == 2
    assert "about several corpora: emodb, ravdess" in refused.stderr
    assert "--corpus emodb, or name only its files, such as derived/tiny/folds/emodb.parquet" in refused.stderr
    answer = audit(folder, "--corpus", "emodb")
    assert answer.exit_code == 0, answer.output
    assert f"warning: {len(other)} rows about other corpora are left out" in answer.stdout


OWN = [(f"own{place}.wav", f"Speaker {place % 6}", f"s{place % 2}") for place in range(60)]


def own_splits(top, test_of):
    """A table of an unknown corpus, with the speakers of OWN; test_of: whether a row's speaker is tested."""
    rows = [f"{name},{'test' if test_of(who) else 'train'},{who},{text}" for name, who, text in OWN]
    (top / "own.csv").write_text("\n".join(["file,split,speaker,sentence", *rows]) + "\n")
    return top / "own.csv"


def test_a_corpus_that_nobody_knows_is_audited_by_the_speakers_it_states(top):
    apart = audit(own_splits(top, lambda who: who == "Speaker 0"))
    assert apart.exit_code == 0
    assert apart.stdout.endswith("verdict: clean, by the speakers stated\n")
    assert "rests on what the files state" in apart.stdout
    shared = own_splits(top, lambda who: who == "Speaker 0")
    shared.write_text(shared.read_text() + "other.wav,train,speaker 0,s3\n")
    answer = audit(shared, "--json")
    assert answer.exit_code == 1
    content = json.loads(answer.stdout)
    assert content["verdict"] == "leaks: speakers, by the speakers stated" and content["by_stated_speakers"]
    assert audit(own_splits(top, lambda who: who == "Speaker 0"), "--strict").exit_code == 1  # sentences


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ("OWN0.WAV,train,speaker 1,s3", "two speakers"),
        ("OWN0.WAV,train,speaker 0,s3", "leaks: recordings, speakers"),
        (".\\own0.flac,train,speaker 0,s3", "leaks: recordings, speakers"),
        ("own0_aug1.wav,train,Other,s3", "leaks: performances"),
        ("own0-speed0.9_noise.wav,train,Other,s3", "leaks: performances"),
        ("other.wav,train,speaker_00,s3", "leaks: speakers"),
        ("other/own0.wav,train,Other,s3", "clean"),
        ("own01.wav,train,Speaker 01_0,s3", "clean"),
    ],
)
def test_other_spellings_of_one_recording_or_speaker_hide_no_leak(top, row, kind):
    table = own_splits(top, lambda who: who == "Speaker 0")
    table.write_text(table.read_text() + row + "\n")
    assert kind in audit(table).output


def test_parts_of_a_recording_have_speakers_of_their_own_and_are_in_one_split(top):
    rows = [
        f"talk{place % 2}.wav,{'train' if place % 2 else 'test'},p{place},{place},{place + 1}" for place in range(8)
    ]
    (top / "talks.csv").write_text("\n".join(["file,split,speaker,start,end", *rows]) + "\n")
    assert audit("talks.csv").exit_code == 0
    (top / "talks.csv").write_text("\n".join(["file,split,speaker,start,end", *rows, "talk0.wav,train,p9,9,10"]) + "\n")
    assert "leaks: recordings" in audit("talks.csv").stdout


def test_files_of_one_name_in_two_splits_and_folders_are_a_warning(top):
    (top / "two.csv").write_text("file,split,speaker\na/x1.wav,train,p\nb/x1.wav,test,q\nb/x2.wav,test,q\n")
    answer = audit("two.csv")
    assert answer.exit_code == 0
    assert "in two splits, in other folders: 1, such as b/x1.wav and a/x1.wav" in answer.stdout


def test_where_nothing_is_stated_nothing_is_claimed(top):
    (top / "none.csv").write_text("file,split\na.wav,train\nb.wav,test\n")
    answer = audit("none.csv")
    assert answer.exit_code == 3
    assert answer.stdout.endswith("verdict: undetermined: 2 of 2 recordings state no speaker\n")
    (top / "none.csv").write_text("file,split\na.wav,train\nb.wav,test\na.wav,test\n")
    assert audit("none.csv").exit_code == 1  # a recording in two splits is a leak whoever speaks


def test_a_few_coincident_names_do_not_claim_a_corpus(top):
    table = own_splits(top, lambda who: who == "Speaker 0")
    lines = "10a01Fa.wav,train,Ann,s1\n10a02Fb.wav,test,Bob,s2\n"  # named like takes of one speaker of EmoDB
    table.write_text(table.read_text() + lines)
    answer = audit(table)
    assert answer.exit_code == 0, answer.output
    assert "2 names are like those of emodb" in answer.stdout
    forced = audit(table, "--corpus", "emodb")
    assert forced.exit_code == 1 and "leaks: speakers" in forced.stdout


def test_the_same_rows_in_two_formats_are_one(top):
    rows = [{"file": "03a01Fa.wav", "split": "train"}, {"file": "08a01Fd.wav", "split": "test"}]
    (top / "all.json").write_text(json.dumps(rows))
    (top / "all.jsonl").write_text("\n".join(map(json.dumps, rows)))
    content = json.loads(audit("all.json", "all.jsonl", "--json").stdout)
    assert [(fold["fold"], fold["repeated"]) for fold in content["folds"]] == [("all", 0)]
    (top / "all.jsonl").write_text("\n".join(map(json.dumps, [*rows, rows[1]])))
    assert "repeat" in audit("all.jsonl").stdout
