"""`zoo study new`: a study from a few names, written whole, and only without a mistake."""

from pathlib import Path

import pytest
from fixtures.studies import zoo

from zoo.study import params

NEW = ("study", "new", "mine")


def test_a_new_study_is_written_with_comments_and_can_be_used_at_once(studies):
    models = "statistics, cnn1d:mfcc, bilstm:mfcc:dimensional, cnn:log_mel:soft"
    result = zoo(*NEW, "--corpora", "iemocap", "--models", models, "--synthetic")
    assert result.exit_code == 0, result.output
    text = Path("studies/mine.yaml").read_text()
    assert text.count("\n  #") + text.count("\n#") > 15 and "@" not in text
    study = params.load_preset("mine")
    assert study.corpora == study.synthetic == ["iemocap"]
    assert {name: (one.architecture, one.input, one.task) for name, one in study.models.items()} == {
        "statistics": ("statistics", "log_mel", "categorical"),
        "cnn1d_mfcc": ("cnn1d", "mfcc", "categorical"),
        "bilstm_mfcc_dimensional": ("bilstm", "mfcc", "dimensional"),
        "cnn_soft": ("cnn", "log_mel", "soft"),
    }
    assert set(study.train.augmentation) == {"bands", "coefficients"}
    assert zoo("study", "use", "mine").exit_code == 0
    checked = zoo("study", "check")
    assert checked.exit_code == 0, checked.output


def test_a_new_study_of_recorded_corpora_says_what_to_add_when_it_is_checked(studies):
    assert zoo(*NEW, "--corpora", "emodb", "--models", "cnn").exit_code == 0
    assert params.load_preset("mine").data == "data"
    zoo("study", "use", "mine")
    absent = zoo("study", "check")
    assert absent.exit_code == 1 and "zoo data add emodb PATH" in absent.output


@pytest.mark.parametrize("synthetic", [["--synthetic"], []])
@pytest.mark.parametrize(
    ("corpora", "models", "message", "near"),
    [
        ("emodbb", "cnn", "unknown corpus 'emodbb'", "emodb"),
        ("emodb,emodb", "cnn", "emodb is there twice", "once"),
        ("", "cnn", "--corpora names none", "commas"),
        ("emodb", "", "--models names none", "commas"),
        ("emodb", "cnnn", "unknown architecture 'cnnn'", "cnn"),
        ("emodb", "cnn:mfc", "unknown type of input 'mfc'", "mfcc"),
        ("emodb", "cnn:mfcc:categorial", "unknown type of task 'categorial'", "categorical"),
        ("emodb", "cnn:waveform", "the input waveform is of the kind waveform", "another input"),
        ("emodb", "cnn:log_mel:sex", "the task sex only helps another one", "multitask"),
        ("emodb", "cnn,cnn", "cnn is there twice", "once"),
        ("emodb", "cnn:mfcc:soft:more", "'cnn:mfcc:soft:more' is no model", "ARCHITECTURE"),
        ("emodb", "cnn::soft", "'cnn::soft' is no model", "ARCHITECTURE"),
    ],
)
def test_a_new_study_with_a_mistake_is_not_written(studies, corpora, models, message, near, synthetic):
    before = sorted(Path("studies").iterdir())
    result = zoo(*NEW, "--corpora", corpora, "--models", models, *synthetic)
    assert result.exit_code == 2, result.output
    assert message in result.stderr and near in result.stderr
    assert "params.yaml" not in result.stderr
    assert "Traceback" not in result.output
    assert sorted(Path("studies").iterdir()) == before


def test_all_mistakes_of_a_new_study_are_named_at_once(studies):
    before = sorted(Path("studies").iterdir())
    models = "cnnn, bilstm:mfc, statistics:log_mel:soft, cnn:waveform, cnn:waveform, cnn:a:b:c, cnn:log_mel:sof"
    result = zoo("study", "new", "My Study", "--corpora", "emodbb, emodb, emodb, tes", "--models", models)
    assert result.exit_code == 2
    for message, hint in {
        "'My Study' is no name of a study": "lower-case",
        "unknown corpus 'emodbb'": "emodb",
        "unknown corpus 'tes'": "tess",
        "emodb is there twice": "once",
        "unknown architecture 'cnnn'": "cnn",
        "unknown type of input 'mfc'": "mfcc",
        "unknown type of task 'sof'": "soft",
        "cnn_waveform is there twice": "once",
        "'cnn:a:b:c' is no model": "ARCHITECTURE",
        "the input waveform is of the kind waveform": "another input",
        "models.statistics_soft: emodb has nothing that the task soft can learn from": "iemocap",
    }.items():
        lines = result.stderr.splitlines()
        [place] = [number for number, line in enumerate(lines) if message in line]
        assert hint in lines[place + 1]
    assert sorted(Path("studies").iterdir()) == before


def test_a_new_study_that_is_interrupted_leaves_nothing(studies, monkeypatch):
    from zoo.cli import study_problems

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(study_problems, "problems", interrupted)
    before = sorted(Path("studies").iterdir())
    assert zoo(*NEW, "--corpora", "emodb", "--models", "cnn", "--synthetic").exit_code == 130
    assert sorted(Path("studies").iterdir()) == before


@pytest.mark.parametrize("name", ["embedded", "other"])
def test_a_new_study_replaces_no_other(studies, name):
    before = Path(f"studies/{name}.yaml").read_bytes()
    result = zoo("study", "new", name, "--corpora", "emodb", "--models", "cnn", "--synthetic")
    assert result.exit_code == 2 and f"studies/{name}.yaml is there already" in result.stderr
    assert Path(f"studies/{name}.yaml").read_bytes() == before


@pytest.mark.parametrize("name", ["Mine", "my study", "../mine", "synthetic", "a/b", "2nd", "a" * 5000])
def test_a_study_has_a_plain_name(studies, name):
    result = zoo("study", "new", name, "--corpora", "emodb", "--models", "cnn", "--synthetic")
    assert result.exit_code == 2, result.output
    assert "Traceback" not in result.output
    assert {path.name for path in Path().rglob("*.yaml")} == {"params.yaml", "embedded.yaml", "other.yaml"}
    assert not Path("../mine.yaml").exists() and not Path("studies/a").exists()


def test_every_architecture_that_can_hear_log_mel_can_be_in_a_new_study(studies):
    from zoo import architectures

    able = [name for name in architectures.names() if "bands" in architectures.get(name).kinds]
    result = zoo(*NEW, "--corpora", "emodb", "--models", ",".join(able), "--synthetic")
    assert result.exit_code == 0, result.output
    assert list(params.load_preset("mine").models) == able
