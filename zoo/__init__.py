"""zoo: a model zoo for speech emotion recognition."""
