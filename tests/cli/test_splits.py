"""`zoo splits audit`: what it prints, how it exits, and which corpus it believes."""

import json

import pytest
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
        (["absent.csv"], "absent.csv is not here"),
        (["clean.csv", "--corpus", "emobd"], "did you mean emodb"),
        (["clean.csv", "--corpus", "ravdess"], "such as '03a01Fa.wav'"),
        (["test.txt"], "the files hold test only"),
        (["other.csv"], "'somebody.wav' does not tell its corpus"),
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
    assert "beside derived/tiny/folds" in answer.stdout
    manifest = study.derived / "manifest" / "emodb.parquet"
    MANIFEST.write(MANIFEST.read(manifest).head(30), manifest, {})
    refused = audit(folds)
    assert refused.exit_code == 1
    assert "was not made from" in refused.stderr


def test_a_stage_refuses_folds_of_another_manifest(tiny_study):
    from zoo.errors import ZooError
    from zoo.tables.manifest import MANIFEST
    from zoo.training.corpus import train_corpus

    study = tiny_study()
    manifest = study.derived / "manifest" / "emodb.parquet"
    MANIFEST.write(MANIFEST.read(manifest).head(30), manifest, {})
    with pytest.raises(ZooError, match=r"folds.*emodb\.parquet was not made from .*manifest"):
        train_corpus(study, "emodb", "cnn")


def test_a_corpus_in_data_is_believed_before_names(top):
    """A recording that is not there is unknown, whatever its name says."""
    from zoo.corpora import _synthetic

    _synthetic.write("emodb", top / "data" / "emodb")
    here = sorted(path.stem for path in (top / "data" / "emodb" / "wav").glob("*.wav"))
    first, other = here[0], next(name for name in here if name[:2] != here[0][:2])
    (top / "all.csv").write_text(f"file,split\n{first}.wav,train\n{other}.wav,test\n13b09Ff.wav,test\n")
    answer = audit("all.csv")
    assert answer.exit_code == 0, answer.output
    assert "by data/emodb" in answer.stdout
    assert "warning: 1 files are unknown to the corpus" in answer.stdout
