"""The speed of the front-ends as multiples of real time on one thread, compared with librosa.

python benchmarks/features.py [--json]
"""

import json
import sys
import time
from collections.abc import Callable

import numpy as np

from zoo import inputs
from zoo.audio import RATE_HZ
from zoo.inputs.contract import Input, Spec

CLIP_S = 3.0
CLIPS = 50


def times_real_time(compute: Callable[[np.ndarray], object]) -> float:
    """Seconds of speech per second of computing, the best of three rounds of 50 clips of 3 s."""
    clip = np.random.default_rng(0).normal(0, 0.1, int(CLIP_S * RATE_HZ)).astype(np.float32)
    compute(clip)
    rounds = []
    for _ in range(3):
        start = time.perf_counter()
        for _ in range(CLIPS):
            compute(clip)
        rounds.append(time.perf_counter() - start)
    return CLIP_S * CLIPS / min(rounds)


def alone(heard: Input) -> Callable[[np.ndarray], object]:
    """The computation of one utterance."""
    return lambda samples: heard.compute([samples])


def librosa_log_mel(samples: np.ndarray) -> np.ndarray:
    """The same log-mel by librosa."""
    import librosa

    power = librosa.feature.melspectrogram(
        y=samples, sr=RATE_HZ, n_fft=512, win_length=400, hop_length=160, n_mels=64, pad_mode="constant"
    )
    return np.asarray(librosa.power_to_db(power, top_db=None))


def main() -> None:
    """Print a table, or JSON."""
    rows = {name: times_real_time(alone(inputs.build(Spec(name)))) for name in inputs.names() if name != "joined"}
    rows["librosa log-mel"] = times_real_time(librosa_log_mel)
    if "--json" in sys.argv[1:]:
        print(json.dumps({"times_real_time": rows}))
        return
    for name, value in rows.items():
        print(f"{name:20s} {value:8.0f} x real time")


if __name__ == "__main__":
    main()
