"""Every speaker gets the same level of active speech: what is loud for somebody stays loud."""

from collections.abc import Sequence

import numpy as np

from zoo.inputs.steps.contract import Samples, Step
from zoo.inputs.steps.level import Options, active_power, scaled
from zoo.study.configured import Configurable


def levelled_together(utterances: Sequence[Samples], dbfs: float, below_peak_db: float) -> list[Samples]:
    """The utterances of one speaker, all times one factor, after which the mean of their levels is `dbfs`.

    The mean is of decibels, so that one shout does not decide. Digital silence does not count.
    """
    powers = [power for one in utterances if (power := active_power(one, below_peak_db)) > 0]
    if not powers:
        return list(utterances)
    mean = float(np.exp(np.log(powers).mean()))
    return [scaled(one, mean, dbfs) for one in utterances]


def _make(options: Options) -> Step:
    def together(utterances: Sequence[Samples]) -> list[Samples]:
        return levelled_together(utterances, options.dbfs, options.below_peak_db)

    facts = options.model_dump() | {"transductive": "speaker"}
    return Step(lambda samples: together([samples])[0], facts, exportable=False, together=together)


STEP = Configurable(Options, _make)
