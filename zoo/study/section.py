"""What the sections of params.yaml share."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

NAME = r"^[a-z][a-z0-9_]*$"
Name = Annotated[str, Field(pattern=NAME)]
# a label scheme, with choices where practice disagrees: core4+calm_as_neutral
Scheme = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*(\+[a-z][a-z0-9_]*)*$")]
Count = Annotated[int, Field(ge=1)]
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
