"""A catalogue: any folder or storage address with index.json and MODEL/CORPUS/VERSION/ below it."""

import hashlib
import json
import os
import shutil
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from zoo.errors import WRONG_USAGE, ZooError
from zoo.files import whole_file, write_text
from zoo.project import find, shown
from zoo.releases import FILES, parse_name, parse_version, require_file_name
from zoo.releases.card import FORMAT, Card, File, Origin, described
from zoo.runtime.release import Part, Sha256, first_problem

INDEX = "index.json"
SHIPPED = "models"
PACKAGED = Path(__file__).parents[1] / SHIPPED  # where a wheel has the shipped catalogue; see setup.py
ENVIRONMENT = "ZOO_CATALOGUES"
Share = Annotated[float, Field(ge=0, le=1)]


class Entry(Part):
    """A release in the index; `uar`, `low`, `high` are the procedure's within-corpus score.

    exploration: what choices have seen of its speakers; None: nothing.
    """

    name: str
    version: str
    origin: Origin
    identity: Sha256
    uar: Share | None
    low: Share | None
    high: Share | None
    exploration: str | None = None
    files: dict[str, File]

    @property
    def folder(self) -> str:
        """MODEL/CORPUS/VERSION, below the catalogue's address."""
        return f"{self.name.replace('@', '/')}/{self.version}"


class Index(Part):
    format: Literal[2]
    releases: list[Entry]


def entry_of(card: Card, version: str, files: Mapping[str, Path]) -> Entry:
    """The index entry of a release with this card and these files."""
    uar = card.uar
    return Entry(
        name=card.name,
        version=version,
        origin=card.origin,
        identity=card.identity,
        uar=None if uar is None else uar.value,
        low=None if uar is None else uar.low,
        high=None if uar is None else uar.high,
        exploration=None if uar is None else uar.exploration,
        files=described(files),
    )


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
        except ValueError as error:
            raise ZooError(f"{self.address} is not the address of a catalogue", str(error), WRONG_USAGE) from error
        return system, str(path).rstrip("/")

    def where(self, relative: str) -> str:
        """The address of a file in the catalogue."""
        return f"{self.address.rstrip('/')}/{relative}"

    def read(self, relative: str) -> bytes | None:
        """A file's bytes, None if there is no such file. Raises ZooError when the catalogue cannot be reached."""
        system, path = self.storage()
        try:
            content: bytes = system.cat_file(f"{path}/{relative}")
        except (FileNotFoundError, NotADirectoryError):
            return None
        except Exception as error:  # every driver has errors of its own
            raise ZooError(
                f"the catalogue {self.address} cannot be reached: {error or type(error).__name__}",
                f"check the address in {ENVIRONMENT} and the connection",
            ) from error
        return content

    def copy(self, relative: str, target: Path) -> str:
        """Copy a file to `target` and return its sha256. Raises ZooError when it is missing or cannot be read."""
        system, path = self.storage()
        digest = hashlib.sha256()
        try:
            with system.open(f"{path}/{relative}", "rb") as source, target.open("wb") as copied:
                while block := source.read(1 << 20):
                    digest.update(block)
                    copied.write(block)
        except FileNotFoundError as error:
            raise ZooError(f"{self.where(relative)} is missing", self.repair_hint()) from error
        except OSError as error:
            if error.errno is not None and error.filename is None:
                raise  # an error of the local disk, which whole_file explains
            raise ZooError(f"{self.where(relative)} cannot be read: {error}", self.repair_hint()) from error
        except Exception as error:  # every driver has errors of its own
            raise ZooError(f"{self.where(relative)} cannot be read: {error}", "check the connection") from error
        return digest.hexdigest()

    def repair_hint(self) -> str:
        """What to do about a damaged file of this catalogue."""
        if self.local is not None and self.local.absolute() == PACKAGED:
            return "install zoo again: pip install --force-reinstall ser-zoo"
        if self.local is not None and self.local.name == SHIPPED:
            return f"restore it: git checkout -- {self.address}"
        return "ask the maintainer of the catalogue to publish it again"

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
        """The index; empty if there is none yet. Raises ZooError when it is damaged."""
        content = self.read(INDEX)
        return Index(format=FORMAT, releases=[]) if content is None else parse_index(content, self)

    def write_index(self, index: Index) -> None:
        """Write index.json: releases in the order of name and version."""
        text = json.dumps(index.model_dump(), indent=1, ensure_ascii=False) + "\n"
        if self.local is not None:
            write_text(self.local / INDEX, text)
            return
        system, path = self.storage()
        system.makedirs(path, exist_ok=True)
        system.pipe_file(f"{path}/{INDEX}", text.encode())


def parse_index(content: bytes, catalogue: Catalogue) -> Index:
    """The index in `content`. Raises ZooError naming what is not valid."""
    try:
        index = Index.model_validate_json(content)
        json.loads(content, object_pairs_hook=_once)
        for entry in index.releases:
            _check_paths(entry)
        require_distinct(index.releases)
    except ValidationError as error:
        raise ZooError(
            f"{catalogue.where(INDEX)} is damaged: {first_problem(error)}", catalogue.repair_hint()
        ) from error
    except ZooError as error:
        raise ZooError(f"{catalogue.where(INDEX)} is damaged: {error.message}", catalogue.repair_hint()) from error
    return index


def require_distinct(entries: Iterable[Entry]) -> None:
    """Raise ZooError if two entries are of the same version of a model, of which nobody could say which one counts."""
    _require_once(f"{entry.name}:{entry.version}" for entry in entries)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON, of whose keys there must be no two alike."""
    _require_once(key for key, _ in pairs)
    return dict(pairs)


def _require_once(names: Iterable[str]) -> None:
    twice = sorted(name for name, number in Counter(names).items() if number > 1)
    if twice:
        raise ZooError(f"'{twice[0]}' is there twice")


def _check_paths(entry: Entry) -> None:
    """Name, version and files become paths in the cache: a foreign index must not lead out of it."""
    name, version = parse_name(entry.name)
    if version is not None:
        raise ZooError(f"'{entry.name}' is not the name of a model")
    parse_version(entry.version)
    for file in entry.files:
        require_file_name(file)
    if missing := sorted(set(FILES) - set(entry.files)):
        raise ZooError(f"the files of {name}:{entry.version} do not include {missing[0]}")


def shipped() -> Catalogue:
    """The catalogue that comes with zoo: in the installed package, or in the checkout it was imported from."""
    return Catalogue(shown(PACKAGED if PACKAGED.is_dir() else Path(__file__).parents[2] / SHIPPED))


def known() -> list[Catalogue]:
    """The project's catalogue, those that the environment variable ZOO_CATALOGUES lists, and the shipped one.

    Addresses are separated by commas; folders also as in PATH.
    """
    addresses = [
        address.strip()
        for part in os.environ.get(ENVIRONMENT, "").split(",")
        for address in ([part] if "://" in part else part.split(os.pathsep))
    ]
    listed = [Catalogue(address) for address in addresses if address]
    own = [] if (folder := find()) is None else [Catalogue(shown(folder / SHIPPED))]
    return list(dict.fromkeys([*own, *listed, shipped()]))
