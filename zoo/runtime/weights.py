"""Weights on disk: safetensors in half precision, read back in single precision; the prefix i is of network i."""

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from zoo import architectures
from zoo.architectures.recogniser import Recogniser
from zoo.errors import ZooError
from zoo.files import whole_file
from zoo.runtime.release import Network, Release

PRECISION = "float16"
STANDARDISATION = ("mean", "std")  # in float32: functionals may be as small as 1e-8, or as large as 1e9
BYTES = 5  # of the tensors of a network, for each parameter that it may have


def save(networks: Sequence[Recogniser], path: Path) -> None:
    """Write the weights, floating values as float16 except the standardisation of inputs.

    Raises ZooError when a weight is not a finite number or a network is larger than the limits.
    """
    from safetensors.torch import save_file

    tensors: dict[str, Tensor] = {}
    total, most = sum(network.num_parameters for network in networks), networks[0].max_parameters
    if total > most:
        raise ZooError(
            f"{path}: {total} parameters in {len(networks)} networks",
            f"at most {most} are allowed: choose smaller hyperparameters, or fewer networks",
        )
    for number, network in enumerate(networks):
        own = {name: value.cpu().contiguous() for name, value in network.state_dict().items()}
        for name, value in own.items():
            if not value.isfinite().all():
                raise ZooError(f"{path}: {name} holds values that are not numbers", "the training failed: run it again")
        halved = {f"{number}.{name}": value if name in STANDARDISATION else _half(value) for name, value in own.items()}
        _require_size(network, halved, path)
        tensors |= halved
    with whole_file(path) as part:
        save_file(tensors, part)


def _half(value: Tensor) -> Tensor:
    half = value.half() if value.is_floating_point() else value
    # a value beyond 65504 would become infinite: such a tensor keeps its precision
    return half if half.isfinite().all() else value


def _require_size(network: Recogniser, tensors: dict[str, Tensor], path: Path) -> None:
    num_bytes = sum(value.numel() * value.element_size() for value in tensors.values())
    most = network.max_parameters
    if network.num_parameters > most or num_bytes > BYTES * most:
        raise ZooError(
            f"{path}: a network has {network.num_parameters} parameters in {num_bytes} bytes",
            f"at most {most} parameters in {BYTES * most} bytes are allowed: choose smaller hyperparameters",
        )


def load(path: Path, release: Release, num_outputs: int) -> tuple[Recogniser, ...]:
    """The networks of a release, ready to predict, on the processor.

    Raises ZooError when the file is damaged, does not fit the release, or has weights that are not numbers.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        tensors = load_file(path)
    except (SafetensorError, OSError) as error:
        raise ZooError(f"{path} is missing or not readable", "fetch or train it again") from error
    for name, value in tensors.items():
        if not value.isfinite().all():
            raise ZooError(f"{path}: {name} holds values that are not numbers", "fetch or train it again")
    expected = {str(number) for number in range(len(release.networks))}
    if {name.partition(".")[0] for name in tensors} != expected:
        raise ZooError(f"{path} does not hold {len(expected)} networks", "fetch or train it again")
    return tuple(
        _network(path, network, _of(tensors, number), release.input.num_dims, num_outputs)
        for number, network in enumerate(release.networks)
    )


def _of(tensors: dict[str, Tensor], number: int) -> dict[str, Tensor]:
    prefix = f"{number}."
    return {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}


def _network(path: Path, network: Network, tensors: dict[str, Tensor], num_dims: int, num_outputs: int) -> Recogniser:
    try:
        model = architectures.build(network.architecture, network.hyperparameters, num_dims, num_outputs)
        _require_size(model, tensors, path)
        wide = {
            name: value.to(torch.get_default_dtype()) if value.is_floating_point() else value
            for name, value in tensors.items()
        }
        model.load_state_dict(wide)
    except (RuntimeError, TypeError, ValueError) as error:
        raise ZooError(
            f"{path} does not hold the weights of {network.architecture} with these hyperparameters",
            "fetch or train it again",
        ) from error
    if model.num_parameters != network.num_parameters:
        raise ZooError(
            f"{path} has {model.num_parameters} parameters where {network.num_parameters} are stated",
            "fetch or train it again",
        )
    return model.eval()
