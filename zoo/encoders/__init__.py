"""Pretrained speech encoders, brought by transformers (extra `encoders`): a file a family."""

from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

from zoo.encoders.checkpoint import Checkpoint, locate
from zoo.encoders.contract import Encoder, Family
from zoo.encoders.digest import digest, num_weights
from zoo.encoders.memory import require
from zoo.errors import WRONG_USAGE, ZooError
from zoo.registry import Registry

REGISTRY = Registry[Family]("zoo.encoders", "FAMILY", "family of encoders")
names, get = REGISTRY.names, REGISTRY.get
OTHERS = "auto"
_LOADING = Lock()


def find(name: str, revision: str | None = None, sha256: str | None = None) -> Checkpoint:
    """A checkpoint by its name on the hub and a commit there, or by its folder; see `checkpoint.locate`.

    sha256: that its weights must have (`sha256_of`). Raises ZooError where there is no such checkpoint or revision, no
    network, or other weights.
    """
    found = locate(name, revision)
    if sha256 is not None and (own := sha256_of(found)) != sha256:
        raise ZooError(
            f"the weights of {name} in {found.folder} have the sha256 {own}, not {sha256}",
            "another revision, or a damaged file: download it again, or state the sha256 of the one that you mean",
        )
    return found


def family_of(checkpoint: Checkpoint) -> str:
    """The family that loads a checkpoint, by the model_type of its config."""
    wanted = checkpoint.config["model_type"]
    return next((name for name in names() if wanted in get(name).model_types), OTHERS)


def sha256_of(checkpoint: Checkpoint) -> str:
    """Of the encoder's weights, whatever files hold them: see zoo/encoders/digest.py."""
    return _digest(family_of(checkpoint), *((path, path.stat().st_mtime_ns) for path in checkpoint.weights))


@cache
def _digest(family: str, *files: tuple[Path, int]) -> str:
    """Once in a process, since files of weights may have gigabytes."""
    return digest([path for path, _ in files], get(family).own)


def base_of(checkpoint: Checkpoint) -> dict[str, Any]:
    """By what others find the same encoder, its licence, and how many bytes its files have."""
    return {
        "name": checkpoint.name,
        "revision": checkpoint.revision,
        "sha256": sha256_of(checkpoint),
        "num_bytes": checkpoint.num_bytes,
        "licence": checkpoint.licence,
    }


def loaded(checkpoint: Checkpoint, int8: bool = False) -> Encoder:
    """As `load`, once in a process; not to be changed."""
    with _LOADING:  # threads that ask at once wait for one
        return _loaded(checkpoint.name, checkpoint.folder, (sha256_of(checkpoint), checkpoint.configuration), int8)


@cache
def _loaded(name: str, folder: Path, identity: tuple[str, str], int8: bool) -> Encoder:
    return load(Checkpoint(name, None, folder), int8)


def load(checkpoint: Checkpoint, int8: bool = False) -> Encoder:
    """The encoder of a checkpoint. int8: see zoo/encoders/int8.py.

    Raises ZooError if it is none, its weights are not whole, the memory does not suffice for them, or torch has no
    int8 here.
    """
    try:
        import transformers  # noqa: F401
    except ImportError as error:
        raise ZooError(
            f"the encoder {checkpoint.name} needs transformers", "pip install 'ser-zoo[encoders]'", WRONG_USAGE
        ) from error
    family = get(family_of(checkpoint))
    # int8 takes no more: what it replaces is freed layer by layer
    require(num_weights(checkpoint.weights, family.own), checkpoint.name)
    if not int8:
        return family.load(checkpoint)
    from zoo.encoders.int8 import in_int8

    return in_int8(family.load(checkpoint))
