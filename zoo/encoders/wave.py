"""Encoders that hear samples: wav2vec 2.0 and those of its form."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from zoo.encoders.checkpoint import Checkpoint
from zoo.encoders.contract import Encoder, Samples
from zoo.encoders.weights import pretrained

RATE_HZ = 16_000


def load(kind: Any, checkpoint: Checkpoint) -> Encoder:
    """An encoder of the class `kind` of transformers.

    Where the first convolution normalises over time (`feat_extract_norm: group`), filling up would change everything,
    so utterances of one length only are in a batch; the others take a mask.
    """
    module = pretrained(kind, checkpoint, apply_spec_augment=False, layerdrop=0.0)
    config = module.config
    normalised = checkpoint.preprocessor.get("do_normalize", config.feat_extract_norm == "layer")
    together = config.feat_extract_norm == "layer"
    field, stride = _receptive_field(config.conv_kernel, config.conv_stride)

    def prepare(utterances: Sequence[Samples]) -> tuple[Tensor, Tensor]:
        # what is shorter than the receptive field is filled up to it
        sounds = [np.pad(samples, (0, max(0, field - len(samples)))) for samples in utterances]
        if normalised:
            sounds = [_standardised(samples) for samples in sounds]
        lengths = torch.tensor([len(samples) for samples in sounds])
        return nn.utils.rnn.pad_sequence([torch.from_numpy(one) for one in sounds], batch_first=True), lengths

    def states(module: nn.Module, inputs: Tensor, lengths: Tensor) -> tuple[list[Tensor], Tensor]:
        mask = None
        if together and not bool((lengths == inputs.shape[1]).all()):
            mask = (torch.arange(inputs.shape[1], device=inputs.device) < lengths.to(inputs.device)[:, None]).long()
        found = module(inputs, attention_mask=mask, output_hidden_states=True).hidden_states
        left = lengths
        for kernel, step in zip(config.conv_kernel, config.conv_stride, strict=True):
            left = (left - kernel) // step + 1
        return list(found), left

    return Encoder(
        module=module,
        num_states=config.num_hidden_layers + 1,
        dim=config.hidden_size,
        frames_per_s=RATE_HZ / stride,
        prepare=prepare,
        states=states,
        together=together,
        shortest=field,
    )


def sizes(config: Mapping[str, Any]) -> tuple[int, int]:
    """num_states and dim."""
    return config["num_hidden_layers"] + 1, config["hidden_size"]


def own(name: str) -> str | None:
    """Without the name of the model and what is used in pretraining or is a head; older files name the parts of a
    normalised weight otherwise."""
    plain = re.sub(r"^(wav2vec2|hubert|wavlm)\.", "", name)
    if not plain.startswith(("feature_extractor.", "feature_projection.", "encoder.")):
        return None
    for old, new in (
        ("weight_g", "parametrizations.weight.original0"),
        ("weight_v", "parametrizations.weight.original1"),
    ):
        plain = re.sub(rf"\.{old}$", f".{new}", plain)
    return plain


def _standardised(samples: Samples) -> Samples:
    """As Wav2Vec2FeatureExtractor does."""
    return np.asarray((samples - samples.mean()) / np.sqrt(samples.var() + 1e-7), dtype=np.float32)


def _receptive_field(kernels: Sequence[int], strides: Sequence[int]) -> tuple[int, int]:
    """Samples that a frame hears, and samples between frames.

    >>> _receptive_field([10, 3, 3, 3, 3, 2, 2], [5, 2, 2, 2, 2, 2, 2])
    (400, 320)
    """
    field, step = 1, 1
    for kernel, stride in zip(kernels, strides, strict=True):
        field, step = field + (kernel - 1) * step, step * stride
    return field, step
