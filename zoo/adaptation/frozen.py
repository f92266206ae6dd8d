"""Nothing is trained but what comes after the encoder."""

from zoo.adaptation.contract import Adaptation

ADAPTATION = Adaptation(apply=lambda tail, encoder, settings: None)
