"""Any other speech encoder of transformers that gives its hidden states, by its own feature extractor.

Utterances of one length only are in a batch: what filling up would change is not known of it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from zoo.encoders.checkpoint import Checkpoint
from zoo.encoders.contract import Encoder, Family, Samples, Sizes
from zoo.encoders.weights import pretrained
from zoo.errors import WRONG_USAGE, ZooError

HEARS = ("input_values", "input_features")
RATE_HZ = 16_000
SHORTEST = 1600
FRAMES_PER_S = 50.0  # customary; no config states it
LAYERS, DIMS = ("encoder_layers", "num_hidden_layers"), ("hidden_size", "d_model")


def _load(checkpoint: Checkpoint) -> Encoder:
    from transformers import AutoFeatureExtractor, AutoModel

    whole = pretrained(AutoModel, checkpoint)
    name = whole.main_input_name
    if name not in HEARS:
        raise ZooError(
            f"{checkpoint.name} is of the type {checkpoint.config['model_type']}, which hears no speech",
            "choose an encoder of speech",
            WRONG_USAGE,
        )
    module = whole.get_encoder() if whole.config.is_encoder_decoder else whole
    try:
        extractor = AutoFeatureExtractor.from_pretrained(checkpoint.folder, local_files_only=True)
    except (OSError, ValueError) as error:
        raise ZooError(
            f"{checkpoint.folder} does not say how its encoder hears samples (preprocessor_config.json)",
            "download the checkpoint again",
        ) from error

    def prepare(utterances: Sequence[Samples]) -> tuple[Tensor, Tensor]:
        sounds = [np.pad(samples, (0, max(0, SHORTEST - len(samples)))) for samples in utterances]
        rows = [extractor(one, sampling_rate=RATE_HZ, padding=False, return_tensors="pt")[name][0] for one in sounds]
        return torch.stack(rows), torch.full((len(rows),), rows[0].shape[-1])

    def states(module: nn.Module, inputs: Tensor, lengths: Tensor) -> tuple[list[Tensor], Tensor]:
        found = module(**{name: inputs}, output_hidden_states=True).hidden_states
        return list(found), torch.full((len(inputs),), found[-1].shape[1])

    with torch.inference_mode():
        found, frames = states(module, *prepare([np.zeros(4 * RATE_HZ, np.float32)]))
    return Encoder(
        module=module,
        num_states=len(found),
        dim=found[-1].shape[-1],
        frames_per_s=int(frames[0]) / 4,
        prepare=prepare,
        states=states,
        together=False,
        shortest=SHORTEST,
    )


def _sizes(config: Mapping[str, Any]) -> Sizes:
    found = [[config[key] for key in keys if key in config] for keys in (LAYERS, DIMS)]
    if not all(found):
        raise ZooError(
            f"an encoder of the type {config['model_type']} does not state its layers and their size in config.json",
            f"it would be {' or '.join(LAYERS)} and {' or '.join(DIMS)}",
            WRONG_USAGE,
        )
    return Sizes(found[0][0] + 1, found[1][0], FRAMES_PER_S)


FAMILY = Family((), _sizes, lambda name: name, _load)
