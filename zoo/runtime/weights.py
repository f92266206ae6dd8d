"""Weights on disk: safetensors in half precision, read back in single precision."""

from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from zoo import architectures
from zoo.architectures.recogniser import Recogniser
from zoo.errors import ZooError
from zoo.files import whole_file

PRECISION = "float16"


def save(model: Recogniser, path: Path) -> None:
    """Write the weights, floating values as float16. Raises ZooError when a weight is not a finite number."""
    from safetensors.torch import save_file

    tensors = {name: value.cpu().contiguous() for name, value in model.state_dict().items()}
    for name, value in tensors.items():
        if not value.isfinite().all():
            raise ZooError(f"{path}: {name} holds values that are not numbers", "the training failed: run it again")
    with whole_file(path) as part:
        save_file({name: _half(value) for name, value in tensors.items()}, part)


def _half(value: Tensor) -> Tensor:
    half = value.half() if value.is_floating_point() else value
    # a value beyond 65504 would become infinite: such a tensor keeps its precision
    return half if half.isfinite().all() else value


def load(path: Path, facts: dict[str, Any]) -> Recogniser:
    """The network of a release.json or card.json, ready to predict, on the processor.

    facts: architecture, hyperparameters, num_dims, num_outputs. Raises ZooError when the file does not fit them.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    model = architectures.build(
        facts["architecture"], facts["hyperparameters"], facts["num_dims"], facts["num_outputs"]
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
        raise ZooError(
            f"{path} does not hold the weights of {facts['architecture']}", "fetch or train it again"
        ) from error
    return model.eval()
