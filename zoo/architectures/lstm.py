"""An LSTM (Hochreiter & Schmidhuber 1997, doi 10.1162/neco.1997.9.8.1735); attention pooling over time."""

from zoo.architectures.recurrent import architecture

ARCHITECTURE = architecture("lstm", "lstm", bidirectional=False)
