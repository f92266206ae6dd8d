"""eGeMAPSv02: 88 functionals chosen for voice research (Eyben et al. 2016, doi 10.1109/TAFFC.2015.2457417).

Needs the extra `functionals`, whose licence excludes commercial use: see `zoo.inputs.functionals`.
"""

from zoo.inputs.contract import Input
from zoo.inputs.functionals import Options, functionals
from zoo.study.configured import Configurable


def _make(options: Options) -> Input:
    return functionals("egemaps", "eGeMAPSv02", 88)


INPUT = Configurable(Options, _make)
