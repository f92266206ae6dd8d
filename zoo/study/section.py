"""What the sections of params.yaml share."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

NAME = r"^[a-z][a-z0-9_]*$"
MAX_NAME = 100  # characters: files and folders have it too, some of them two of them
# no file can have these names on Windows, whatever its suffix
_DEVICES = r"con|prn|aux|nul|com[0-9]|lpt[0-9]"


def _no_device(name: str) -> str:
    if re.fullmatch(_DEVICES, name):
        raise ValueError(f"{name} is a device on Windows, where no file can have this name; choose another one")
    return name


Name = Annotated[str, Field(pattern=NAME, max_length=MAX_NAME), AfterValidator(_no_device)]
# a label scheme, with choices where practice disagrees: core4+calm_as_neutral
SCHEME = r"^[a-z][a-z0-9_]*(\+[a-z][a-z0-9_]*)*$"
Scheme = Annotated[str, Field(pattern=SCHEME, max_length=MAX_NAME)]
Count = Annotated[int, Field(ge=1)]
# of trials, epochs and jobs: a hundred times what any published search has had, and still a list that fits in memory
Number = Annotated[int, Field(ge=1, le=10_000)]
# what numpy, torch and scikit-learn all take
Seed = Annotated[int, Field(ge=0, le=2**32 - 1)]
# a text that stands in tables and on pages
Text = Annotated[str, Field(min_length=1, max_length=2000)]
# a path or an address: no control characters
Address = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]+$", max_length=1000)]
Fraction = Annotated[float, Field(ge=0, lt=1)]
Executor = Literal["inline", "processes", "ray"]
# the kind of an input's data; see zoo/inputs/contract.py
Kind = Literal[
    "bands",
    "coefficients",
    "waveform",
    "functionals",
    "embedding",
    "encoder_layers",
    "encoder_frames",
    "encoder_states",
    "joined",
]


class Section(BaseModel):
    """A part of params.yaml: unknown keys are errors, values cannot be changed."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
