"""AdamW of torch, without importing torch's compiler.

The first optimiser of a process, and its first step, import torch._dynamo (829 modules, 2 to 6 s) only to mark
functions that the compiler must skip. Nothing is compiled here. Another version of torch may still import it.
"""

import inspect
from functools import cache
from typing import Any

import torch
from torch import nn


class AdamW(torch.optim.AdamW):
    """`torch.optim.AdamW` (Loshchilov & Hutter 2019, arXiv 1711.05101), bit for bit the same."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        _mark_skipped()
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]

    # the method without its wrappers, which here only add no_grad
    step = torch.no_grad()(inspect.unwrap(torch.optim.AdamW.step))


def groups_of(model: nn.Module) -> list[dict[str, Any]]:
    """What is trained, in a group for each `share` of the learning rate at which it learns."""
    network: Any = model.network
    slower = dict(network.slower()) if hasattr(network, "slower") else {}
    groups: dict[float, list[nn.Parameter]] = {}
    for parameter in model.parameters():
        if parameter.requires_grad:
            groups.setdefault(slower.get(parameter, 1.0), []).append(parameter)
    return [{"params": parameters, "share": share} for share, parameters in groups.items()]


@cache
def _mark_skipped() -> None:
    """Mark the methods that torch wraps for its compiler as skipped, so that calling them imports nothing."""
    for method in vars(torch.optim.Optimizer).values():
        code, wrapped = getattr(method, "__code__", None), getattr(method, "__wrapped__", None)
        if code is not None and wrapped is not None and code.co_filename == torch._compile.__file__:
            wrapped.__dict__["__dynamo_disable"] = wrapped
