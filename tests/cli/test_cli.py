"""The command line as a whole: fast, no tracebacks, studies kept from being overwritten."""

import errno
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from zoo.cli import app
from zoo.errors import ZooError

TOP = Path(__file__).parents[2]
PARAMS = (TOP / "studies/embedded.yaml").read_bytes()


def zoo(*words: str) -> object:
    return CliRunner().invoke(app, list(words))


def test_help_imports_nothing_heavy():
    code = (
        "import sys\nfrom zoo.cli import app\n"
        "try:\n    app(['--help'])\nexcept SystemExit as end:\n    assert not end.code\n"
        "print('HEAVY', [name for name in ('torch', 'polars', 'numpy', 'pandas', 'ray', 'pydantic', 'yaml', 'fsspec',"
        " 'soundfile', 'scipy', 'matplotlib', 'great_expectations', 'dvc') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=TOP)
    assert "HEAVY []" in done.stdout
    for command in ("list", "pull", "show", "predict", "evaluate", "publish", "score", "gate", "data", "study"):
        assert f"\n  {command} " in done.stdout


@pytest.mark.parametrize(
    ("problem", "exit_code", "message"),
    [
        (ZooError("this is wrong", "do that", 3), 3, "error: this is wrong\nhint: do that\n"),
        (KeyboardInterrupt(), 130, "interrupted"),
        (OSError(errno.ENOSPC, "No space left on device"), 1, "free some space"),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), 1, "free some space"),
        (RuntimeError("a fault"), 1, "a bug of zoo"),
    ],
)
def test_problems_are_two_lines_and_an_exit_code(monkeypatch, problem, exit_code, message):
    def fail(*_: object, **__: object) -> None:
        raise problem

    monkeypatch.setattr("zoo.releases.pull.pull", fail)
    result = zoo("pull", "cnn@emodb")
    assert result.exit_code == exit_code
    assert message in result.stderr
    assert "Traceback" not in result.output
    if not isinstance(problem, KeyboardInterrupt):
        assert zoo("--debug", "pull", "cnn@emodb").exception is problem


def test_debug_shows_where_a_problem_arose():
    code = "from zoo.cli import app; app(['--debug', 'pull', 'no name'])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=TOP, check=False)
    assert done.returncode == 1
    assert "Traceback" in done.stderr


def test_wrong_usage_is_exit_2():
    assert zoo("pull").exit_code == 2
    assert zoo("pul", "x").exit_code == 2


@pytest.fixture
def studies(tmp_path, monkeypatch):
    (tmp_path / "studies").mkdir()
    (tmp_path / "studies/embedded.yaml").write_bytes(PARAMS)
    (tmp_path / "studies/other.yaml").write_bytes(PARAMS.replace(b"study: embedded", b"study: other # mine"))
    (tmp_path / "params.yaml").write_bytes(PARAMS)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_study_is_made_current_with_its_comments(studies):
    assert "* embedded" in zoo("study", "list").stdout
    assert zoo("study", "use", "other").exit_code == 0
    assert Path("params.yaml").read_bytes() == Path("studies/other.yaml").read_bytes()
    assert "* other" in zoo("study", "list").stdout
    assert "already" in zoo("study", "use", "other").stdout


def test_edits_of_params_are_not_overwritten(studies):
    edited = PARAMS.replace(b"num_trials: 2", b"num_trials: 3")
    Path("params.yaml").write_bytes(edited)
    rejected = zoo("study", "use", "other")
    assert rejected.exit_code == 1
    assert "--force" in rejected.stderr
    assert Path("params.yaml").read_bytes() == edited
    assert "params.yaml (edited)" in zoo("study", "list").stdout
    assert zoo("study", "use", "other", "--force").exit_code == 0
    assert Path("params.yaml").read_bytes() == Path("studies/other.yaml").read_bytes()


def test_an_unknown_or_wrong_study_is_named(studies):
    assert "did you mean embedded" in zoo("study", "use", "embeded").stderr
    Path("studies/wrong.yaml").write_bytes(PARAMS.replace(b"num_trials: 2", b"num_trails: 2"))
    result = zoo("study", "use", "wrong")
    assert result.exit_code == 2
    assert "num_trails" in result.stderr
    assert Path("params.yaml").read_bytes() == PARAMS


def test_a_copied_study_that_keeps_the_name_of_another_is_rejected(studies):
    """Its results would go where the other's are."""
    copy = Path("studies/mine.yaml")
    copy.write_bytes(Path("studies/other.yaml").read_bytes())
    for words in (("study", "use", "mine"), ("study", "use", "mine", "--force"), ("gate", "mine")):
        rejected = zoo(*words)
        assert rejected.exit_code == 2
        assert "studies/mine.yaml has study: other" in rejected.stderr
        assert "hint: set `study: mine` in studies/mine.yaml" in rejected.stderr
        assert Path("params.yaml").read_bytes() == PARAMS
    copy.write_bytes(copy.read_bytes().replace(b"study: other", b"study: mine"))
    assert zoo("study", "use", "mine").exit_code == 0
    assert Path("params.yaml").read_bytes() == copy.read_bytes()


def test_edits_are_kept_as_a_study_as_the_hint_says(studies):
    Path("params.yaml").write_bytes(PARAMS.replace(b"num_trials: 2", b"num_trials: 3"))
    hint = zoo("study", "use", "other").stderr
    assert "set `study: NEW_NAME` in params.yaml and cp params.yaml studies/NEW_NAME.yaml" in hint
    Path("params.yaml").write_bytes(Path("params.yaml").read_bytes().replace(b"study: embedded", b"study: new"))
    Path("studies/new.yaml").write_bytes(Path("params.yaml").read_bytes())
    assert zoo("study", "use", "other").exit_code == 0
    assert zoo("study", "use", "new").exit_code == 0


def test_what_would_stop_a_study_is_reported_before_it_runs(studies):
    params = Path("params.yaml")
    text = PARAMS.decode()
    assert zoo("study", "check").exit_code == 0
    params.write_text(text.replace("  cnn: {input", "  cnn: {architecture: cnn_lsmt, input"))
    wrong = zoo("study", "check")
    assert wrong.exit_code == 2 and "'cnn_lsmt'" in wrong.output and "cnn_lstm" in wrong.output
    params.write_text(
        text.replace("data: derived/synthetic", "data: data").replace("synthetic:\n  - emodb", "synthetic:")
    )
    absent = zoo("study", "check")
    assert absent.exit_code == 1 and "zoo data add emodb PATH" in absent.output


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("  ravdess: native", "  ravdess: ekman7+calm_as_neutral", ""),
        ("cross_scheme: core4", "cross_scheme: core4+calm_as_neutral", ""),
        ("  ravdess: native", "  ravdess: ekman8", "unknown label scheme 'ekman8'"),
        ("  ravdess: native", "  ravdess: core4+calm_is_neutral", "unknown choice of the label scheme core4"),
        ("label_sources: {}", "label_sources: {ravdes: crowd_audio}", "label_sources names ravdes"),
    ],
)
def test_choices_are_checked_with_the_words_of_their_corpora(studies, old, new, message):
    text = PARAMS.decode()
    assert old in text
    Path("params.yaml").write_text(text.replace(old, new))
    result = zoo("study", "check")
    assert (result.exit_code == 0) == (message == "")
    assert message in result.output


def test_a_protocol_for_another_corpus_is_reported_before_it_runs(studies):
    text = PARAMS.decode().replace("synthetic:\n  - emodb\n  - ravdess\n  - iemocap", "synthetic: []")
    Path("params.yaml").write_text(text.replace("  emodb: leave_speakers_out", "  emodb: luna_jimenez"))
    result = zoo("study", "check")
    assert result.exit_code == 1 and "luna_jimenez splits RAVDESS's 24 actors, but there are 10" in result.output
