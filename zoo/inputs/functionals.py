"""Functionals of openSMILE: one row of statistics of an utterance's acoustic parameters.

By the library opensmile, in the extra `functionals`. openSMILE is audEERING's: free for private use, research and
education; whatever is sold needs a licence of theirs (https://github.com/audeering/opensmile, LICENSE). The facts
state it, so that cards show it.
"""

from functools import cache
from typing import Any

import numpy as np

from zoo.audio import RATE_HZ
from zoo.errors import ZooError
from zoo.inputs.contract import Computed, Input, Samples, each
from zoo.inputs.grid import Grid
from zoo.study.section import Section

LICENCE = "openSMILE by audEERING: free for private use, research and education, not for commercial use"
SHORTEST = 960  # samples, 60 ms: openSMILE has no answer to less
GRID = Grid(bits=12)


class Options(Section):
    pass


def functionals(name: str, feature_set: str, num_dims: int) -> Input:
    """The input of a feature set of openSMILE. name: of the input, for messages. Rows (1, num_dims), in the units of
    openSMILE.

    openSMILE hears 16 bits: what exceeds full scale is clipped, after rounding. Utterances below 60 ms are filled up
    with digital silence. A value that is not finite (openSMILE found nothing to measure) is 0, as openSMILE itself
    writes for the pitch of an utterance without voice.
    Its computation raises ZooError if opensmile is not installed.
    """

    def compute(samples: Samples) -> Computed:
        stored = np.clip(np.rint(samples * 32768.0), -32768, 32767) / np.float32(32768)
        filled = np.pad(stored.astype(np.float32), (0, max(0, SHORTEST - len(stored))))
        found = _smile(name, feature_set).process_signal(filled, RATE_HZ).to_numpy(np.float64)
        return np.where(np.isfinite(found), found, 0.0)

    return Input(
        kind="functionals",
        num_dims=num_dims,
        frames_per_s=None,
        facts={"feature_set": feature_set, "shortest": SHORTEST, "licence": LICENCE},
        compute=each(compute),
        grid=GRID,
        exportable=False,
    )


@cache
def _smile(name: str, feature_set: str) -> Any:
    try:
        import opensmile
    except ImportError as error:
        raise ZooError(f"the input {name} needs opensmile", "pip install 'ser-zoo[functionals]'") from error
    return opensmile.Smile(opensmile.FeatureSet[feature_set], opensmile.FeatureLevel.Functionals)
