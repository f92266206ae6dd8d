"""A bidirectional GRU (Cho et al. 2014, arXiv 1406.1078); attention pooling over time."""

from zoo.architectures.recurrent import architecture

ARCHITECTURE = architecture("bigru", "gru", bidirectional=True)
