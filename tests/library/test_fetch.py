"""Downloads from a local server that behaves and misbehaves; DVC is replaced by a stub except where stated."""

import errno
import hashlib
import os
import shutil
import signal
import stat
import subprocess
import sys
import textwrap
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fixtures.projects import committed, outline
from typer.testing import CliRunner

from zoo.cli.data import app
from zoo.corpora import emodb as reader
from zoo.corpora.contract import Download
from zoo.errors import ZooError
from zoo.library import download, fetch, record
from zoo.library.remove import remove

HALF = 2  # a broken answer ends after this part of the content

Server = Any  # of conftest.py


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project as far as fetching needs one, without DVC's work, and without waiting between attempts."""
    folder = tmp_path / "project"
    outline(folder)
    monkeypatch.chdir(folder)
    monkeypatch.setattr(record, "_dvc", committed)
    monkeypatch.setattr(download, "CHUNK", 1024)
    monkeypatch.setattr("pooch.core.time.sleep", lambda seconds: None)
    return folder


def packed(folder: Path, archive: Path, base: str = "emodb") -> bytes:
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for path in sorted(folder.rglob("*")):
            file.write(path, f"{base}/{path.relative_to(folder)}")
    return archive.read_bytes()


@pytest.fixture
def offered(server: Server, emodb: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., bytes]:
    """Offer an archive as EmoDB's official one; without content, a good one."""

    def offer(content: bytes | None = None, checksum: str | None = "right") -> bytes:
        if content is None:
            (emodb / "SYNTHETIC.txt").touch()
            content = packed(emodb, tmp_path / "good.zip")
        server.content["/emodb.zip"] = content
        if checksum == "right":
            checksum = f"md5:{hashlib.md5(content).hexdigest()}"
        given = Download(f"{server.address}/emodb.zip", checksum, len(content))
        change(monkeypatch, downloads=(given,))
        return content

    return offer


def change(monkeypatch: pytest.MonkeyPatch, **values: Any) -> None:
    monkeypatch.setattr(reader, "CORPUS", replace(reader.CORPUS, **values))


def left() -> list[str]:
    """What is in data/, including hidden files."""
    return sorted(path.name for path in Path("data").glob("*")) if Path("data").is_dir() else []


def test_a_corpus_is_fetched_unpacked_and_added(project: Path, server: Server, offered: Callable[..., bytes]) -> None:
    offered()
    answer = CliRunner().invoke(app, ["fetch", "emodb"])
    assert answer.exit_code == 0, answer.output
    assert "licence: CC-BY-4.0" in answer.stdout
    assert "zoo data verify emodb" in answer.stdout
    assert left() == ["emodb"]
    assert len(list(Path("data/emodb/wav").glob("*.wav"))) == 8
    assert record.paths() == {"data/emodb"}
    assert "already holds it" in " ".join(fetch.fetch("emodb"))
    assert len(server.asked) == 1


@pytest.mark.parametrize("plan", [["truncated"], ["503", "429"], ["wrong"], ["no length"], ["truncated", "no ranges"]])
def test_a_temporary_failure_is_retried(
    project: Path, server: Server, offered: Callable[..., bytes], plan: list[str]
) -> None:
    content = offered()
    server.plan += plan
    fetch.fetch("emodb")
    assert left() == ["emodb"]
    if plan[0] == "truncated":
        assert server.asked[1][1] == f"bytes={len(content) // HALF // 1024 * 1024}-"


@pytest.mark.parametrize(
    ("plan", "message", "attempts"),
    [
        (["404"], "the server responds 404", 1),
        (["503"] * 9, "503", 4),
        (["wrong"] * 9, "does not have the published checksum md5:", 2),
    ],
)
def test_a_permanent_failure_leaves_nothing_behind(
    project: Path, server: Server, offered: Callable[..., bytes], plan: list[str], message: str, attempts: int
) -> None:
    offered()
    server.plan += plan
    with pytest.raises(ZooError, match=message) as error:
        fetch.fetch("emodb")
    assert f"{server.address}/emodb.zip" in error.value.message
    assert len(server.asked) == attempts
    assert not Path("data/emodb").exists()
    assert Path("data.dvc").read_text() == "outs: []\n"
    assert not list(Path("data").rglob("*.zip"))
    server.plan.clear()
    fetch.fetch("emodb")
    assert left() == ["emodb"]


def test_a_truncated_response_without_a_checksum_is_not_resumed(
    project: Path, server: Server, offered: Callable[..., bytes]
) -> None:
    offered(checksum=None)
    server.plan += ["truncated"] * 9
    with pytest.raises(ZooError, match="the connection was lost"):
        fetch.fetch("emodb")
    server.plan.clear()
    server.asked.clear()
    fetch.fetch("emodb")
    assert server.asked == [("/emodb.zip", "")]  # what was there might be another version


def test_a_server_that_stops_responding_times_out(
    project: Path, server: Server, offered: Callable[..., bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    offered()
    monkeypatch.setattr(download, "TIMEOUT_S", 0.2)
    monkeypatch.setattr(download, "RETRIES", 1)
    server.plan += ["stands still"] * 2
    with pytest.raises(ZooError, match=r"no response within 0.2 s") as error:
        fetch.fetch("emodb")
    assert "run it again" in error.value.hint
    fetch.fetch("emodb")
    assert left() == ["emodb"]


def test_an_unreachable_server_is_reported(
    project: Path, offered: Callable[..., bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    change(monkeypatch, downloads=(Download("http://127.0.0.1:9/emodb.zip"),))
    with pytest.raises(ZooError, match=r"cannot download http://127.0.0.1:9/emodb.zip: no connection"):
        fetch.fetch("emodb")


def evil(name: str = "emodb/wav/03a01Fa.wav", kind: int = stat.S_IFREG) -> Callable[[Path], bytes]:
    def make(path: Path) -> bytes:
        with zipfile.ZipFile(path, "w") as file:
            file.writestr("emodb/readme.txt", "harmless")
            member = zipfile.ZipInfo(name)
            member.external_attr = (kind | 0o644) << 16
            file.writestr(member, "/etc/passwd")
        return path.read_bytes()

    return make


def flipped(path: Path) -> bytes:
    """An archive whose content does not have its own checksum."""
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("emodb/wav/03a01Fa.wav", b"a" * 1000)
    return path.read_bytes().replace(b"a" * 1000, b"a" * 999 + b"b")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (evil("../evil"), "'../evil' has a path that leads out"),
        (evil("emodb/../../evil"), "leads out"),
        (evil("/evil"), "leads out"),
        (evil("C:/evil"), "leads out"),
        (evil("..\\evil"), "leads out"),
        (evil(kind=stat.S_IFLNK), "is a link"),
        (evil(kind=stat.S_IFIFO), "is not a file"),
        (evil("emodb/readme.txt"), "is damaged"),
        (evil("emodb/readme.txt/evil"), "is damaged"),
        (evil("emodb/" + "a" * 300), "is damaged"),
        (flipped, "is damaged"),
        (lambda path: b"<html>please log in</html>", "is damaged or not a zip archive"),
        (evil("emodb/wav/03a01Fa.wav"), "is not EmoDB .* as published: it/emodb is only part of"),
        (evil("other.txt"), "as published: it holds no EmoDB recordings"),
    ],
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_unsafe_or_damaged_archives_write_nothing(
    project: Path, offered: Callable[..., bytes], tmp_path: Path, make: Callable[[Path], bytes], message: str
) -> None:
    (tmp_path / "archives").mkdir()
    offered(make(tmp_path / "archives/evil.zip"), checksum=None)

    def outside() -> list[Path]:
        own = (tmp_path / "project/data", tmp_path / "project/.dvc/tmp")  # the latter has the locks
        return sorted(path for path in tmp_path.rglob("*") if not any(path.is_relative_to(one) for one in own))

    before = outside()
    with pytest.raises(ZooError, match=message):
        fetch.fetch("emodb")
    assert outside() == before
    assert not Path("data/emodb").exists()
    assert not list(Path("data").rglob("evil*"))
    assert not list(Path("data").rglob("*.zip"))  # or it would be rejected on every attempt
    offered(checksum=None)
    fetch.fetch("emodb")
    assert left() == ["emodb"]


def test_a_download_is_removed_once_its_corpus_is_recorded_later(
    project: Path, offered: Callable[..., bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    offered()

    def busy(*words: str) -> None:
        raise ZooError("another dvc is running")

    with monkeypatch.context() as patch, pytest.raises(ZooError, match="another dvc"):
        patch.setattr(record, "_dvc", busy)
        fetch.fetch("emodb")
    assert "already holds it" in " ".join(fetch.fetch("emodb"))
    assert left() == ["emodb"]


def test_nothing_is_downloaded_where_data_is_a_link(
    project: Path, server: Server, offered: Callable[..., bytes], tmp_path: Path
) -> None:
    offered()
    (tmp_path / "elsewhere").mkdir()
    Path("data").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ZooError, match="data is a link"):
        fetch.fetch("emodb")
    assert server.asked == []
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_full_disk_removes_the_download(
    project: Path, server: Server, offered: Callable[..., bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    offered()

    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr("shutil.copyfileobj", full)
        with pytest.raises(ZooError, match="no space left on the disk"):
            fetch.fetch("emodb")
    assert left() == []
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(10, 9, 1))  # type: ignore[attr-defined]
        with pytest.raises(ZooError, match="no space for the download of EmoDB"):
            fetch.fetch("emodb")
    fetch.fetch("emodb")


def test_a_corpus_of_many_files_is_fetched_with_their_hashes(
    project: Path, server: Server, emodb: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {path.stem: path.read_bytes() for path in emodb.glob("wav/[!.]*.wav")}
    server.content = {f"/wav/{name}.wav": content for name, content in files.items()} | {"/marker": b"made up"}
    change(
        monkeypatch,
        downloads=(
            Download(f"{server.address}/wav/{{utterance_id}}.wav", path="wav/{utterance_id}.wav"),
            Download(f"{server.address}/marker", path="SYNTHETIC.txt"),
        ),
        sha256=lambda: {name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
    )
    server.plan += ["good", "good", "404"]
    with monkeypatch.context() as patch, pytest.raises(ZooError, match="responds 404"):
        patch.setattr(download, "CONNECTIONS", 1)  # so that two files are whole when the third fails
        fetch.fetch("emodb")
    arrived = len(list(Path("data").rglob("*.wav")))
    assert arrived == 2
    server.asked.clear()
    fetch.fetch("emodb")
    assert len(server.asked) == len(server.content) - arrived  # what was here already is not asked for again
    assert {path.stem: path.read_bytes() for path in Path("data/emodb/wav").iterdir()} == files


def other_process(server: Server, checksum: str) -> subprocess.Popen[str]:
    code = f"""
    from dataclasses import replace
    from zoo.corpora import emodb
    from zoo.library import download, record
    from zoo.corpora.contract import Download
    download.CHUNK = 1024
    record._dvc = lambda *words: None
    source = Download("{server.address}/emodb.zip", "{checksum}")
    emodb.CORPUS = replace(emodb.CORPUS, downloads=(source,))
    from zoo.cli import app
    app(["data", "fetch", "emodb"])
    """
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_download_is_resumed(
    project: Path, server: Server, offered: Callable[..., bytes], how: signal.Signals
) -> None:
    content = offered()
    server.plan += ["stands still"]
    process = other_process(server, f"md5:{hashlib.md5(content).hexdigest()}")
    assert server.waits.wait(20)
    while not (parts := list(Path("data").rglob("*.part"))) or not parts[0].stat().st_size:
        assert process.poll() is None
    process.send_signal(how)
    stderr = process.communicate()[1]
    assert process.returncode == (130 if how == signal.SIGINT else -signal.SIGKILL)
    assert "Traceback" not in stderr
    assert not Path("data/emodb").exists()
    fetch.fetch("emodb")
    assert server.asked[-1][1] not in ("", "bytes=0-")
    assert left() == ["emodb"]
    assert not list(Path("data").glob(".*"))


def test_two_processes_download_once(project: Path, server: Server, offered: Callable[..., bytes]) -> None:
    content = offered()
    server.plan += ["stands still", "good"]
    checksum = f"md5:{hashlib.md5(content).hexdigest()}"
    first = other_process(server, checksum)
    assert server.waits.wait(20)
    second = other_process(server, checksum)
    assert second.stderr is not None
    assert second.stderr.readline() == "another zoo process is fetching data/emodb; waiting for it\n"
    server.goes_on.set()  # the first answer breaks off, its retry is good
    outputs = [process.communicate(timeout=30)[0] for process in (first, second)]
    assert [first.returncode, second.returncode] == [0, 0]
    assert "downloaded 1 file" in outputs[0]
    assert "already holds it" in outputs[1]
    assert len(server.asked) == 2
    assert not list(Path("data").glob(".*"))


def test_a_corpus_on_request_is_rejected_with_how_to_obtain_it(project: Path) -> None:
    with pytest.raises(ZooError, match="IEMOCAP is available on request only") as error:
        fetch.fetch("iemocap")
    assert "release form" in error.value.hint
    assert "zoo data add iemocap PATH" in error.value.hint
    assert not Path("data").exists()


def test_removing_a_corpus_removes_its_unfinished_download(
    project: Path, server: Server, offered: Callable[..., bytes]
) -> None:
    offered()
    server.plan += ["truncated", "404"]
    with pytest.raises(ZooError):
        fetch.fetch("emodb")
    assert list(Path("data").rglob("*.part"))
    assert "unfinished download" in " ".join(remove("emodb"))
    assert not list(Path("data").glob(".*"))
