"""Residual convolutions over time and frequency, then a bidirectional LSTM, as Sainath et al. 2015 (ICASSP) join them.

Doi 10.1109/ICASSP.2015.7178838.
"""

from zoo.architectures.convolutional_recurrence import architecture

ARCHITECTURE = architecture("cnn_lstm", "lstm")
