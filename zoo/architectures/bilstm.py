"""A bidirectional LSTM (Hochreiter & Schmidhuber 1997; Schuster & Paliwal 1997) with attention pooling over time."""

from zoo.architectures.recurrent import architecture

ARCHITECTURE = architecture("bilstm", "lstm", bidirectional=True)
