"""HuBERT (Hsu et al. 2021, arXiv 2106.07447)."""

from zoo.encoders import wave
from zoo.encoders.checkpoint import Checkpoint
from zoo.encoders.contract import Encoder, Family


def _load(checkpoint: Checkpoint) -> Encoder:
    from transformers import HubertModel

    return wave.load(HubertModel, checkpoint)


FAMILY = Family(("hubert",), wave.sizes, wave.own, _load)
