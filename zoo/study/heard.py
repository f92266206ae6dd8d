"""What an entry of `inputs` means where it is silent: the steps before an input."""

from collections.abc import Mapping
from typing import Any

# Recording gain and the silence that editors left are cues inside a corpus and nonsense outside it.
DEFAULT_STEPS: Mapping[str, Mapping[str, Any]] = {"trim": {}, "level": {}}
# Steps after which an utterance is heard with all others of its speaker, so that a model of them cannot be released.
TRANSDUCTIVE = ("speaker_level",)


def steps_of(entry: Mapping[str, Any]) -> Any:
    """The steps that an entry of `inputs` states, unchecked; the default ones if it states none.

    `steps: {}` is as recorded.

    >>> steps_of({"deltas": False}), steps_of({"steps": {}})
    ({'trim': {}, 'level': {}}, {})
    """
    return entry["steps"] if "steps" in entry else {name: dict(options) for name, options in DEFAULT_STEPS.items()}
