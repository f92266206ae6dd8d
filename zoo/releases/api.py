"""The Python interface: `zoo.load` and `zoo.list`."""

import warnings

from zoo.errors import WRONG_USAGE, ZooError
from zoo.releases import SYNTHETIC
from zoo.releases.load import Model
from zoo.releases.load import load as load_folder
from zoo.releases.pull import everything, pull


def load(name: str) -> Model:
    """The newest release of a model, or of `model@corpus:version` that version, fetched and verified.

    Models of recorded speech come before synthetic ones. Raises ZooError for an unknown name (with near ones), and for
    a release that is damaged or does not answer as it did when it was published.

    >>> import numpy as np
    >>> import zoo
    >>> model = zoo.load("cnn@emodb")
    >>> model.card.name
    'cnn@emodb'
    >>> clock = np.arange(44_100) / 44_100
    >>> answer = model(0.1 * np.sin(2 * np.pi * 220 * clock), sampling_rate=44_100)  # a tone, not speech
    >>> answer.label in model.card.classes
    True
    >>> round(sum(answer.probabilities.values()), 6)
    1.0
    >>> model.embed(0.1 * np.sin(2 * np.pi * 220 * clock), sampling_rate=44_100).shape
    (1, 512)
    """
    pulled = pull(name)
    for note in pulled.notes:
        warnings.warn(note, stacklevel=2)
    model = load_folder(pulled.folder)
    if model.card.origin == "synthetic":
        warnings.warn(f"{model.card.full_name} is {SYNTHETIC}", stacklevel=2)
    return model


def list_(pattern: str = "*") -> list[str]:
    """The names of the available models whose name matches the pattern, each with its version, the newest first.

    Those of all known catalogues and this clone's candidates.

    >>> import zoo
    >>> "cnn@ravdess:2.0.1" in zoo.list("cnn*@ravdess")
    True
    """
    if not isinstance(pattern, str):
        raise ZooError(
            f"{pattern!r} is no pattern of names", "names are like cnn@emodb, patterns like 'cnn*@*'", WRONG_USAGE
        )
    found, notes = everything(pattern if "@" in pattern else f"{pattern}*")
    for note in notes:
        warnings.warn(note, stacklevel=2)
    return [item.full_name for item in found]
