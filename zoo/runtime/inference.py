"""Inputs in, outputs out: the one implementation of inference, during training and after release."""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from zoo.inputs.contract import Frames
from zoo.inputs.store import Store

BATCH = 64  # largest number of utterances in a batch
BATCH_FRAMES = 64_000  # largest number of frames in a batch, padding included: 10 minutes at 100 frames a second


def padded(arrays: Sequence[Frames]) -> tuple[Tensor, Tensor]:
    """Frames of several utterances zero-padded at the end: (B, T, D) float32, lengths (B,) int64."""
    lengths = torch.tensor([len(frames) for frames in arrays])
    inputs = torch.zeros(len(arrays), int(lengths.max()), arrays[0].shape[1])
    for row, frames in enumerate(arrays):
        inputs[row, : len(frames)] = torch.tensor(frames)
    return inputs, lengths


def batches(lengths: Sequence[int]) -> list[list[int]]:
    """Row numbers batched by length, so that there is little padding: at most BATCH rows and BATCH_FRAMES frames each.

    >>> batches([30, 10, 20])
    [[1, 2, 0]]
    """
    found: list[list[int]] = []
    for row in sorted(range(len(lengths)), key=lambda number: (lengths[number], number)):
        # rows are in order of length, so this one is the longest of its batch
        if found and len(found[-1]) < BATCH and (len(found[-1]) + 1) * lengths[row] <= BATCH_FRAMES:
            found[-1].append(row)
        else:
            found.append([row])
    return found


@torch.no_grad()
def outputs(network: nn.Module, lengths: Sequence[int], frames: Callable[[int], Frames]) -> npt.NDArray[np.float32]:
    """Outputs for whole utterances: (N, O) float32, on the device that holds the network.

    network: (B, T, D), (B,) -> (B, O). lengths: frames of each utterance; frames(row): (T, D) of one of them, read
    batch by batch, so that memory does not grow with N.
    """
    network.eval()
    device = next(network.parameters()).device
    predicted = np.zeros((0, 0), np.float32)
    for rows in batches(lengths):
        inputs, sizes = padded([frames(row) for row in rows])
        output = network(inputs.to(device), sizes.to(device)).float().cpu().numpy()
        if not predicted.size:
            predicted = np.zeros((len(lengths), output.shape[1]), np.float32)
        predicted[rows] = output
    return predicted


def outputs_of(
    network: nn.Module, store: Store, utterance_ids: Sequence[str], copy: int = 0
) -> npt.NDArray[np.float32]:
    """Outputs for utterances whose input is in a store, or for a copy of each: (N, O) float32."""
    lengths = [store.num_frames(name, copy) for name in utterance_ids]
    return outputs(network, lengths, lambda row: store.frames(utterance_ids[row], copy=copy))
