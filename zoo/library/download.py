"""Download files through pooch: retried, resumed, checksum verified, complete or not at all."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any

from zoo.errors import ZooError

RETRIES = 3  # after 1, 2, 3 s
TIMEOUT_S = 30.0  # without receiving a byte
CONNECTIONS = 8  # for a corpus of many files
CHUNK = 1 << 16  # bytes; the most that a broken connection loses
_COMPLETE = 2  # complete downloads with a wrong checksum before giving up
_BUSY = (408, 425, 429)  # responses for which a retry may succeed
ReportProgress = Callable[[int, int], None]  # bytes received, bytes in total (0: unknown)


@dataclass(frozen=True)
class File:
    """A file to download. name: its path in the fetch folder. packed: whether it is an archive to unpack."""

    name: str
    url: str
    checksum: str | None
    packed: bool


def download(title: str, num_bytes: int | None, files: list[File], folder: Path) -> None:
    """Download every file into the folder and verify it; files that are already there are only verified."""
    import pooch
    import requests
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    pooch.get_logger().setLevel("ERROR")
    cache = pooch.create(
        path=folder.resolve(),
        base_url="",
        registry={file.name: file.checksum for file in files},
        urls={file.name: file.url for file in files},
        retry_if_failed=RETRIES,
    )
    console, stop, several = Console(stderr=True), Event(), len(files) > 1
    megabytes = f", {num_bytes / 1e6:.0f} MB" if num_bytes else ""
    console.print(f"downloading {title}{megabytes}: {files[0].url}", highlight=False, markup=False, soft_wrap=True)
    shown = MofNCompleteColumn() if several else DownloadColumn()
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
        task = progress.add_task(title, total=len(files) if several else None)

        def download_one(file: File) -> None:
            if stop.is_set():
                return
            try:
                _download_file(file, cache, session, stop, _no_report if several else report)
            except BaseException:
                stop.set()  # here, so that no thread begins another file meanwhile
                raise
            if several:
                progress.advance(task)

        def report(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total or None)

        if not several:
            download_one(files[0])  # in this thread, so that Ctrl-C takes effect at once
            return
        with ThreadPoolExecutor(CONNECTIONS) as threads:
            try:
                for _ in threads.map(download_one, files):
                    pass
            finally:
                stop.set()


def _no_report(done: int, total: int) -> None:
    """For several files, progress counts files, not bytes."""


def _download_file(file: File, cache: Any, session: Any, stop: Event, report: ReportProgress) -> None:
    """Download one file through pooch. Raises ZooError when it fails or has a wrong checksum."""
    import requests

    part = cache.abspath / f"{file.name}.part"
    part.parent.mkdir(parents=True, exist_ok=True)
    complete = 0
    wrong = ZooError(
        f"{file.url} does not have the published checksum {file.checksum}",
        "run it again later; if that does not help, the file has changed: download it manually and compare",
    )

    def stream(url: str, output: str, _: Any) -> None:
        nonlocal complete
        if complete == _COMPLETE:
            raise wrong
        _stream(url, part, session, stop, report, resume=file.checksum is not None)
        part.replace(output)
        complete += 1

    try:
        cache.fetch(file.name, downloader=stream)
    except requests.RequestException as error:
        raise ZooError(
            f"cannot download {file.url}: {_why(error)}",
            "check the network and run it again; the download resumes where it stopped",
        ) from error
    except ValueError as error:
        raise wrong from error


def _stream(url: str, part: Path, session: Any, stop: Event, report: ReportProgress, resume: bool) -> None:
    """Write the content of a URL to `part`, resuming a partial file if the server supports that."""
    import requests

    start = part.stat().st_size if resume and part.is_file() else 0
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={start}-"} if start else {})
    with session.get(url, headers=headers, stream=True, timeout=TIMEOUT_S) as response:
        if response.status_code == requests.codes.requested_range_not_satisfiable:
            part.unlink()
            raise requests.RequestException("the partial file could not be resumed")
        if 400 <= response.status_code < 500 and response.status_code not in _BUSY:
            raise ZooError(
                f"cannot download {url}: the server responds {response.status_code} {response.reason}",
                "the address may have changed: check its page, or download it manually and run zoo data add NAME PATH",
            )
        response.raise_for_status()
        if not response.headers.get("Content-Range", "").startswith(f"bytes {start}-"):
            start = 0
        length = int(response.headers.get("Content-Length", 0))
        with part.open("ab" if start else "wb") as file:
            for chunk in response.iter_content(CHUNK):
                if stop.is_set():
                    raise ZooError("the download was stopped", "run it again; it resumes where it stopped")
                file.write(chunk)
                report(file.tell(), start + length if length else 0)


def _why(error: Exception) -> str:
    """A network problem in a few words."""
    import requests
    from urllib3.exceptions import TimeoutError as Urllib3Timeout

    # while a response is read, requests wraps urllib3's timeout in a ConnectionError
    if isinstance(error, requests.Timeout) or any(isinstance(cause, Urllib3Timeout) for cause in error.args):
        return f"no response within {TIMEOUT_S:g} s"
    for kind, words in (
        (requests.exceptions.ChunkedEncodingError, "the connection was lost"),
        (requests.exceptions.SSLError, "its certificate is not trusted"),
        (requests.ConnectionError, "no connection"),
    ):
        if isinstance(error, kind):
            return words
    return str(error)
