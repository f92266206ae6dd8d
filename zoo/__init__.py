"""zoo: a model zoo for speech emotion recognition."""

from zoo.version import __version__ as __version__
