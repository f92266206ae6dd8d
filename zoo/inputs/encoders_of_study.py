"""Which encoders the inputs of a study build on, beside its plan: another one makes stale whatever uses it."""

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from zoo import encoders, inputs
from zoo.encoders.checkpoint import locate
from zoo.errors import ZooError
from zoo.files import write_text
from zoo.inputs import of_encoder
from zoo.inputs.store import read_encoder
from zoo.study.study import Study


def bring(study: Study, folder: Path) -> None:
    """Write folder/INPUT.json for every input with an encoder, from the hub if there is no other way to know it.

    Where the encoder is not on this machine, it is that of the features that there are, so that they stay what they
    are. Without either there is no file: the stage that computes the input says what is wrong.
    """
    for name, entry in study.inputs.items():
        for options in _options(entry, name):
            if (found := _identity(options) or _stored(study, name) or _identity(options, bring=True)) is not None:
                write_text(folder / f"{name}.json", json.dumps(found, indent=1, sort_keys=True) + "\n")


def _options(entry: Mapping[str, Any], name: str) -> Iterator[Mapping[str, Any]]:
    """The entry itself if an encoder computes it, or its part that one does."""
    parts = entry.get("parts")
    for key, one in [(name, entry), *(parts.items() if isinstance(parts, Mapping) else ())]:
        kind = str(one.get("input_type", key)) if isinstance(one, Mapping) else ""
        if inputs.REGISTRY.has(kind) and issubclass(inputs.get(kind).options, of_encoder.Options):
            yield one


def _identity(options: Mapping[str, Any], bring: bool = False) -> dict[str, Any] | None:
    """As `zoo.inputs.contract.encoder_of`; None if there is no such encoder. bring: see `checkpoint.locate`."""
    name = options.get("checkpoint", of_encoder.Options.model_fields["checkpoint"].default)
    with suppress(ZooError):
        found = locate(str(name), options.get("revision"), bring)
        return {"weights": encoders.sha256_of(found), "configuration": found.configuration}
    return None


def _stored(study: Study, name: str) -> dict[str, Any] | None:
    """The encoder of the features that there are."""
    for corpus in study.corpora:
        with suppress(OSError, ValueError):
            if (found := read_encoder(study.derived / "features" / corpus / name)) is not None:
                return found
    return None
