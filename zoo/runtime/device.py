"""Where and in which precision a training runs."""

import platform
from contextlib import AbstractContextManager
from functools import cache
from pathlib import Path

import torch

from zoo import architectures


def best_device() -> torch.device:
    """A CUDA GPU where there is one, else the processor."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def device_name(device: torch.device) -> str:
    """`cpu`, or the model of the GPU: models round differently."""
    return torch.cuda.get_device_name(device) if torch.cuda.is_available() else device.type


def machine_name(device: torch.device) -> str:
    """The model of the GPU, or of the processor: what seconds were taken on."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.processor() or platform.machine()


@cache
def processor_has_bfloat16() -> bool:
    """Whether the processor multiplies in bfloat16 (AVX-512 BF16 or AMX); elsewhere it is slower than float32."""
    return torch.cpu.is_available() and bool(
        torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
    )


def precision_of(architecture: str, wanted: str, device: torch.device) -> str:
    """The precision a training computes in: 'float32' or 'bfloat16'.

    auto: bfloat16 on GPUs that support it, and for convolutions on processors where it is faster.
    """
    if wanted != "auto":
        return wanted
    if device.type == "cuda":
        return "bfloat16" if torch.cuda.is_bf16_supported() else "float32"
    return "bfloat16" if architectures.get(architecture).bfloat16 and processor_has_bfloat16() else "float32"


def autocast(architecture: str, wanted: str, device: torch.device) -> AbstractContextManager[object]:
    """The context in which the forward pass runs."""
    enabled = precision_of(architecture, wanted, device) == "bfloat16"
    return torch.autocast(device.type, torch.bfloat16, enabled=enabled)
