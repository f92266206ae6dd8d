"""Which project a command is in."""

from pathlib import Path

import pytest
from fixtures.studies import zoo

from zoo import project
from zoo.errors import ZooError

STUDY = (Path(__file__).parents[1] / "studies" / "embedded.yaml").read_text(encoding="utf-8")
OTHERS = "data: {path: x}\nstudy: mine\ntrain:\n  corpora: 3\n  pools: 2\nmodels: [a]\nfolds: 5\ncorpora: [c4]\n"


@pytest.fixture
def top(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project, and the working directory two folders below it."""
    (tmp_path / "params.yaml").write_text(STUDY, encoding="utf-8")
    (tmp_path / "deep" / "er").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "deep" / "er")
    return tmp_path


def test_a_project_is_found_from_its_folders(top: Path) -> None:
    assert project.find() == project.require() == top
    assert project.shown(top / "deep/er/a.wav") == "a.wav"


@pytest.mark.parametrize(
    "damaged",
    [
        STUDY.encode("utf-16"),
        b"\xef\xbb\xbf" + STUDY.encode().replace(b"\n", b"\r\n"),
        STUDY.encode() + b"\n\tcut: [",
        STUDY.encode()[: len(STUDY) // 3] + b"\xff\xfe\x00",
        b"<<<<<<< HEAD\n" + STUDY.encode(),
        b'{"study": "mine", "corpora": ["emodb"], "cross_scheme": "core4"}',
    ],
    ids=["UTF-16", "BOM and CRLF", "no YAML", "cut off", "a conflict", "in one line"],
)
def test_a_damaged_study_is_still_a_project(top: Path, damaged: bytes) -> None:
    (top / "params.yaml").write_bytes(damaged)
    assert project.find() == top
    (top / "deep" / "params.yaml").write_text(OTHERS)
    assert project.find() == top


@pytest.mark.parametrize("content", [OTHERS, "", "- corpora\n- pools\n", "# corpora: pools:\n"])
def test_params_of_another_program_make_no_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str
) -> None:
    (tmp_path / "params.yaml").write_text(content)
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "index.json").write_text("of another program")
    monkeypatch.chdir(tmp_path)
    assert project.find() is None
    assert "cnn@emodb" in zoo("list").stdout
    with pytest.raises(ZooError, match="belongs to another program") as rejected:
        project.require()
    assert "git clone" in rejected.value.hint


def test_a_study_that_is_gone_can_be_made_current_again(top: Path) -> None:
    (top / "studies").mkdir()
    (top / "params.yaml").replace(top / "studies" / "embedded.yaml")
    result = zoo("study", "use", "embedded")
    assert result.exit_code == 0, result.stderr
    assert (top / "params.yaml").read_text(encoding="utf-8") == STUDY


@pytest.mark.parametrize(
    "words",
    [
        ("data", "add", "emodb", "."),
        ("data", "verify", "emodb"),
        ("data", "remove", "emodb"),
        ("data", "fetch", "emodb"),
        ("study", "check"),
        ("study", "list"),
        ("study", "use", "embedded"),
        ("study", "new", "mine", "--corpora", "emodb", "--models", "cnn"),
        ("report", "show"),
        ("gate",),
        ("publish", "embedded"),
        ("bench-encoder", "openai/whisper-base"),
    ],
    ids=" ".join,
)
def test_what_needs_a_project_says_that_there_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    result = zoo(*words)
    assert result.exit_code == 1
    assert "is a project of zoo" in result.stderr and "git clone" in result.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("words", [("list",), ("labels", "core4"), ("data", "list"), ("data", "info", "emodb")])
def test_what_needs_no_project_works_in_any_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    result = zoo(*words)
    assert result.exit_code == 0 and "emodb" in result.stdout
    assert not list(tmp_path.iterdir())


def test_what_a_person_typed_stays_relative_to_where_they_are(top: Path) -> None:
    with project.entered() as moved:
        assert Path.cwd() == top
        assert moved("x.wav") == Path("deep/er/x.wav")
        assert moved(Path("../y")) == Path("deep/y")
        assert moved("/z") == Path("/z")
    assert Path.cwd() == top / "deep" / "er"


def test_a_study_is_made_and_listed_from_a_subfolder(top: Path) -> None:
    made = zoo("study", "new", "mine", "--corpora", "emodb", "--models", "statistics", "--synthetic")
    assert made.exit_code == 0, made.stderr
    assert (top / "studies" / "mine.yaml").is_file()
    assert "mine" in zoo("study", "list").stdout
