"""Another gain of the microphone; after the step `level`, nothing of it is left."""

from typing import Annotated

import numpy as np
from pydantic import Field

from zoo.inputs.changes.contract import Change, Floats, Random
from zoo.study.configured import Configurable
from zoo.study.section import Section


class Options(Section):
    """db: by which it is louder or quieter at most."""

    db: Annotated[float, Field(gt=0, le=60)] = 12.0


def changed(samples: Floats, random: Random, db: float) -> Floats:
    """Louder or quieter by up to `db`, not clipped. Same shape."""
    return np.asarray(samples * 10 ** (random.uniform(-db, db) / 20))


def _make(options: Options) -> Change:
    return Change(6, lambda samples, random: changed(samples, random, options.db))


CHANGE = Configurable(Options, _make)
