"""Encoders that hear samples: wav2vec 2.0 and those of its form."""

import copy
import re
from collections.abc import Mapping, Sequence
from math import prod
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from zoo.encoders.checkpoint import Checkpoint
from zoo.encoders.contract import Encoder, Samples, Sizes
from zoo.encoders.weights import pretrained

RATE_HZ = 16_000
TARGETS = {"attention": ("q_proj", "v_proj"), "feed_forward": ("intermediate_dense", "output_dense")}


def load(kind: Any, checkpoint: Checkpoint, tail: type["Tail"] | None = None) -> Encoder:
    """An encoder of the class `kind` of transformers. tail: how its layers run, if not as those of wav2vec 2.0.

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
        mask = mask_of(lengths.to(inputs.device), inputs.shape[1]) if together else None
        found = module(inputs, attention_mask=mask, output_hidden_states=True)
        left = lengths
        for kernel, step in zip(config.conv_kernel, config.conv_stride, strict=True):
            left = (left - kernel) // step + 1
        # whether the last hidden state is normalised depends on the version of transformers
        return [*found.hidden_states[:-1], found.last_hidden_state], left

    return Encoder(
        module=module,
        num_states=config.num_hidden_layers + 1,
        dim=config.hidden_size,
        frames_per_s=RATE_HZ / stride,
        prepare=prepare,
        states=states,
        together=together,
        shortest=field,
        tail=lambda first: copy.deepcopy((tail or Tail)(module, first)),
        targets=TARGETS,
        scaled=("k_proj", "v_proj", "output_dense"),
        scaled_inputs=("output_dense",),
    )


class Tail(nn.Module):
    """The layers after a hidden state; the last state is normalised where each layer normalises what it hears."""

    def __init__(self, module: Any, first: int) -> None:
        super().__init__()
        self.config, self.layers = module.config, module.encoder.layers[first:]
        self.layer_norm = module.encoder.layer_norm if module.config.do_stable_layer_norm else nn.Identity()

    def forward(self, hidden: Tensor, lengths: Tensor) -> list[Tensor]:
        """(B, T, dim), (B,) -> after each layer."""
        from transformers.masking_utils import create_bidirectional_mask

        mask = create_bidirectional_mask(
            config=self.config, inputs_embeds=hidden, attention_mask=mask_of(lengths, hidden.shape[1])
        )
        found = []
        for layer in self.layers:
            hidden = layer(hidden, attention_mask=mask)
            found.append(hidden)
        return [*found[:-1], self.layer_norm(found[-1])]


def mask_of(lengths: Tensor, num_frames: int) -> Tensor | None:
    """(B, T): 1 for frames of the utterance, 0 for what is filled up; None where nothing is."""
    if bool((lengths == num_frames).all()):
        return None
    return (torch.arange(num_frames, device=lengths.device) < lengths[:, None]).long()


def sizes(config: Mapping[str, Any]) -> Sizes:
    """Of any of them."""
    return Sizes(config["num_hidden_layers"] + 1, config["hidden_size"], RATE_HZ / prod(config["conv_stride"]))


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
