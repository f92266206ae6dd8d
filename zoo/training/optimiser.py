"""AdamW as torch has it, without importing torch's compiler.

The first optimiser of a process, and its first step, import torch._dynamo (829 modules, 2 to 6 s) only to tell a
compiler to pass them over. Nothing is compiled here. Another version of torch may import it as before.
"""

import inspect
from functools import cache

import torch


class AdamW(torch.optim.AdamW):
    """`torch.optim.AdamW` (Loshchilov & Hutter 2019, arXiv 1711.05101), the same to the bit."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        _pass_over()
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]

    # what the wrappers wrap; all that they add for us is no_grad
    step = torch.no_grad()(inspect.unwrap(torch.optim.AdamW.step))


@cache
def _pass_over() -> None:
    """Say of the methods that torch wraps for its compiler that they are passed over: then nothing is imported."""
    for method in vars(torch.optim.Optimizer).values():
        code, wrapped = getattr(method, "__code__", None), getattr(method, "__wrapped__", None)
        if code is not None and wrapped is not None and code.co_filename == torch._compile.__file__:
            wrapped.__dict__["__dynamo_disable"] = wrapped
