"""WavLM (Chen et al. 2021, arXiv 2110.13900)."""

from zoo.encoders import wave
from zoo.encoders.checkpoint import Checkpoint
from zoo.encoders.contract import Encoder, Family


def _load(checkpoint: Checkpoint) -> Encoder:
    from transformers import WavLMModel

    return wave.load(WavLMModel, checkpoint)


FAMILY = Family(("wavlm",), wave.sizes, wave.own, _load)
