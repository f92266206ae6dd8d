"""Checkpoints of encoders: found on this machine or brought from the hub."""

import json
import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from zoo.encoders import licences
from zoo.errors import WRONG_USAGE, ZooError
from zoo.hashes import sha256_of_text

VARIABLE = "ZOO_ENCODERS"  # a folder of checkpoints, in which names of the hub are looked up first
CONFIG, PREPROCESSOR = "config.json", "preprocessor_config.json"
WEIGHTS, INDEX = "model.safetensors", "model.safetensors.index.json"  # in one file, or in those that an index names
# commits of the hub that are meant where none is stated
REVISIONS = {
    "openai/whisper-tiny": "169d4a4341b33bc18d8881c4b69c2e104e1cc0af",
    "openai/whisper-base": "e37978b90ca9030d5170a5c07aadb050351a65bb",
    "openai/whisper-small": "973afd24965f72e36ca33b3055d56a652f456b4d",
}
COMMIT = re.compile(r"[0-9a-f]{40}")  # a branch or a tag may be moved to other weights
PATIENCE_S = 3.0  # the hub must answer in; a download that begins without an answer tries for half a minute
_UNREACHED: dict[tuple[str, str], ZooError] = {}  # the hub is not asked twice
FILES = (CONFIG, PREPROCESSOR, "*.safetensors", "*.safetensors.index.json", licences.README, *licences.TEXTS)


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint on this machine. name: as it was asked for. revision: a commit of the hub, None for a folder."""

    name: str
    revision: str | None
    folder: Path

    @cached_property
    def config(self) -> dict[str, Any]:
        """What config.json says. Raises ZooError if it is missing or not readable."""
        path = self.folder / CONFIG
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            raise ZooError(
                f"{path} is missing, so {self.folder} is no checkpoint", "copy it there", WRONG_USAGE
            ) from error
        except (OSError, ValueError) as error:
            raise ZooError(f"{path} cannot be read: {error}", "download the checkpoint again") from error
        if not isinstance(found, dict) or not isinstance(found.get("model_type"), str):
            raise ZooError(
                f"{path} states no model_type", "name the folder of a checkpoint of transformers", WRONG_USAGE
            )
        return found

    @cached_property
    def preprocessor(self) -> dict[str, Any]:
        """What preprocessor_config.json says; nothing without one."""
        path = self.folder / PREPROCESSOR
        try:
            return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}
        except (OSError, ValueError, TypeError) as error:
            raise ZooError(f"{path} cannot be read: {error}", "download the checkpoint again") from error

    @cached_property
    def configuration(self) -> str:
        """sha256 of what both say: of two checkpoints with equal weights, it tells whether they compute the same."""
        return sha256_of_text(json.dumps([self.config, self.preprocessor], sort_keys=True))

    def require_plain(self) -> None:
        """Raise ZooError for weights that are quantised."""
        if "quantization_config" in self.config:
            raise ZooError(f"{self.name} is quantised", "choose the checkpoint that it was made from")

    @cached_property
    def weights(self) -> list[Path]:
        """The files of weights that transformers loads, and no others that lie beside them.

        Raises ZooError if there are none, one is missing that the index names, or two could be meant.
        """
        whole, index = self.folder / WEIGHTS, self.folder / INDEX
        if whole.exists() and index.exists():
            raise ZooError(
                f"{self.folder} has both {WEIGHTS} and {INDEX}, which names others", "remove one of these two files"
            )
        if whole.exists():
            return [whole]
        if not index.exists():
            raise ZooError(
                f"{self.folder} has no weights ({WEIGHTS} or {INDEX})",
                "download the checkpoint again; other formats are converted by transformers' save_pretrained",
            )
        try:
            named = sorted({str(name) for name in json.loads(index.read_text(encoding="utf-8"))["weight_map"].values()})
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise ZooError(f"{index} cannot be read: {error}", "download the checkpoint again") from error
        if lost := [name for name in named if not (self.folder / name).is_file()]:
            raise ZooError(f"{self.folder} lacks {', '.join(lost)}", "download the checkpoint again")
        return [self.folder / name for name in named]

    @property
    def licence(self) -> str | None:
        """As it states it itself; None if it does not."""
        return licences.stated(self.name, self.folder)

    @property
    def num_bytes(self) -> int:
        """Of its files of weights."""
        return sum(path.stat().st_size for path in self.weights)


def locate(name: str, revision: str | None = None, bring: bool = True) -> Checkpoint:
    """A checkpoint by its name on the hub and a commit there, or by its folder.

    Looked up in the folder that ZOO_ENCODERS names (`openai/whisper-base` as `openai--whisper-base`), then as a folder,
    then on the hub, whose files are kept where huggingface_hub keeps them. revision: needed for the hub alone, and not
    for the names in REVISIONS. Only the hub could tell whether the weights in a folder are of that commit, so what
    identifies an encoder is their sha256. bring: whether the hub is asked for what is not on this machine.
    Raises ZooError where there is no such checkpoint or revision, where a revision is no commit, or without a network.
    """
    if not name.strip(" ./") and not Path(name).is_absolute():
        raise ZooError(
            f"checkpoint = {name!r} names no checkpoint",
            "a name on the hub, or the folder of one",
            WRONG_USAGE,
        )
    if revision is not None and COMMIT.fullmatch(revision) is None:
        raise ZooError(
            f"the revision {revision!r} of {name} is no commit of the hub",
            "state all 40 digits (0-9, a-f) of one: a branch or a tag may be moved to other weights",
            WRONG_USAGE,
        )
    revision = revision or REVISIONS.get(name)
    return Checkpoint(name, revision, _folder(name, revision, bring))


def _folder(name: str, revision: str | None, bring: bool) -> Path:
    if local := os.environ.get(VARIABLE):
        place = Path(local).expanduser()
        if not place.is_dir():
            raise ZooError(
                f"{VARIABLE} names {place}, which is not a folder", "name the folder of checkpoints", WRONG_USAGE
            )
        if (place / name.replace("/", "--")).is_dir():
            return place / name.replace("/", "--")
    if Path(name).expanduser().is_dir():
        return Path(name).expanduser()
    if Path(name).is_absolute() or name.startswith((".", "~")):
        raise ZooError(
            f"there is no folder {name}, so no checkpoint is in it", "name a folder that there is", WRONG_USAGE
        )
    if revision is None:
        raise ZooError(
            f"there is no checkpoint {name} on this machine, and no revision is stated to bring it",
            f"name a folder, or a commit of the hub as revision; {VARIABLE} names a folder of checkpoints",
            WRONG_USAGE,
        )
    return _from_hub(name, revision, bring)


def _from_hub(name: str, revision: str, bring: bool) -> Path:
    try:
        import huggingface_hub as hub
    except ImportError as error:
        raise ZooError(f"{name} is brought by huggingface_hub", "pip install 'ser-zoo[encoders]'") from error
    if (known := _UNREACHED.get((name, revision))) is not None:
        raise known
    download = partial(hub.snapshot_download, name, revision=revision, allow_patterns=list(FILES))
    try:
        with _silent("huggingface_hub"):
            with suppress(hub.errors.LocalEntryNotFoundError):
                found = Path(download(local_files_only=True))
                if list(found.glob("*.safetensors")):  # others may have brought the config alone
                    return found
            if not bring:
                raise ZooError(f"{name} at {revision} is not on this machine", "let it be brought from the hub")
            hub.HfApi().model_info(name, revision=revision, timeout=PATIENCE_S)
            return Path(download())
    except ZooError:
        raise
    except hub.errors.HFValidationError as error:
        raise ZooError(
            f"{name} is neither a folder nor a name on the hub", "such as openai/whisper-base", WRONG_USAGE
        ) from error
    except hub.errors.RevisionNotFoundError as error:
        raise ZooError(
            f"{name} has no revision {revision} on the hub", "state a commit that it has", WRONG_USAGE
        ) from error
    except hub.errors.RepositoryNotFoundError as error:
        raise ZooError(f"there is no {name} on the hub, or it is not public", "check the name", WRONG_USAGE) from error
    except Exception as error:  # those of the HTTP library beneath have no class in common with those of the hub
        _UNREACHED[name, revision] = ZooError(
            f"{name} at {revision} is not on this machine and cannot be brought: {_first_line(error)}",
            f"connect to the network, or put its folder where {VARIABLE} says; what has arrived is kept",
        )
        raise _UNREACHED[name, revision] from error


@contextmanager
def _silent(library: str) -> Iterator[None]:
    """What it would log of every try is in the one message after the last."""
    logger = logging.getLogger(library)
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
