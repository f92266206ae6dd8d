"""A bidirectional LSTM (Schuster & Paliwal 1997, doi 10.1109/78.650093); attention pooling over time."""

from zoo.architectures.recurrent import architecture

ARCHITECTURE = architecture("bilstm", "lstm", bidirectional=True)
