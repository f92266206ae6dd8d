"""Weights of a checkpoint in a module of transformers: all of them, or an error."""

from typing import Any

from zoo.encoders.checkpoint import Checkpoint
from zoo.errors import ZooError

# used in pretraining only, and absent from many checkpoints
UNUSED = ("masked_spec_embed",)


def pretrained(kind: Any, checkpoint: Checkpoint, key_mapping: dict[str, str] | None = None, **settings: Any) -> Any:
    """The module `kind` of transformers with the weights of a checkpoint, in float32, in evaluation mode.

    transformers fills up what it does not find with random weights, and only prints so. key_mapping: patterns of names
    in the file -> what they are in the module. settings: of the config.
    Raises ZooError for weights that are missing, of another shape, quantised or not readable.
    """
    import torch
    from safetensors import SafetensorError
    from transformers.utils import logging

    checkpoint.require_plain()
    checkpoint.weights  # noqa: B018 (a file that is missing has a message of its own)
    before = logging.get_verbosity()
    logging.set_verbosity(logging.CRITICAL)  # its report of random weights; here it is an error
    logging.disable_progress_bar()
    try:
        module, found = kind.from_pretrained(
            checkpoint.folder,
            key_mapping=key_mapping,
            output_loading_info=True,
            dtype=torch.float32,
            local_files_only=True,
            use_safetensors=True,
            ignore_mismatched_sizes=True,
            **settings,
        )
    except (SafetensorError, OSError, RuntimeError, ValueError, KeyError) as error:
        first = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise ZooError(
            f"{checkpoint.name} in {checkpoint.folder} cannot be loaded: {first}", "download it again"
        ) from error
    finally:
        logging.set_verbosity(before)
        logging.enable_progress_bar()
    missing = sorted(name for name in found["missing_keys"] if not name.endswith(UNUSED))
    if missing:
        raise ZooError(
            f"{checkpoint.name} lacks {len(missing)} weights, such as {missing[0]}, which would be random",
            f"download the checkpoint again; {checkpoint.folder} has them under other names or not at all",
        )
    if other := sorted(str(name[0] if isinstance(name, tuple) else name) for name in found["mismatched_keys"]):
        raise ZooError(
            f"{checkpoint.name}: {len(other)} weights are not of the shape that config.json states, such as {other[0]}",
            "download the checkpoint again, config and weights of one revision",
        )
    return module.eval()
