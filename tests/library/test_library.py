"""Bringing corpora in and out: copies, the record in data.dvc, and what stops it. With the real DVC."""

import errno
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from zoo.cli.data import app
from zoo.errors import REFUSED, ZooError
from zoo.library import corpus_files, record
from zoo.library.add import add
from zoo.library.remove import remove

HOLD = """
import sys
from dvc.repo import Repo
with Repo().lock:
    print("held", flush=True)
    sys.stdin.read()
"""


def dvc(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "dvc", *words], capture_output=True, text=True, check=False)


@pytest.fixture
def sources(emodb: Path, ravdess: Path) -> dict[str, Path]:
    """Two small corpora that may be added, since they say what they are."""
    for folder in (emodb, ravdess):
        (folder / "SYNTHETIC.txt").touch()
    return {"emodb": emodb, "ravdess": ravdess}


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def listed() -> dict[str, dict[str, object]]:
    result = CliRunner().invoke(app, ["list", "--json"])
    assert result.exit_code == 0
    return {row["name"]: row for row in json.loads(result.stdout)}


def test_corpora_are_added_and_removed_without_losing_others(project: Path, sources: dict[str, Path]) -> None:
    before = contents(sources["emodb"])
    add("emodb", sources["emodb"])
    first = record.version(Path("data/emodb"))
    assert first is not None
    assert sorted(contents(project / "data/emodb")) == sorted(set(before) - {"wav/._03a01Fa.wav"})

    # a clone without the first corpus's folder: it stays recorded
    shutil.rmtree("data/emodb")
    add("ravdess", sources["ravdess"])
    assert record.paths() == {"data/emodb", "data/ravdess"}
    assert record.version(Path("data/emodb")) == first
    state = {name: (row["here"], row["recorded"], row["num_utterances"]) for name, row in listed().items()}
    expected = {"emodb": (False, True, None), "ravdess": (True, True, 5), "iemocap": (False, False, None)}
    assert {name: state[name] for name in expected} == expected

    # DVC brings it back as it was, and knows both
    assert dvc("checkout", "data/emodb").returncode == 0
    assert sorted(contents(project / "data/emodb")) == sorted(set(before) - {"wav/._03a01Fa.wav"})
    assert "up to date" in dvc("status").stdout

    remove("ravdess")
    assert not Path("data/ravdess").exists()
    assert record.paths() == {"data/emodb"}
    assert record.version(Path("data/emodb")) == first
    assert contents(sources["emodb"]) == before
    with pytest.raises(ZooError, match="ravdess is neither"):
        remove("ravdess")


@pytest.mark.slow
def test_a_repro_never_forgets_a_corpus_that_is_absent(project: Path, sources: dict[str, Path]) -> None:
    for name, folder in sources.items():
        add(name, folder)
    stages = {
        name: {
            "cmd": f"{sys.executable} -c \"open('{name}.txt', 'w').write('x')\"",
            "deps": deps,
            "outs": [f"{name}.txt"],
        }
        for name, deps in (("needs", ["data/emodb"]), ("free", []))
    }
    Path("dvc.yaml").write_text(yaml.safe_dump({"stages": stages}))
    shutil.rmtree("data/emodb")
    before = Path("data.dvc").read_text()
    assert dvc("repro", "free").returncode == 0
    failed = dvc("repro")
    assert failed.returncode != 0
    assert "data/emodb" in failed.stderr
    assert Path("data.dvc").read_text() == before


def test_a_repro_does_not_hide_that_a_corpus_was_damaged(project: Path, sources: dict[str, Path]) -> None:
    add("emodb", sources["emodb"])
    added = record.added_files(Path("data/emodb"))
    assert added is not None
    assert added["wav/16b10Td.wav"] == hashlib.md5(Path("data/emodb/wav/16b10Td.wav").read_bytes()).hexdigest()
    stage = {"cmd": "echo x > needs.txt", "deps": ["data/emodb"], "outs": ["needs.txt"]}
    Path("dvc.yaml").write_text(yaml.safe_dump({"stages": {"needs": stage}}))
    assert dvc("repro").returncode == 0
    assert not listed()["emodb"]["changed"]
    before = record.version(Path("data/emodb"))
    Path("data/emodb/wav/16b10Td.wav").unlink()
    assert listed()["emodb"]["changed"]
    assert dvc("repro").returncode == 0
    assert record.version(Path("data/emodb")) != before  # DVC records what it finds
    assert record.added_files(Path("data/emodb")) == added
    assert "here, CHANGED, SYNTHETIC" in CliRunner().invoke(app, ["list"]).stdout
    answer = CliRunner().invoke(app, ["verify", "emodb"])
    assert answer.exit_code == REFUSED
    assert "wav/16b10Td.wav is missing; it was present when the corpus was added" in answer.stdout
    # whoever wants it so adds it anew
    (sources["emodb"] / "wav/16b10Td.wav").unlink()
    remove("emodb")
    add("emodb", sources["emodb"])
    assert not listed()["emodb"]["changed"]


KILL = """
import os, signal
from pathlib import Path
from zoo.library import record
record._dvc = lambda *words: os.kill(os.getpid(), signal.SIGKILL)
record.add_folder(Path("data/emodb"))
"""


def test_nothing_is_lost_when_a_process_is_killed_while_recording(project: Path, sources: dict[str, Path]) -> None:
    for name, folder in sources.items():
        add(name, folder)
    before = Path("data.dvc").read_text()
    assert subprocess.run([sys.executable, "-c", KILL], check=False).returncode == -signal.SIGKILL
    assert Path("adding_emodb.dvc").exists()
    assert record.paths() == {"data/emodb", "data/ravdess"}
    assert not listed()["emodb"]["changed"]
    add("emodb", sources["emodb"])
    assert Path("data.dvc").read_text() == before
    assert not Path("adding_emodb.dvc").exists()
    subprocess.run([sys.executable, "-c", KILL], check=False)
    remove("emodb")
    assert [path.name for path in project.glob("[!.]*.dvc")] == ["data.dvc"]
    assert record.paths() == {"data/ravdess"}


def test_a_corpus_is_the_same_in_other_folders(project: Path, tess: Path, tmp_path: Path) -> None:
    (tess / "SYNTHETIC.txt").touch()
    flat = tmp_path / "flat"
    flat.mkdir()
    for path in tess.rglob("*.*"):
        shutil.copy(path, flat)
    add("tess", tess)
    assert "nothing to do" in add("tess", flat)[-1]
    shutil.copy(flat / "YAF_back_sad.wav", flat / "YAF_germ_angry.wav")
    with pytest.raises(ZooError, match=r"another version: YAF_angry/YAF_germ_angry.wav differs \(1 in all\)"):
        add("tess", flat)


def test_the_project_s_own_output_is_not_added_as_recordings(project: Path, sources: dict[str, Path]) -> None:
    shutil.copytree(sources["emodb"], "derived/synthetic/emodb")
    with pytest.raises(ZooError, match="derived/synthetic/emodb is the project's own output") as error:
        add("emodb", Path())
    assert "the folder that holds the recordings" in error.value.hint
    assert not Path("data").exists()
    add("emodb", Path("derived/synthetic/emodb"))  # who names it means it


@pytest.mark.parametrize("place", ["data", "data/emodb"])
def test_a_file_in_place_of_the_folder_is_reported(project: Path, sources: dict[str, Path], place: str) -> None:
    Path(place).parent.mkdir(exist_ok=True)
    Path(place).write_text("a file")
    with pytest.raises(ZooError, match=f"{place} is a file") as error:
        add("emodb", sources["emodb"])
    assert f"move {place} away" in error.value.hint


def test_adding_again_does_nothing_and_another_version_is_rejected(project: Path, sources: dict[str, Path]) -> None:
    add("emodb", sources["emodb"])
    before = Path("data.dvc").read_text(), contents(project / "data")
    assert "nothing to do" in add("emodb", sources["emodb"])[-1]
    assert "nothing to do" in add("emodb", Path("data/emodb"))[-1]
    (sources["emodb"] / "wav/16b10Td.wav").write_bytes(b"changed")
    (sources["emodb"] / "wav/16b10Wc.wav").write_bytes(b"new")
    with pytest.raises(ZooError) as error:
        add("emodb", sources["emodb"])
    assert "another version: wav/16b10Td.wav differs (2 in all)" in error.value.message
    assert "zoo data remove emodb" in error.value.hint
    assert (Path("data.dvc").read_text(), contents(project / "data")) == before


def test_an_addition_interrupted_before_recording_can_be_completed(
    project: Path, sources: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    add("ravdess", sources["ravdess"])
    before = Path("data.dvc").read_text()

    def interrupted(*words: str) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(record, "_dvc", interrupted)
        with pytest.raises(KeyboardInterrupt):
            add("emodb", sources["emodb"])
    assert Path("data.dvc").read_text() == before
    assert listed()["emodb"]["here"]
    assert not listed()["emodb"]["recorded"]
    add("emodb", sources["emodb"])
    assert record.paths() == {"data/emodb", "data/ravdess"}
    assert [path.name for path in project.glob("[!.]*.dvc")] == ["data.dvc"]


def test_another_running_dvc_is_reported(project: Path, sources: dict[str, Path]) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(ZooError, match="another dvc is running"):
            add("emodb", sources["emodb"])
        assert Path("data.dvc").read_text() == "outs: []\n"
    finally:
        holder.communicate()


def test_a_full_disk_leaves_no_partial_copy(
    project: Path, sources: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    done = []

    def full(source: Path, target: Path) -> None:
        if len(done) == 3:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        done.append(shutil.copyfile(source, target))

    with monkeypatch.context() as patch:
        patch.setattr(corpus_files, "_copy_file", full)
        with pytest.raises(ZooError, match="no space left on the disk while writing data/emodb"):
            add("emodb", sources["emodb"])
    assert list(Path("data").iterdir()) == []
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(10, 9, 1))  # type: ignore[attr-defined]
    with pytest.raises(ZooError, match="no space for data/emodb"):
        add("emodb", sources["emodb"])
    assert list(Path("data").iterdir()) == []


def test_links_are_followed_and_never_created(project: Path, sources: dict[str, Path], tmp_path: Path) -> None:
    audio = sources["emodb"] / "wav/16b10Td.wav"
    audio.rename(tmp_path / "elsewhere.wav")
    audio.symlink_to(tmp_path / "elsewhere.wav")
    add("emodb", sources["emodb"])
    copied = project / "data/emodb/wav/16b10Td.wav"
    assert not copied.is_symlink()
    copied.write_bytes(b"changed")
    assert (tmp_path / "elsewhere.wav").read_bytes() != b"changed"

    Path("data/ravdess").symlink_to(sources["ravdess"])
    with pytest.raises(ZooError, match="data/ravdess is a link"):
        add("ravdess", sources["ravdess"])
    remove("ravdess")
    assert (sources["ravdess"] / "Actor_01").is_dir()


def stray(folder: Path) -> None:
    """What the reader of RAVDESS raises an error about, and other corpora are not."""
    shutil.rmtree(folder / "wav")
    for name in ("Actor_01/03-01-01-01-01-01-01.wav", "Actor_01/hello.wav"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).touch()


def capitals(folder: Path) -> None:
    for path in (folder / "wav").glob("[!.]*.wav"):
        path.rename(path.with_suffix(".WAV"))


@pytest.mark.parametrize(
    ("name", "change", "message", "hint"),
    [
        ("ravdess", lambda folder: None, "cannot add ravdess: ", "it is EmoDB"),
        ("emodbb", lambda folder: None, "unknown corpus 'emodbb'", "emodb"),
        ("emodb", lambda folder: (folder / "SYNTHETIC.txt").unlink(), "only part of EmoDB", "Zenodo"),
        ("emodb", lambda folder: (folder / "wav/note.wav").touch(), "note.wav is not an EmoDB name", "move"),
        ("emodb", lambda folder: Path("data.dvc").write_text("outs: {"), "data.dvc is damaged", "git checkout"),
        ("emodb", lambda folder: Path("data.dvc").write_bytes(b"\xff\x00"), "data.dvc is damaged", "git checkout"),
        ("emodb", lambda folder: folder.rename(folder.parent / "moved"), "does not exist", "check the path"),
        ("savee", lambda folder: stray(folder), "holds no SAVEE recordings", "personal.ee.surrey.ac.uk"),
        ("emodb", lambda folder: capitals(folder), "holds no EmoDB", "8 of its files end in .WAV: rename them"),
        ("emodb", lambda folder: Path("data.dvc").unlink(), "this folder has no data.dvc", "top folder"),
    ],
)
def test_what_cannot_be_added_changes_nothing(
    project: Path,
    sources: dict[str, Path],
    name: str,
    change: Callable[[Path], object],
    message: str,
    hint: str,
) -> None:
    change(sources["emodb"])
    with pytest.raises(ZooError) as error:
        add(name, sources["emodb"])
    assert message in error.value.message
    assert hint in error.value.hint
    assert not Path("data").exists()


def test_the_commands_report_what_they_did(project: Path, sources: dict[str, Path]) -> None:
    run = CliRunner().invoke
    added = run(app, ["add", "emodb", str(sources["emodb"])])
    assert added.exit_code == 0
    assert "SYNTHETIC" in added.stdout
    assert "CC-BY-4.0" in added.stdout
    assert added.stdout.endswith("`zoo data verify emodb` verifies each file\n")
    table = run(app, ["list"]).stdout
    assert "here, SYNTHETIC" in table
    assert "8 of 535" in table
    assert "zoo data info iemocap, then zoo data add iemocap PATH" in table
    removed = run(app, ["remove", "emodb"])
    assert "removed data/emodb" in removed.stdout
    assert listed()["emodb"]["here"] is False
