"""The examples in the docstrings of the contract and of recalibration give what they say."""

import doctest

from zoo.evaluation import calibration
from zoo.metrics import contract


def test_examples():
    assert doctest.testmod(contract).failed == doctest.testmod(calibration).failed == 0
