"""Remove a corpus from data/ and from the record."""

import shutil

from zoo import corpus_file
from zoo.corpora import get
from zoo.errors import ZooError
from zoo.library import record
from zoo.library.places import DATA, download_folder, exclusive, fingerprint_file, require_project, verification_file


def remove(name: str) -> list[str]:
    """Remove a corpus from data/ and data.dvc; returns one sentence per step. DVC's cache keeps its copy.

    corpora/NAME.yaml of a corpus of the project's own stays.
    Raises ZooError when it is neither in data/ nor recorded.
    """
    corpus, target = get(name), DATA / name
    require_project()
    messages = []
    with download_folder(name) as download, exclusive(name):
        if target.as_posix() in record.paths():
            record.remove_folder(target)
            messages.append(f"removed {target} from {record.RECORD}")
        if target.is_symlink():
            target.unlink()
            messages.append(f"removed the link {target}")
        elif target.is_dir():
            # renamed first, so that an interruption leaves no partial corpus in its place
            removed = target.with_name(f".{name}.removed")
            target.replace(removed)
            shutil.rmtree(removed)
            messages.append(f"removed {target}")
        if download.is_dir():
            shutil.rmtree(download)
            messages.append(f"removed the unfinished download {download}")
        verification_file(name).unlink(missing_ok=True)
        fingerprint_file(name).unlink(missing_ok=True)
    if messages and corpus_file.has(name):
        messages.append(f"{corpus_file.path_of(name)} stays: studies may name it; delete it to forget the corpus")
    if not messages:
        raise ZooError(f"{corpus.name} is neither in {DATA} nor in {record.RECORD}", "zoo data list shows what is")
    return messages
