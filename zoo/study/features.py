"""The section `features`."""

from typing import Annotated, Literal

from pydantic import Field

from zoo.study.section import Name, Section


class Features(Section):
    front_ends: Annotated[list[Name], Field(min_length=1)]
    dtype: Literal["float32", "float16"]
