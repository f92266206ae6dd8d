"""A GRU (Cho et al. 2014, arXiv 1406.1078) from the past to the future, with attention pooling over time."""

from zoo.architectures.recurrent import architecture

ARCHITECTURE = architecture("gru", "gru", bidirectional=False)
