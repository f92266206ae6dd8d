"""Download a corpus from its official addresses, then add it like a local folder.

Downloads are kept in data/.NAME.fetch until the corpus is added: complete files under their own names, partial ones
with the suffix `.part`. The next attempt resumes partial files that have a checksum to verify the result.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

from zoo.corpora import get
from zoo.corpora.contract import Corpus, Download
from zoo.errors import ZooError
from zoo.files import disk_is_full
from zoo.library.add import add
from zoo.library.download import File, download
from zoo.library.places import DATA, download_folder, require_folder, require_project
from zoo.library.unpack import unpack

_PER_UTTERANCE = "{utterance_id}"
_CORPUS = "whole"  # the subfolder of the download that becomes the corpus


def fetch(name: str) -> list[str]:
    """Download a corpus, unpack it, copy it to data/NAME and record it; returns one sentence per step.

    A corpus that is already in data/ is only recorded. Raises ZooError for a corpus that is available on request only,
    an address that does not respond, a wrong checksum, an archive that is damaged or unsafe, a full disk, and whatever
    `zoo data add` rejects. After an interruption, the next call resumes the download.
    """
    corpus = get(name)
    require_project()
    require_folder(name)
    if not (files := _files(corpus)):
        raise ZooError(
            f"{corpus.title} is available on request only"
            if corpus.access == "on request"
            else f"no download address is known for {corpus.title}",
            f"{corpus.obtain} Then: zoo data add {name} PATH",
        )
    with download_folder(name) as folder:
        if (target := DATA / name).exists():
            messages = add(name, target)
            shutil.rmtree(folder, ignore_errors=True)  # left by an attempt that ended before the corpus was recorded
            return messages
        with _report_full_disk(folder):
            _remove_others(folder, {file.name for file in files})
            _require_space(corpus, folder)
            download(corpus.title, size(corpus), files, folder)
            messages = [f"downloaded {len(files)} file{'s' * (len(files) > 1)} from {urlsplit(files[0].url).netloc}"]
            for file in files:
                if file.packed:
                    unpack(folder / file.name, folder / _CORPUS)
            _require_corpus(corpus, folder)
            messages += add(name, folder / _CORPUS)
        shutil.rmtree(folder)
        return messages


def size(corpus: Corpus) -> int | None:
    """Bytes to download, None where that is not published; separate label files are not counted."""
    audio = [source.num_bytes for source in corpus.downloads if not source.path or _PER_UTTERANCE in source.path]
    return sum(number or 0 for number in audio) if audio and None not in audio else None


def _files(corpus: Corpus) -> list[File]:
    found = []
    for source in corpus.downloads:
        if _PER_UTTERANCE in source.url:
            for utterance_id, digest in sorted(corpus.sha256().items()):
                path, url = (text.format(utterance_id=utterance_id) for text in (source.path, source.url))
                found.append(File(f"{_CORPUS}/{path}", url, f"sha256:{digest}", packed=False))
        else:
            name = f"{_CORPUS}/{source.path}" if source.path else _name(source)
            found.append(File(name, source.url, source.checksum, packed=not source.path))
    return found


def _name(source: Download) -> str:
    """A file name for an archive: the one in its address, if any."""
    name = unquote(urlsplit(source.url).path).rstrip("/").rpartition("/")[2]
    return name if name.lower().endswith(".zip") else "archive.zip"


def _remove_others(folder: Path, wanted: set[str]) -> None:
    """Remove unpacked files, and temporary files of a process that was killed."""
    for path in folder.rglob("*"):
        if path.is_file() and path.relative_to(folder).as_posix().removesuffix(".part") not in wanted:
            path.unlink()


def _require_space(corpus: Corpus, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    present = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    needed, free = (size(corpus) or 0) - present, shutil.disk_usage(folder).free
    if needed > free:
        raise ZooError(
            f"no space for the download of {corpus.title}: {needed / 1e6:.0f} MB more needed, {free / 1e6:.0f} MB free",
            "free some space",
        )


def _require_corpus(corpus: Corpus, folder: Path) -> None:
    """Remove a download that is not the corpus, so that it is not used again."""
    reason = ""
    try:
        recognition = corpus.recognise(folder / _CORPUS)
        if recognition.root is None:
            reason = recognition.reason
    except ZooError as error:
        reason = error.message
    if reason:
        shutil.rmtree(folder)
        raise ZooError(
            f"the download is not {corpus.title} as published: {reason.replace(str(folder / _CORPUS), 'it')}",
            f"download it manually, then zoo data add {corpus.name} PATH. {corpus.obtain}",
        )


@contextmanager
def _report_full_disk(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if not disk_is_full(error):
            raise
        shutil.rmtree(folder, ignore_errors=True)  # frees the space
        raise ZooError("no space left on the disk for the download", "free some space and run it again") from error
