"""What each architecture is, its size, and its time to train: the table of docs/architectures.md.

python benchmarks/architectures.py [ROUNDS]

Defaults, 7 classes, 64 bands; where an architecture takes no bands, 46 coefficients (the input mfcc_chroma), one row of
88 functionals, one of the seven layers of Whisper base, both side by side, or 150 frames of four of these layers. Time:
an epoch of 160 crops of 3 s (300 frames of bands, 70 of coefficients) in batches of 16, forward, backward and
optimiser, in float32 on one thread; processor time, the least of ROUNDS (default 3), in which the architectures take
turns. On two quiet cores it takes under a minute.
"""

import inspect
import sys
import time

import torch
from torch import nn

from zoo import architectures
from zoo.architectures.recogniser import Recogniser
from zoo.runtime.device import machine_name
from zoo.training.optimiser import AdamW

REFERENCE = "cnn1d"
CLASSES, BATCH, BATCHES = 7, 16, 10
# rows, numbers
ROWS = {
    "bands": (300, 64),
    "coefficients": (70, 46),
    "functionals": (1, 88),
    "encoder_layers": (1, 7 * 2 * 512),
    "encoder_frames": (150, 4 * 512),
    "joined": (1, 7 * 2 * 512 + 88),
}
GIVEN = {
    "encoder_layers": {"num_layers": 7},
    "encoder_frames": {"num_layers": 4},
    "joined": {"num_layers": 7, "split": 7 * 2 * 512, "encoder": "first"},
}


def rows_of(name: str) -> tuple[int, int]:
    """The rows of an utterance, and the numbers in each."""
    return ROWS[kind_of(name)]


def kind_of(name: str) -> str:
    """The kind of input that it is measured with."""
    return next(kind for kind in ROWS if kind in architectures.get(name).kinds)


def network(name: str) -> Recogniser:
    """The network with its defaults."""
    kind = kind_of(name)
    given = architectures.get(name).given(GIVEN.get(kind, {}))
    return architectures.build(name, given, rows_of(name)[1], CLASSES)


def adapts(name: str) -> bool:
    """Whether its size and time are those of the encoder that it adapts."""
    return "encoder_states" in architectures.get(name).kinds


def described(name: str) -> str:
    """The start of its line in the table: name, what it is, kinds, parameters."""
    architecture = architectures.get(name)
    what, *_ = (inspect.getdoc(sys.modules[f"zoo.architectures.{name}"]) or "").split("\n")
    kinds = ", ".join(sorted(architecture.kinds))
    size = "by encoder" if adapts(name) else f"{network(name).num_parameters:,}"
    return f"| `{name}` | {what.rstrip('.')} | {kinds} | {size} |"


def seconds(name: str) -> float:
    """Processor seconds of an epoch."""
    torch.manual_seed(0)
    model = network(name).train()
    optimiser = AdamW(model.parameters(), lr=1e-3)
    inputs = torch.randn(BATCH, *rows_of(name))
    lengths, classes = torch.full((BATCH,), inputs.shape[1]), torch.arange(BATCH) % CLASSES
    total = 0.0
    for number in range(BATCHES + 1):
        start = time.process_time()
        nn.functional.cross_entropy(model(inputs, lengths), classes).backward()
        optimiser.step()
        optimiser.zero_grad()
        if number:  # the first step makes room
            total += time.process_time() - start
    return total


def main() -> None:
    """Print the table."""
    torch.set_num_threads(1)
    names = architectures.names()
    step_by_step = [name for name in names if architectures.get(name).solve is None and not adapts(name)]
    rounds = [{name: seconds(name) for name in step_by_step} for _ in range(int(sys.argv[1]) if sys.argv[1:] else 3)]
    least = {name: min(one[name] for one in rounds) for name in step_by_step}
    print("| name | what it is | kinds of input | parameters | time |\n| --- | --- | --- | --- | --- |")
    for name in names:
        otherwise = "by encoder" if adapts(name) else "at once"
        print(f"{described(name)} {f'{least[name] / least[REFERENCE]:.2f}' if name in least else otherwise} |")
    print(f"\n{REFERENCE}: {least[REFERENCE]:.2f} s of one core, {machine_name(torch.device('cpu'))}")


if __name__ == "__main__":
    main()
