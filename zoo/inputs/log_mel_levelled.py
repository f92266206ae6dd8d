"""Log-mel energies relative to the utterance's own level: its mean mel power is 0 dB.

The loudness of a recording depends more on the microphone's distance and gain than on the emotion. The level is
computed from the utterance alone, so that no other test utterance is used. Everything else is as in log_mel.
"""

import numpy as np

from zoo.inputs import log_mel
from zoo.inputs.contract import Frames, FrontEnd, Samples


def compute(samples: Samples) -> Frames:
    """Log-mel energies in dB over the utterance's mean power: (1 + num_samples // HOP_LENGTH, N_MELS) float32."""
    power = log_mel.mel_power(samples)
    level = max(float(power.sum(axis=1).mean()), log_mel.FLOOR)
    decibels = 10 * np.log10(np.maximum(power, log_mel.FLOOR) / level)
    return np.asarray(decibels, dtype=np.float32)


FRONT_END = FrontEnd(
    name="log_mel_levelled",
    num_dims=log_mel.N_MELS,
    frames_per_s=log_mel.FRONT_END.frames_per_s,
    parameters={**log_mel.FRONT_END.parameters, "level": "the utterance's mean mel power is 0 dB"},
    compute=compute,
)
