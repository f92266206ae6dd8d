"""An LSTM (Hochreiter & Schmidhuber 1997) from the past to the future, with attention pooling over time."""

from zoo.architectures.recurrent import architecture

ARCHITECTURE = architecture("lstm", "lstm", bidirectional=False)
