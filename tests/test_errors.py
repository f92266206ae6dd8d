"""Errors keep message, hint and kind when they cross processes."""

import pickle

import pytest

from zoo.errors import REFUSED, ZooError


@pytest.mark.parametrize(
    "error", [ZooError("x.wav is silent", "copy it again", REFUSED, kind="silent"), ZooError("something else")]
)
def test_an_error_survives_pickling_between_processes(error: ZooError) -> None:
    back = pickle.loads(pickle.dumps(error))
    assert type(back) is ZooError
    assert vars(back) == vars(error)
    assert str(back) == error.message
