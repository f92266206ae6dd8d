"""Weights on disk: safetensors in half precision, read back in single."""

from pathlib import Path
from typing import Any

import torch

from zoo import architectures
from zoo.architectures._recogniser import Recogniser
from zoo.errors import ZooError
from zoo.files import whole_file


def save(model: Recogniser, path: Path) -> None:
    """Write the weights, floating values as float16."""
    from safetensors.torch import save_file

    tensors = {
        name: (value.half() if value.is_floating_point() else value).cpu().contiguous()
        for name, value in model.state_dict().items()
    }
    with whole_file(path) as part:
        save_file(tensors, part)


def load(path: Path, facts: dict[str, Any]) -> Recogniser:
    """The network of a release.json or card.json, ready to predict, on the processor.

    facts: architecture, hyperparameters, num_dims, classes. Raises ZooError when the file does not fit them.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    model = architectures.build(
        facts["architecture"], facts["hyperparameters"], facts["num_dims"], len(facts["classes"])
    )
    try:
        tensors = load_file(path)
        model.load_state_dict(
            {
                name: value.to(torch.get_default_dtype()) if value.is_floating_point() else value
                for name, value in tensors.items()
            }
        )
    except (SafetensorError, RuntimeError, OSError) as error:
        raise ZooError(f"{path} does not hold the weights of {facts['architecture']}", "get it again") from error
    return model.eval()
