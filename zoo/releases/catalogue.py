"""A catalogue: any folder or storage address with index.json and MODEL/CORPUS/VERSION/ below it."""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zoo.errors import WRONG_USAGE, ZooError
from zoo.files import named, whole_file, write_text
from zoo.project import find, shown
from zoo.releases.card import FORMAT
from zoo.releases.index import Index, parse_index
from zoo.releases.transfer import blocks, local_blocks

INDEX = "index.json"
SHIPPED = "models"
PACKAGED = Path(__file__).parents[1] / SHIPPED  # where a wheel has the shipped catalogue; see setup.py
ENVIRONMENT = "ZOO_CATALOGUES"
LARGEST_INDEX = 16_000_000  # bytes: some 10,000 releases


@dataclass(frozen=True)
class Catalogue:
    """address: a folder, or any address that fsspec knows, such as s3://bucket/models."""

    address: str

    @property
    def local(self) -> Path | None:
        """The folder, where the catalogue is one."""
        if self.address.startswith("file://"):
            return Path(self.address.removeprefix("file://"))
        return None if "://" in self.address or "::" in self.address else Path(self.address)

    def storage(self) -> tuple[Any, str]:
        """(fsspec file system, path in it). Raises ZooError when the address cannot be used."""
        import fsspec.core

        try:
            system, path = fsspec.core.url_to_fs(self.address if self.local is None else str(self.local.absolute()))
        except ImportError as error:
            raise ZooError(f"{self.address} needs a driver that is not installed", str(error)) from error
        except Exception as error:  # every driver has errors of its own
            hint = named(error) if str(error) else type(error).__name__
            raise ZooError(f"{named(self.address)} is not the address of a catalogue", hint, WRONG_USAGE) from error
        return system, str(path).rstrip("/")

    def where(self, relative: str) -> str:
        """The address of a file in the catalogue."""
        return f"{self.address.rstrip('/')}/{relative}"

    def read(self, relative: str, num_bytes: int) -> bytes | None:
        """A file's bytes, None if there is no such file. Raises ZooError if it has more or cannot be read."""
        try:
            return b"".join(self._blocks(relative, num_bytes))
        except FileNotFoundError:
            return None

    def copy(self, relative: str, target: Path, num_bytes: int) -> str:
        """Copy a file to `target` and return its sha256. Raises ZooError when it is missing, larger or not readable."""
        digest = hashlib.sha256()
        try:
            with target.open("wb") as copied:
                for block in self._blocks(relative, num_bytes):
                    digest.update(block)
                    copied.write(block)
        except FileNotFoundError as error:
            raise ZooError(f"{self.where(relative)} is missing", self.repair_hint()) from error
        return digest.hexdigest()

    def _blocks(self, relative: str, num_bytes: int) -> Iterator[bytes]:
        try:
            if self.local is not None:
                yield from local_blocks(self.local / relative, num_bytes)
            else:
                system, path = self.storage()
                yield from blocks(system, f"{path}/{relative}", self.where(relative), num_bytes)
        except ZooError as error:
            raise ZooError(error.message, error.hint or self.repair_hint()) from error

    def repair_hint(self) -> str:
        """What to do about a damaged file of this catalogue."""
        if self.local is not None and self.local.absolute() == PACKAGED:
            return "install zoo again: pip install --force-reinstall ser-zoo"
        if self.local is not None and self.local.name == SHIPPED:
            return f"restore it: git checkout -- {self.address}"
        if self.local is not None:
            return "ask the maintainer of the catalogue to publish it again"
        return f"check the address in {ENVIRONMENT} and the connection, or ask the maintainer of the catalogue"

    def write(self, relative: str, source: Path) -> None:
        """Copy a file into the catalogue, atomically if it is a local folder."""
        if self.local is not None:
            with whole_file(self.local / relative) as part:
                shutil.copyfile(source, part)
            return
        system, path = self.storage()
        target = f"{path}/{relative}"
        system.makedirs(target.rpartition("/")[0], exist_ok=True)
        system.put_file(str(source), target)

    def index(self) -> Index:
        """The index; empty if there is none yet. Raises ZooError when it is damaged or cannot be read."""
        content = self.read(INDEX, LARGEST_INDEX)
        return Index(format=FORMAT, releases=[]) if content is None else self.parsed(content)

    def parsed(self, content: bytes) -> Index:
        """The content of its index. Raises ZooError naming what is not valid."""
        try:
            return parse_index(content)
        except ZooError as error:
            raise ZooError(f"{self.where(INDEX)} is damaged: {error.message}", self.repair_hint()) from error

    def write_index(self, index: Index) -> None:
        """Write index.json; what an older index did not state of a release is not stated now either."""
        text = json.dumps(index.model_dump(exclude_unset=True), indent=1, ensure_ascii=False) + "\n"
        if self.local is not None:
            write_text(self.local / INDEX, text)
            return
        system, path = self.storage()
        system.makedirs(path, exist_ok=True)
        system.pipe_file(f"{path}/{INDEX}", text.encode())


def shipped() -> Catalogue:
    """The catalogue that comes with zoo: in the installed package, or in the checkout it was imported from."""
    return Catalogue(shown(PACKAGED if PACKAGED.is_dir() else Path(__file__).parents[2] / SHIPPED))


def known() -> list[Catalogue]:
    """The project's catalogue, those that the environment variable ZOO_CATALOGUES lists, and the shipped one."""
    own = [] if (folder := find()) is None else [Catalogue(shown(folder / SHIPPED))]
    return list(dict.fromkeys([*own, *listed(), shipped()]))


def listed() -> list[Catalogue]:
    """Those in ZOO_CATALOGUES: addresses separated by commas; folders also as in PATH."""
    addresses = [
        address.strip()
        for part in os.environ.get(ENVIRONMENT, "").split(",")
        for address in ([part] if "://" in part else part.split(os.pathsep))
    ]
    return [Catalogue(address) for address in addresses if address]
