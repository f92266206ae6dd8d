"""The section `evaluate`."""

from typing import Annotated

from pydantic import Field

from zoo.study.section import Section


class Evaluate(Section):
    """gain: whether models are also tested on recordings under another gain."""

    gain: bool
    confidence: Annotated[float, Field(gt=0.5, lt=1)]
