"""What an entry of `inputs` means: its types of input, and where it is silent, the steps before it and the changes that
make copies."""

from collections.abc import Mapping
from typing import Any

# Recording gain and the silence that editors left are cues inside a corpus and nonsense outside it.
DEFAULT_STEPS: Mapping[str, Mapping[str, Any]] = {"trim": {}, "level": {}}
# What changes the augmented copies of an entry that states their number alone.
DEFAULT_CHANGES = ("speed", "pitch", "silence", "reverberation", "noise")
# Steps after which an utterance is heard with all others of its speaker, so that a model of them cannot be released.
TRANSDUCTIVE = ("speaker_level",)


def steps_of(entry: Mapping[str, Any]) -> Any:
    """The steps that an entry of `inputs` states, unchecked; the default ones if it states none.

    `steps: {}` is as recorded.

    >>> steps_of({"deltas": False}), steps_of({"steps": {}})
    ({'trim': {}, 'level': {}}, {})
    """
    return entry["steps"] if "steps" in entry else {name: dict(options) for name, options in DEFAULT_STEPS.items()}


def changes_of(entry: Mapping[str, Any]) -> list[str]:
    """The names of the changes that make the augmented copies of an entry of `inputs`; none without copies.

    >>> changes_of({"copies": {"number": 4, "changes": {"codec": {}}}}), changes_of({})
    (['codec'], [])
    """
    copies = entry.get("copies", 0)
    if isinstance(copies, Mapping):
        stated = copies.get("changes")
        return list(stated) if isinstance(stated, Mapping) else list(DEFAULT_CHANGES)
    return list(DEFAULT_CHANGES) if copies else []


def input_types(entry: Mapping[str, Any], name: str) -> list[str]:
    """The types of input that an entry of `inputs` consists of: several for a joined one.

    >>> input_types({"parts": {"egemaps": {}, "base": {"input_type": "encoder_layers"}}}, "joined")
    ['joined', 'egemaps', 'encoder_layers']
    """
    own, parts = str(entry.get("input_type", name)), entry.get("parts")
    if not isinstance(parts, Mapping):
        return [own]
    types = [str(part.get("input_type", key)) for key, part in parts.items() if isinstance(part, Mapping)]
    return [own, *types]
