"""As cnn, then a bidirectional LSTM (Sainath et al. 2015, doi 10.1109/ICASSP.2015.7178838); attention pooling."""

from zoo.architectures.convolutional_recurrence import architecture

ARCHITECTURE = architecture("cnn_lstm", "lstm")
