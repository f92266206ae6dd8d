"""Bring files from their addresses, through pooch: retried, resumed, checked, whole or not at all."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any

from zoo.errors import ZooError

RETRIES = 3  # after 1, 2, 3 s
TIMEOUT_S = 30.0  # without a byte
CONNECTIONS = 8  # where a corpus is many files
CHUNK = 1 << 16  # bytes; what a broken connection loses
_COMPLETE = 2  # whole downloads with a wrong checksum, after which another is no use
_BUSY = (408, 425, 429)  # answers that a second attempt may change
Told = Callable[[int, int], None]  # bytes here, bytes in all (0: unknown)


@dataclass(frozen=True)
class File:
    """A file to download. name: where it lies in the fetch folder. packed: whether it is to be unpacked."""

    name: str
    url: str
    checksum: str | None
    packed: bool


def download(title: str, num_bytes: int | None, files: list[File], folder: Path) -> None:
    """Bring every file to the folder, checked; those that are there already are only checked."""
    import pooch
    import requests
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    pooch.get_logger().setLevel("ERROR")
    keeper = pooch.create(
        path=folder.resolve(),
        base_url="",
        registry={file.name: file.checksum for file in files},
        urls={file.name: file.url for file in files},
        retry_if_failed=RETRIES,
    )
    console, stop, many = Console(stderr=True), Event(), len(files) > 1
    megabytes = f", {num_bytes / 1e6:.0f} MB" if num_bytes else ""
    console.print(f"downloading {title}{megabytes}: {files[0].url}", highlight=False, markup=False, soft_wrap=True)
    shown = MofNCompleteColumn() if many else DownloadColumn()
    with (
        requests.Session() as session,
        Progress(
            TextColumn(title),
            BarColumn(),
            shown,
            TimeRemainingColumn(),
            console=console,
            disable=not console.is_terminal,
        ) as progress,
    ):
        session.mount("https://", requests.adapters.HTTPAdapter(pool_maxsize=CONNECTIONS))
        task = progress.add_task(title, total=len(files) if many else None)

        def bring(file: File) -> None:
            if stop.is_set():
                return
            _bring(file, keeper, session, stop, _silent if many else told)
            if many:
                progress.advance(task)

        def told(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total or None)

        if not many:
            bring(files[0])  # in this thread, where Ctrl-C is heard at once
            return
        with ThreadPoolExecutor(CONNECTIONS) as threads:
            try:
                for _ in threads.map(bring, files):
                    pass
            finally:
                stop.set()


def _silent(done: int, total: int) -> None:
    """Many files show how many are here, not their bytes."""


def _bring(file: File, keeper: Any, session: Any, stop: Event, told: Told) -> None:
    """One file, by pooch: retried, checked, whole or not at all. Raises ZooError."""
    import requests

    part = keeper.abspath / f"{file.name}.part"
    part.parent.mkdir(parents=True, exist_ok=True)
    complete = 0
    wrong = ZooError(
        f"{file.url} does not have the published checksum {file.checksum}",
        "run it again later; if that does not help, the file has changed: get it by hand and compare",
    )

    def stream(url: str, output: str, _: Any) -> None:
        nonlocal complete
        if complete == _COMPLETE:
            raise wrong
        _stream(url, part, session, stop, told, resume=file.checksum is not None)
        part.replace(output)
        complete += 1

    try:
        keeper.fetch(file.name, downloader=stream)
    except requests.RequestException as error:
        raise ZooError(
            f"cannot download {file.url}: {_why(error)}", "check the network and run it again; it goes on where it was"
        ) from error
    except ValueError as error:
        raise wrong from error


def _stream(url: str, part: Path, session: Any, stop: Event, told: Told, resume: bool) -> None:
    """Write an address's content to `part`, going on behind what is there if the server can do that."""
    import requests

    start = part.stat().st_size if resume and part.is_file() else 0
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={start}-"} if start else {})
    with session.get(url, headers=headers, stream=True, timeout=TIMEOUT_S) as answer:
        if answer.status_code == requests.codes.requested_range_not_satisfiable:
            part.unlink()
            raise requests.RequestException("it broke off at its end")
        if 400 <= answer.status_code < 500 and answer.status_code not in _BUSY:
            raise ZooError(
                f"cannot download {url}: the server answers {answer.status_code} {answer.reason}",
                "the address may have changed: look at its page, or get it by hand and zoo data add NAME PATH",
            )
        answer.raise_for_status()
        if not answer.headers.get("Content-Range", "").startswith(f"bytes {start}-"):
            start = 0
        length = int(answer.headers.get("Content-Length", 0))
        with part.open("ab" if start else "wb") as file:
            for chunk in answer.iter_content(CHUNK):
                if stop.is_set():
                    raise ZooError("the download was stopped", "run it again; it goes on where it was")
                file.write(chunk)
                told(file.tell(), start + length if length else 0)


def _why(error: Exception) -> str:
    """A network problem in few words."""
    import requests
    from urllib3.exceptions import TimeoutError as Slow

    # in the middle of an answer, requests wraps urllib3's error in one of a broken connection
    if isinstance(error, requests.Timeout) or any(isinstance(cause, Slow) for cause in error.args):
        return f"no answer within {TIMEOUT_S:g} s"
    for kind, words in (
        (requests.exceptions.ChunkedEncodingError, "the connection broke off"),
        (requests.exceptions.SSLError, "its certificate is not trusted"),
        (requests.ConnectionError, "no connection"),
    ):
        if isinstance(error, kind):
            return words
    return str(error)
