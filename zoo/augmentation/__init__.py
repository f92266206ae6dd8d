"""Augmentation: random changes to the frames of training utterances."""
