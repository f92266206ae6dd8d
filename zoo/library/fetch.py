"""Download a corpus from its official addresses, then add it as from a folder.

What arrives lies in data/.NAME.fetch until the corpus is added: whole files under their own names, and the beginning
of one that broke off with `.part` behind its name. The next attempt goes on from there if there is a checksum to tell
whether that was right.
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
from zoo.library.places import DATA, fetching, require_place, require_project
from zoo.library.unpack import unpack

_EACH = "{utterance_id}"
_WHOLE = "whole"  # the folder, within that of the download, which becomes the corpus


def fetch(name: str) -> list[str]:
    """Download a corpus, unpack it, copy it to data/NAME and record it; what was done, a sentence each.

    What is here already is only recorded. Raises ZooError for a corpus that is given on request, an address that does
    not answer, a wrong checksum, an archive that is damaged or would write elsewhere, a full disk, and whatever
    `zoo data add` refuses. Interrupted, it goes on where it was when it is called again.
    """
    corpus = get(name)
    require_project()
    require_place(name)
    if not (files := _files(corpus)):
        raise ZooError(
            f"{corpus.title} is given on request only"
            if corpus.access == "on request"
            else f"no address is known from which {corpus.title} can be downloaded",
            f"{corpus.obtain} Then: zoo data add {name} PATH",
        )
    with fetching(name) as folder:
        if (target := DATA / name).exists():
            said = add(name, target)
            shutil.rmtree(folder, ignore_errors=True)  # of an attempt that ended before the corpus was recorded
            return said
        with _full_disk_said(folder):
            _forget_others(folder, {file.name for file in files})
            _require_space(corpus, folder)
            download(corpus.title, size(corpus), files, folder)
            said = [f"downloaded {len(files)} file{'s' * (len(files) > 1)} from {urlsplit(files[0].url).netloc}"]
            for file in files:
                if file.packed:
                    unpack(folder / file.name, folder / _WHOLE)
            _require_corpus(corpus, folder)
            said += add(name, folder / _WHOLE)
        shutil.rmtree(folder)
        return said


def size(corpus: Corpus) -> int | None:
    """Bytes to download, None where that is not published; label files beside the audio hardly count."""
    audio = [source.num_bytes for source in corpus.downloads if not source.path or _EACH in source.path]
    return sum(number or 0 for number in audio) if audio and None not in audio else None


def _files(corpus: Corpus) -> list[File]:
    found = []
    for source in corpus.downloads:
        if _EACH in source.url:
            for utterance_id, digest in sorted(corpus.sha256().items()):
                path, url = (text.format(utterance_id=utterance_id) for text in (source.path, source.url))
                found.append(File(f"{_WHOLE}/{path}", url, f"sha256:{digest}", packed=False))
        else:
            name = f"{_WHOLE}/{source.path}" if source.path else _name(source)
            found.append(File(name, source.url, source.checksum, packed=not source.path))
    return found


def _name(source: Download) -> str:
    """A name for an archive: the address's own where it has one."""
    name = unquote(urlsplit(source.url).path).rstrip("/").rpartition("/")[2]
    return name if name.lower().endswith(".zip") else "archive.zip"


def _forget_others(folder: Path, wanted: set[str]) -> None:
    """Remove what was unpacked, wholly or in part, and temporary files of a process that was killed."""
    for path in folder.rglob("*"):
        if path.is_file() and path.relative_to(folder).as_posix().removesuffix(".part") not in wanted:
            path.unlink()


def _require_space(corpus: Corpus, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    here = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    needed, free = (size(corpus) or 0) - here, shutil.disk_usage(folder).free
    if needed > free:
        raise ZooError(
            f"no space for the download of {corpus.title}: it needs {needed / 1e6:.0f} MB more and "
            f"{free / 1e6:.0f} MB are free",
            "free some space",
        )


def _require_corpus(corpus: Corpus, folder: Path) -> None:
    """Forget a download that is something else: it would be so again."""
    reason = ""
    try:
        recognition = corpus.recognise(folder / _WHOLE)
        if recognition.root is None:
            reason = recognition.reason
    except ZooError as error:
        reason = error.message
    if reason:
        shutil.rmtree(folder)
        raise ZooError(
            f"what was downloaded is not {corpus.title} as published: {reason.replace(str(folder / _WHOLE), 'it')}",
            f"get it by hand, then zoo data add {corpus.name} PATH. {corpus.obtain}",
        )


@contextmanager
def _full_disk_said(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if not disk_is_full(error):
            raise
        shutil.rmtree(folder, ignore_errors=True)  # so that there is space to do something about it
        raise ZooError("no space left on the disk for the download", "free some space and run it again") from error
