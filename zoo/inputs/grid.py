"""The grid to which an input's numbers are rounded, so that two processors hear the same.

The last digits of a computation depend on the order in which a processor adds, and so on its vector width and the
libraries for it. Numbers that are computed in float64 differ by less than 1e-9 of a grid step; rounded, they are equal
bits, unless one lies that close to the middle between two steps. docs/inputs.md has the measured shares.
"""

from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
from pydantic import Field

from zoo.study.section import Count, Section


class Grid(Section):
    """step: numbers are multiples of it; for those that have one unit, such as dB. bits: numbers have so many
    significant binary digits; for those of many units. Neither: numbers stay as they were computed."""

    step: Annotated[float, Field(ge=1e-9, le=1000)] | None = None
    bits: Annotated[Count, Field(le=24)] | None = None

    @property
    def facts(self) -> dict[str, float]:
        """What a card states of it: {} of no grid."""
        return {name: value for name, value in self.model_dump().items() if value is not None}


def rounded(values: npt.NDArray[np.floating[Any]], grid: Grid) -> npt.NDArray[np.float32]:
    """The nearest numbers of the grid, in float32; the same shape. What is not finite stays so.

    >>> rounded(np.array([0.3, -0.01]), Grid(step=0.25)), rounded(np.array([1000.3]), Grid(bits=8))
    (array([0.25, 0.  ], dtype=float32), array([1000.], dtype=float32))
    """
    found = values.astype(np.float64, copy=False)
    if grid.step is not None:
        found = np.rint(found / grid.step) * grid.step
    if grid.bits is not None:
        fraction, exponent = np.frexp(found)
        found = np.ldexp(np.rint(fraction * 2.0**grid.bits), exponent - grid.bits)
    return np.asarray(found + 0.0, dtype=np.float32)  # + 0.0: of -0.0, whose bits differ from those of 0.0
