"""Take a corpus out of data/ and out of the record."""

import shutil

from zoo.corpora import get
from zoo.errors import ZooError
from zoo.library import record
from zoo.library.places import DATA, alone, fetching, require_project, seal


def remove(name: str) -> list[str]:
    """Take a corpus out of data/ and data.dvc; what was done, a sentence each. DVC's cache keeps its copy.

    Raises ZooError when it is neither here nor recorded.
    """
    corpus, target = get(name), DATA / name
    require_project()
    said = []
    with fetching(name) as download, alone(name):
        if target.as_posix() in record.paths():
            record.drop(target)
            said.append(f"took {target} out of {record.RECORD}")
        if target.is_symlink():
            target.unlink()
            said.append(f"removed the link {target}")
        elif target.is_dir():
            # first out of the way in one step, so that an interruption leaves no half corpus in its place
            condemned = target.with_name(f".{name}.removed")
            target.replace(condemned)
            shutil.rmtree(condemned)
            said.append(f"removed {target}")
        if download.is_dir():
            shutil.rmtree(download)
            said.append(f"removed the unfinished download {download}")
        seal(name).unlink(missing_ok=True)
    if not said:
        raise ZooError(f"{corpus.name} is neither in {DATA} nor in {record.RECORD}", "zoo data list shows what is")
    return said
