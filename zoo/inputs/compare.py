"""ComParE 2016: 6373 functionals of 65 low-level descriptors (Schuller et al. 2016, doi 10.21437/Interspeech.2016-129).

Needs the extra `functionals`, whose licence excludes commercial use: see `zoo.inputs.functionals`.
"""

from zoo.inputs.contract import Input
from zoo.inputs.functionals import Options, functionals
from zoo.study.configured import Configurable


def _make(options: Options) -> Input:
    return functionals("compare", "ComParE_2016", 6373)


INPUT = Configurable(Options, _make)
