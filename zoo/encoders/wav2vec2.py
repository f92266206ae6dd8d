"""wav2vec 2.0 (Baevski et al. 2020, arXiv 2006.11477), XLSR and MMS among them."""

from zoo.encoders import wave
from zoo.encoders.checkpoint import Checkpoint
from zoo.encoders.contract import Encoder, Family


def _load(checkpoint: Checkpoint) -> Encoder:
    from transformers import Wav2Vec2Model

    return wave.load(Wav2Vec2Model, checkpoint)


FAMILY = Family(("wav2vec2",), wave.sizes, wave.own, _load)
