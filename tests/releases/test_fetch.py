"""Fetching a release: within bounds of size and time, whole or not at all, and only where index and card agree."""

import errno
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from zoo.errors import ZooError
from zoo.hashes import sha256_of
from zoo.releases import transfer
from zoo.releases.pull import everything, pull

NAME = "statistics@emodb:0.1.0"


class Server:
    """An HTTP server of a folder, which misbehaves for paths that end with `path` in the way `how`."""

    def __init__(self, folder: Path) -> None:
        self.path, self.how, self.sent = "nothing", "", 0
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                with suppress(OSError):  # the other side has had enough
                    owner.answer(self, folder)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def answer(self, request: BaseHTTPRequestHandler, folder: Path) -> None:
        place = folder / request.path.lstrip("/")
        how = self.how if request.path.endswith(self.path) else ""
        if how == "redirects":
            request.send_response(302)
            request.send_header("Location", request.path)
            request.end_headers()
        elif how == "fails":
            request.send_error(503)
        elif how == "never":
            time.sleep(3)
        elif not place.is_file():
            request.send_error(404)
        else:
            request.send_response(200)
            request.end_headers()
            content = place.read_bytes()
            if how == "endless":
                for _ in range(2_000):
                    self.sent += request.wfile.write(bytes(1 << 16))
            elif how == "drips":
                for byte in content[:60]:
                    request.wfile.write(bytes([byte]))
                    time.sleep(0.05)
            else:
                request.wfile.write(content[:-9] if how == "cut" else content)


@pytest.fixture
def served(project, published, monkeypatch) -> Iterator[Server]:
    server = Server(published)
    monkeypatch.setenv("ZOO_CATALOGUES", server.address)
    monkeypatch.setattr(transfer, "PATIENCE_S", 0.6)
    monkeypatch.setattr(transfer, "SLOWEST", 10_000_000)
    yield server
    server.server.shutdown()
    server.server.server_close()


def in_cache(project: Path) -> list[str]:
    """Files in the cache, but for locks and indexes."""
    cache = project.parent / "cache"
    files = [path.relative_to(cache) for path in cache.rglob("*") if path.is_file()]
    return sorted(str(path) for path in files if path.suffix != ".lock" and path.parts[0] != "indexes")


def test_a_release_is_fetched_over_http_as_it_is(served, project, published):
    folder = pull(NAME).folder
    names = {path.name: sha256_of(path) for path in folder.iterdir()}
    assert names == {path.name: sha256_of(path) for path in (published / "statistics/emodb/0.1.0").iterdir()}


@pytest.mark.parametrize(
    ("how", "named"),
    [
        ("endless", "is larger than the"),
        ("drips", "within"),
        ("never", "within"),
        ("redirects", "redirects without end"),
        ("fails", "responds 503"),
        ("cut", "is damaged"),
    ],
)
@pytest.mark.parametrize("path", ["card.json", "weights.safetensors"])
def test_a_server_that_misbehaves_is_given_up_and_nothing_stays(served, project, how, named, path):
    served.path, served.how = f"emodb/0.1.0/{path}", how
    with pytest.raises(ZooError, match=path) as caught:
        pull(NAME)
    assert named in caught.value.message
    assert served.sent < 20_000_000
    assert in_cache(project) == []
    served.how = ""
    assert pull(NAME).folder.is_dir()


@pytest.mark.parametrize("how", ["endless", "drips", "never", "redirects", "fails", "cut"])
def test_an_index_that_a_server_does_not_give_is_a_note(served, project, how):
    served.path, served.how = "index.json", how
    found, notes = everything()
    assert found and all(item.is_candidate for item in found)
    assert len(notes) == 1 and served.address in notes[0]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("uar", 0.99),
        ("low", 0.01),
        ("origin", "recorded"),
        ("version", "0.9.0"),
        ("scheme", "core4"),
        ("classes", ["anger"]),
        ("licence", "CC0-1.0"),
        ("language", "en"),
        ("commercial_use", False),
        ("exploration", "post-exploration: all"),
        ("across", []),
        ("encoder", {"name": "someone/encoder", "num_bytes": 5}),
        ("identity", "0" * 64),
    ],
)
def test_an_index_that_contradicts_the_card_is_refused_by_the_name_of_the_field(released, project, field, value):
    path = Path("models/index.json")
    index = json.loads(path.read_text(encoding="utf-8"))
    entry = index["releases"][0]
    assert entry["name"] == "statistics@emodb" and entry[field] != value
    Path("models", "statistics/emodb/0.9.0").symlink_to("0.1.0")
    index["releases"][0] = entry | {field: value}
    path.write_text(json.dumps(index), encoding="utf-8")
    with pytest.raises(ZooError, match=f"does not agree with the card .* their {field} is not the same"):
        pull(f"statistics@emodb:{value if field == 'version' else '0.1.0'}")
    assert in_cache(project) == []


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b"", "is not a readable card"),
        (b'{"format": ' + b"[" * 5_000, "is not a readable card"),
        (b"null", "is not a readable card"),
        ("tampered", "its identity is not that of its contents"),
    ],
)
def test_a_card_that_is_none_is_refused_by_its_address(released, project, content, named):
    card = Path("models/statistics/emodb/0.1.0/card.json")
    if content == "tampered":
        content = card.read_bytes().replace(b'"dropout": 0.1', b'"dropout": 0.9')
    card.write_bytes(content)
    path = Path("models/index.json")
    index = json.loads(path.read_text(encoding="utf-8"))
    index["releases"][0]["files"]["card.json"] = {"sha256": sha256_of(card), "num_bytes": len(content)}
    path.write_text(json.dumps(index), encoding="utf-8")
    with pytest.raises(ZooError, match=r"models/statistics/emodb/0\.1\.0/card\.json") as caught:
        pull(NAME)
    assert named in caught.value.message and in_cache(project) == []


def test_files_that_the_card_does_not_have_are_refused(released, project):
    path = Path("models/index.json")
    index = json.loads(path.read_text(encoding="utf-8"))
    files = index["releases"][0]["files"]
    files["more.txt"] = files["card.json"]
    path.write_text(json.dumps(index), encoding="utf-8")
    with pytest.raises(ZooError, match=r"their file more\.txt is not the same"):
        pull(NAME)


def test_a_pull_that_is_killed_leaves_nothing_that_counts_and_the_next_one_works(served, project):
    served.path, served.how = "weights.safetensors", "never"
    code = f"from zoo.releases.pull import pull; pull({NAME!r})"
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    process = subprocess.Popen([sys.executable, "-c", code], env=environment)
    partial = project.parent / "cache/partial"
    for _ in range(600):
        if list(partial.glob("*/weights.safetensors")):
            break
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert list(partial.glob("*/*")) and not list(project.parent.glob("cache/*@*"))
    served.how = ""
    folder = pull(NAME).folder
    assert folder.is_dir() and not list(partial.glob("*/*"))


@pytest.fixture
def unwritable(monkeypatch):
    def refused(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(Path, "mkdir", refused)


def test_where_the_cache_cannot_be_written_a_model_on_this_machine_is_used_in_place(released, unwritable):
    assert pull(NAME).folder == Path("models/statistics/emodb/0.1.0").absolute()
    weights = Path("models/statistics/emodb/0.1.0/weights.safetensors")
    weights.write_bytes(weights.read_bytes()[:-1])
    with pytest.raises(ZooError, match="cannot be written"):
        pull(NAME)


def test_a_card_larger_than_any_is_not_fetched(released, project, monkeypatch):
    monkeypatch.setattr("zoo.releases.fetch._LARGEST_CARD", 1_000)
    with pytest.raises(ZooError, match="bytes, which no card has"):
        pull(NAME)
    assert in_cache(project) == []


@pytest.mark.parametrize("where", ["in the cache", "in place"])
def test_an_index_that_is_edited_later_is_refused_for_a_release_that_is_here_already(released, request, where):
    if where == "in the cache":
        pull(NAME)
    else:
        request.getfixturevalue("unwritable")
    path = Path("models/index.json")
    index = json.loads(path.read_text(encoding="utf-8"))
    index["releases"][0]["uar"] = 0.99
    path.write_text(json.dumps(index), encoding="utf-8")
    with pytest.raises(ZooError, match="their uar is not the same"):
        pull(NAME)


def test_where_the_cache_cannot_be_written_a_distant_model_needs_another_one(served, unwritable):
    with pytest.raises(ZooError, match="cannot be written") as caught:
        pull(NAME)
    assert "ZOO_CACHE" in caught.value.hint
