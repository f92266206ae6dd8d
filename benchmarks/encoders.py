"""What an encoder costs: seconds per second of speech, and of a training step, against plain transformers.

ZOO_ENCODERS=… python benchmarks/encoders.py [CHECKPOINT] [ROUNDS]

Extraction: 12 utterances of 1 to 5 s, all layers, by zoo in float32 and in int8, and by the class of transformers,
which for Whisper hears 30 s whatever the length; then how near int8 is, on synthetic speech. A step: 8 utterances of
4 s, forward, backward and optimiser, for each way of adaptation, over the layers after a stored state (zoo) and with
the whole encoder in every step, as plain peft does it. On one thread, in float32 where nothing else is said; each
figure is the least of ROUNDS (default 3), in which all take turns. Memory: the most of the process.
"""

import resource
import sys
import time
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn

from zoo import adaptation, architectures, encoders
from zoo.architectures.recogniser import Recogniser
from zoo.encoders.contract import Encoder
from zoo.encoders.hidden_states import hidden_states
from zoo.errors import WRONG_USAGE, ZooError
from zoo.runtime.device import machine_name
from zoo.runtime.golden import TAKES
from zoo.synthetic.speech import speak
from zoo.training.optimiser import AdamW, groups_of

RATE_HZ, CLASSES, BATCH, STEP_S, TRAINED = 16_000, 7, 8, 4.0, 3


def sounds(seconds: list[float]) -> list[np.ndarray]:
    """Noise of these lengths."""
    random = np.random.default_rng(0)
    return [(0.1 * random.standard_normal(round(one * RATE_HZ))).astype(np.float32) for one in seconds]


def plain_states(encoder: Encoder, family: str, name: str) -> Callable[[np.ndarray], object]:
    """All hidden states of an utterance as the documentation of transformers computes them."""
    module = encoder.module
    if family != "whisper":
        return lambda sound: module(torch.from_numpy(sound)[None], output_hidden_states=True).hidden_states
    from transformers import WhisperFeatureExtractor

    extractor = WhisperFeatureExtractor(feature_size=module.config.num_mel_bins)

    def states(sound: np.ndarray) -> object:
        features = extractor(sound, sampling_rate=RATE_HZ, return_tensors="pt").input_features
        return module(features, output_hidden_states=True).hidden_states

    return states


def cosines(encoder: Encoder, other: Encoder) -> list[float]:
    """Of each hidden state of one encoder with that of another, the mean over the frames of synthetic speech."""
    heard = [speak(*take).astype(np.float32) for take in TAKES]
    one, two = (np.concatenate([found for _, found in hidden_states(by, heard)], axis=1) for by in (encoder, other))
    lengths = np.linalg.norm(one, axis=2) * np.linalg.norm(two, axis=2)
    return list(((one * two).sum(axis=2) / lengths).mean(axis=1))


def timed(run: Callable[[], object]) -> float:
    """Seconds of a run."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


class Whole(nn.Module):
    """The encoder from its first hidden state on, the layers before the trained ones frozen, in every step."""

    def __init__(self, encoder: Encoder, adapted: nn.Module, first: int) -> None:
        super().__init__()
        assert encoder.tail is not None
        self.head, self.adapted, self.first = encoder.tail(0), adapted, first
        self.head.layers = self.head.layers[:first]
        self.head.layer_norm = nn.Identity()
        for parameter in self.head.parameters():
            parameter.requires_grad = False

    def forward(self, inputs: Tensor, lengths: Tensor) -> Tensor:
        """(B, T, dim) of the first state, (B,) -> outputs."""
        outputs: Tensor = self.adapted(self.head(inputs, lengths)[-1], lengths)
        return outputs


def step_of(model: nn.Module, recogniser: Recogniser, inputs: Tensor, lengths: Tensor) -> Callable[[], object]:
    """A step of training."""
    optimiser, classes = AdamW(groups_of(recogniser), lr=1e-3), torch.arange(BATCH) % CLASSES

    def step() -> None:
        optimiser.zero_grad()
        nn.functional.cross_entropy(model(inputs, lengths), classes).backward()
        optimiser.step()

    model.train()
    step()
    return step


def main() -> None:
    """Print the tables."""
    torch.set_num_threads(1)
    name = sys.argv[1] if sys.argv[1:] else "openai/whisper-base"
    rounds = int(sys.argv[2]) if sys.argv[2:] else 3
    checkpoint = encoders.find(name)
    encoder, family = encoders.loaded(checkpoint), encoders.family_of(checkpoint)
    in_int8 = encoders.loaded(checkpoint, int8=True)
    print(f"{name}, {family}, {encoder.num_states - 1} layers, on one core of {machine_name(torch.device('cpu'))}\n")

    heard = sounds([1 + number / 2.75 for number in range(12)])
    plain = plain_states(encoder, family, name)

    def by_transformers() -> None:
        with torch.inference_mode():
            for sound in heard:
                plain(sound)

    runs: dict[str, Callable[[], object]] = {
        "zoo": lambda: list(hidden_states(encoder, heard)),
        "zoo, int8": lambda: list(hidden_states(in_int8, heard)),
        "transformers": by_transformers,
    }
    least = _least(runs, rounds)
    total = sum(len(sound) for sound in heard) / RATE_HZ
    print("| all layers | seconds a second of speech |\n| --- | --- |")
    for who, seconds in least.items():
        print(f"| {who} | {seconds / total:.4f} |")
    print(f"\nint8 is {least['zoo'] / least['zoo, int8']:.2f} times as fast; cosine with float32, state by state:")
    print(", ".join(f"{one:.3f}" for one in cosines(encoder, in_int8)))

    if encoder.tail is None:
        return
    first = encoder.num_states - 1 - TRAINED if encoder.num_states > TRAINED + 1 else 1
    states = dict(hidden_states(encoder, sounds([STEP_S] * BATCH)))
    rows = {at: torch.stack([torch.from_numpy(states[number][at]) for number in range(BATCH)]) for at in (0, first)}
    lengths = torch.full((BATCH,), rows[0].shape[1])
    steps: dict[str, Callable[[], object]] = {}
    for way in adaptation.names():
        given = {"adaptation": way, "checkpoint": name, "layer": first}
        stored = architectures.build("adapted", given, encoder.dim, CLASSES)
        steps[f"{way}, stored"] = step_of(stored, stored, rows[first], lengths)
        other = architectures.build("adapted", given, encoder.dim, CLASSES)
        steps[f"{way}, in every step"] = step_of(Whole(encoder, other, first), other, rows[0], lengths)
    least = _least(steps, rounds)
    print(f"\n| the last {encoder.num_states - 1 - first} layers | stored | in every step |\n| --- | --- | --- |")
    for way in adaptation.names():
        print(f"| {way} | {least[f'{way}, stored']:.2f} s | {least[f'{way}, in every step']:.2f} s |")
    print(f"\nmost memory of the process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


def _least(runs: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    each = [{name: timed(run) for name, run in runs.items()} for _ in range(rounds)]
    return {name: min(one[name] for one in each) for name in runs}


if __name__ == "__main__":
    if len(sys.argv) > 3 or sys.argv[1:2] in (["-h"], ["--help"]) or not all(one.isdecimal() for one in sys.argv[2:]):
        print("usage: python benchmarks/encoders.py [CHECKPOINT] [ROUNDS]", file=sys.stderr)
        sys.exit(WRONG_USAGE)
    try:
        main()
    except ZooError as error:
        print(f"error: {error.message}; {error.hint}", file=sys.stderr)
        sys.exit(WRONG_USAGE)
