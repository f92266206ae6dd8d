"""Whether the networks of a study can be built and are small enough, without the memory that too large ones need."""

import math
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from functools import partial
from typing import Any

from zoo import architectures
from zoo.errors import WRONG_USAGE, ZooError
from zoo.files import named
from zoo.study.model import Model

NUM_FRAMES = 100
FEW_LAYERS, MAX_LAYERS, MAX_WIDTH = 10, 500, 10_000_000
Sizes = Callable[[], tuple[int, int, dict[str, Any]]]


def network_checks(model: Model, where: str, sizes: Sizes) -> Iterator[tuple[str, Callable[[], object]]]:
    """A check for each fixed hyperparameter alone, so that each mistake is named, then for the ends of the search.

    sizes: gives the numbers of dimensions of the input and of outputs of the task, and the hyperparameters that the
    input gives. The checks raise ZooError for a network that cannot be built, does not compute, or is larger than a
    release may be.
    """
    for name, value in model.fixed.items():
        yield f"{where}.fixed", partial(_require, model.architecture, {name: value}, f"{where}.fixed", sizes)
    yield where, partial(_require_ends, model, where, sizes)


def _require_ends(model: Model, where: str, sizes: Sizes) -> None:
    space = architectures.get(model.architecture).search_space
    if any(_problem(model.architecture, {name: value}, sizes)[0] for name, value in model.fixed.items()):
        return  # named by its own check
    for end in (min, max):
        values = {name: end(values) for name, values in space.items()} | model.fixed
        _require(model.architecture, values, where, sizes, model.average)


def _require(architecture: str, values: Mapping[str, Any], where: str, sizes: Sizes, number: int = 1) -> None:
    problem, hint = _problem(architecture, values, sizes, number)
    if problem:
        shown = ", ".join(f"{name} = {value!r}" for name, value in values.items())
        raise ZooError(
            f"{where}: {architecture} with {shown}: {problem}", hint or _search_hint(architecture), WRONG_USAGE
        )


def _search_hint(architecture: str) -> str:
    space = architectures.get(architecture).search_space
    return f"the search tries {'; '.join(f'{name}: {list(values)}' for name, values in space.items())}"


def _limit(architecture: str, name: str, defaults: Any) -> int:
    """What a number can be at most. Of widths, parameters are counted; a billion layers would fill the memory first."""
    tried = architectures.get(architecture).search_space.get(name, ())
    usual = max(int(value) for value in (getattr(defaults, name), *tried))
    return MAX_LAYERS if usual <= FEW_LAYERS else MAX_WIDTH


def _problem(architecture: str, values: Mapping[str, Any], sizes: Sizes, number: int = 1) -> tuple[str, str]:
    """What is wrong with a network, empty if nothing, and what to do about it, empty if what the search tries is all
    there is to say. Raises ZooError for a hyperparameter that there is not.

    number: how many such networks answer together; the limit of size is for all of them.
    """
    import torch

    defaults = architectures.get(architecture).settings({})
    architectures.get(architecture).settings(values)
    num_dims, num_outputs, given = sizes()
    if taken := sorted({*values} & {*given}):
        return f"{taken[0]} is given by the input, so it cannot be fixed", f"remove {taken[0]}"
    for name, value in values.items():
        if isinstance(value, float) and not math.isfinite(value):
            return f"{name} is not a number", ""
        if type(getattr(defaults, name)) is int and value < 1:
            return f"{name} counts something, so it is 1 or more", ""
        if type(getattr(defaults, name)) is int and value > (limit := _limit(architecture, name, defaults)):
            return f"{name} is at most {limit:,}", ""
    if "encoder_states" in architectures.get(architecture).kinds and not given:
        return "", ""  # its input has a mistake of its own
    values = given | dict(values)
    # an encoder that is adapted is loaded, and its layers copied
    where = nullcontext() if "checkpoint" in given else torch.device("meta")
    try:
        with warnings.catch_warnings(), where:
            warnings.simplefilter("ignore")  # of layers without size, which are a problem of their own
            network = architectures.build(architecture, values, num_dims, num_outputs)
            if any(not parameter.numel() for parameter in network.parameters()):
                return "a layer has no size", ""
            if (total := number * network.num_parameters) > network.max_parameters:
                together = f" in {number} networks" if number > 1 else ""
                return f"{total:,} parameters{together}, of at most {network.max_parameters:,}", ""
        with torch.no_grad():  # it is small; without weights it would compute a hundred times as slowly
            network = architectures.build(architecture, values, num_dims, num_outputs)
            network.eval()(torch.zeros(2, NUM_FRAMES, num_dims), torch.full((2,), NUM_FRAMES))
    except ZooError as error:
        return error.message, error.hint
    except Exception as error:  # whatever an architecture raises for values that it cannot have
        lines = str(error).splitlines() or [type(error).__name__]
        return named(lines[0].strip()), ""
    return "", ""
