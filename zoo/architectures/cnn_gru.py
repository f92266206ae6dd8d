"""As cnn, then a bidirectional GRU (Cakir et al. 2017, arXiv 1702.06286); attention pooling."""

from zoo.architectures.convolutional_recurrence import architecture

ARCHITECTURE = architecture("cnn_gru", "gru")
