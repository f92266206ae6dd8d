"""Pretrained speech encoders, brought by transformers (extra `encoders`): a file a family."""

from zoo.encoders.checkpoint import Checkpoint
from zoo.encoders.contract import Encoder, Family
from zoo.errors import WRONG_USAGE, ZooError
from zoo.registry import Registry

REGISTRY = Registry[Family]("zoo.encoders", "FAMILY", "family of encoders")
names, get = REGISTRY.names, REGISTRY.get
OTHERS = "auto"


def family_of(checkpoint: Checkpoint) -> str:
    """The family that loads a checkpoint, by the model_type of its config."""
    wanted = checkpoint.config["model_type"]
    return next((name for name in names() if wanted in get(name).model_types), OTHERS)


def load(checkpoint: Checkpoint) -> Encoder:
    """The encoder of a checkpoint. Raises ZooError if it is none, or its weights are not whole."""
    try:
        import transformers  # noqa: F401
    except ImportError as error:
        raise ZooError(
            f"the encoder {checkpoint.name} needs transformers", "pip install 'ser-zoo[encoders]'", WRONG_USAGE
        ) from error
    return get(family_of(checkpoint)).load(checkpoint)
