"""Unpack a zip archive of unknown origin: nothing is written outside the folder, and no links."""

import errno
import lzma
import shutil
import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from zoo.errors import ZooError
from zoo.terminal import with_bar

_ENCRYPTED = 0x1
# errors caused by a damaged archive (None: a decompressor's error); others are caused by the disk
_DAMAGED = (None, errno.EEXIST, errno.ENOTDIR, errno.ENAMETOOLONG, errno.EINVAL)


def unpack(archive: Path, folder: Path) -> None:
    """Unpack a zip archive into the folder, its own checksums checked.

    Raises ZooError, before anything is written, where a member is a link, is encrypted, or has a path that is absolute
    or leads out of the folder, or where the disk lacks space; and for a damaged archive. A rejected or damaged archive
    is removed, so that the next attempt downloads it again.
    """
    try:
        with zipfile.ZipFile(archive) as packed:
            members = packed.infolist()
            for member in members:
                _check(member, archive)
            needed = sum(member.file_size for member in members)
            folder.mkdir(parents=True, exist_ok=True)
            if needed > (free := shutil.disk_usage(folder).free):
                raise ZooError(
                    f"no space to unpack {archive.name}: {needed / 1e6:.0f} MB needed, {free / 1e6:.0f} MB free",
                    "free some space and run it again",
                )
            for member in with_bar(members, f"unpacking {archive.name}"):
                target = folder / member.filename
                if member.is_dir():
                    target.mkdir(parents=True, exist_ok=True)
                    continue
                target.parent.mkdir(parents=True, exist_ok=True)
                with packed.open(member) as source, target.open("xb") as file:
                    shutil.copyfileobj(source, file, 1 << 20)
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, OSError) as error:
        if isinstance(error, OSError) and error.errno not in _DAMAGED:
            raise
        archive.unlink(missing_ok=True)
        raise ZooError(
            f"{archive.name} is damaged or not a zip archive: {error}", "run it again to download it again"
        ) from error


def _check(member: zipfile.ZipInfo, archive: Path) -> None:
    name, path = member.filename, PurePosixPath(member.filename)
    kind = stat.S_IFMT(member.external_attr >> 16)
    reason = ""
    if path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name.split("/")[0]:
        reason = "has a path that leads out of the folder"
    elif kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        reason = "is a link" if kind == stat.S_IFLNK else "is not a file"
    elif member.flag_bits & _ENCRYPTED:
        reason = "is encrypted"
    if reason:
        archive.unlink(missing_ok=True)
        raise ZooError(
            f"{archive.name} was rejected: '{name}' {reason}",
            "run it again to download it again, or download the corpus manually from its page and inspect it",
        )
