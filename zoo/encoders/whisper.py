"""Whisper's encoder (Radford et al. 2022, arXiv 2212.04356), at the length of the utterance.

The class of transformers insists on the 30 s that the decoder was trained with, most of them silence for an utterance
of 3 s. Here its layers run on the frames that exist; at 30 s the answer is that of the class.
"""

import copy
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from zoo.encoders.checkpoint import Checkpoint
from zoo.encoders.contract import Encoder, Family, Samples, Sizes
from zoo.encoders.weights import pretrained

HOP = 160  # samples between rows of the log-mel spectrogram
STRIDE = 2  # of its rows, by the second convolution
FRAMES_PER_S = 16_000 / HOP / STRIDE
_PREFIX = r"^(model\.)?encoder\."  # whether the whole model, or that without its language head was saved


def _load(checkpoint: Checkpoint) -> Encoder:
    from transformers import WhisperFeatureExtractor
    from transformers.models.whisper.modeling_whisper import WhisperEncoder

    # as the whole model, the model without its language head, or the encoder alone was saved
    module = pretrained(WhisperEncoder, checkpoint, {_PREFIX: ""}, attn_implementation="sdpa")
    config = module.config
    extractor = WhisperFeatureExtractor(feature_size=config.num_mel_bins)

    def prepare(utterances: Sequence[Samples]) -> tuple[Tensor, Tensor]:
        rows = [_log_mel(extractor, samples) for samples in utterances]
        lengths = torch.tensor([len(one) for one in rows])
        return nn.utils.rnn.pad_sequence([torch.from_numpy(one) for one in rows], batch_first=True), lengths

    return Encoder(
        module=module,
        num_states=config.encoder_layers + 1,
        dim=config.d_model,
        frames_per_s=FRAMES_PER_S,
        prepare=prepare,
        states=_states,
        together=True,
        shortest=1,
        tail=lambda first: copy.deepcopy(Tail(module, first)),
        targets={"attention": ("q_proj", "v_proj"), "feed_forward": ("fc1", "fc2")},
        scaled=("k_proj", "v_proj", "fc2"),
        scaled_inputs=("fc2",),
    )


def _log_mel(extractor: Any, samples: Samples) -> Samples:
    """Whisper's log-mel spectrogram of an utterance alone, (T, num_mel_bins), T even."""
    whole = -len(samples) % (HOP * STRIDE)
    filled = np.pad(samples, (0, max(whole, 400 - len(samples))))
    found = extractor(filled, sampling_rate=16_000, padding=False, return_tensors="np").input_features[0]
    return np.ascontiguousarray(found.T)


def _states(module: Any, inputs: Tensor, lengths: Tensor) -> tuple[list[Tensor], Tensor]:
    valid = torch.arange(inputs.shape[1], device=inputs.device) < lengths.to(inputs.device)[:, None]
    hidden = nn.functional.gelu(module.conv1(inputs.transpose(1, 2))) * valid[:, None]
    hidden = nn.functional.gelu(module.conv2(hidden)).transpose(1, 2)
    left = (lengths + STRIDE - 1) // STRIDE
    hidden = hidden + module.embed_positions.weight[: hidden.shape[1]]
    return [hidden, *Tail(module, 0)(hidden, left.to(inputs.device))], left


class Tail(nn.Module):
    """The layers after a hidden state; the last state is normalised."""

    def __init__(self, encoder: Any, first: int) -> None:
        super().__init__()
        self.layers, self.layer_norm = encoder.layers[first:], encoder.layer_norm

    def forward(self, hidden: Tensor, lengths: Tensor) -> list[Tensor]:
        """(B, T, dim), (B,) -> after each layer."""
        mask, found = _attention_mask(lengths, hidden), []
        for layer in self.layers:
            hidden = layer(hidden, mask)
            found.append(hidden)
        return [*found[:-1], self.layer_norm(found[-1])]


def _attention_mask(lengths: Tensor, hidden: Tensor) -> Tensor | None:
    """(B, 1, 1, T): what may be attended to; None where nothing is filled up."""
    steps = torch.arange(hidden.shape[1], device=hidden.device)
    if bool((lengths == hidden.shape[1]).all()):
        return None
    return (steps < lengths[:, None])[:, None, None, :]


def _own(name: str) -> str | None:
    if re.match(r"(model\.)?decoder\.|proj_out\.", name):
        return None
    return re.sub(_PREFIX, "", name)


def _sizes(config: Mapping[str, Any]) -> Sizes:
    return Sizes(config["encoder_layers"] + 1, config["d_model"], FRAMES_PER_S)


FAMILY = Family(("whisper",), _sizes, _own, _load)
