"""The first weights of a network: those of another model, of a release or trained before, instead of random ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError
from torch import Tensor

from zoo import tasks
from zoo.architectures.recogniser import Recogniser
from zoo.errors import ZooError
from zoo.files import write_text
from zoo.hashes import sha256_of
from zoo.runtime import release as releases
from zoo.runtime.release import Release, StartOf, first_problem
from zoo.runtime.weights import load
from zoo.tasks.contract import Reading

FACTS, RELEASE, WEIGHTS = "start.json", "release.json", "weights.safetensors"
HEAD = "head."


@dataclass(frozen=True)
class Weights:
    """tensors: the state of a network, the mean and std of its input among them. readings: of its outputs."""

    tensors: dict[str, Tensor]
    readings: Sequence[Reading]


@dataclass(frozen=True)
class Released:
    """A release that a network starts from, and the folder with a copy of its weights."""

    folder: Path
    release: Release
    facts: StartOf

    def weights(self) -> Weights:
        """Read them. Raises ZooError if they are not the ones that were brought."""
        path = self.folder / WEIGHTS
        if not path.is_file() or sha256_of(path) != self.facts.weights_sha256:
            raise ZooError(f"{path} is missing or damaged", "run `dvc repro` to bring it again")
        task = tasks.build(self.release.task.entry, self.release.task.name, self.release.classes)
        [network] = load(path, self.release, task.num_outputs)
        return Weights(network.state_dict(), task.readings)


def write(folder: Path, facts: StartOf, release: Release) -> None:
    """Write what is known of a release beside its weights, for `read`."""
    write_text(folder / FACTS, facts.model_dump_json(indent=1) + "\n")
    releases.write(release, folder / RELEASE)


def read(folder: Path) -> Released:
    """The release in a folder. Raises ZooError if there is none, or if it is damaged."""
    path = folder / FACTS
    try:
        facts = StartOf.model_validate_json(path.read_bytes())
    except OSError as error:
        raise ZooError(f"{path} is missing or not readable", "run `dvc repro` to bring it again") from error
    except ValidationError as error:
        raise ZooError(f"{path}: {first_problem(error)}", "run `dvc repro` to bring it again") from error
    return Released(folder.resolve(), releases.read(folder / RELEASE), facts)


def begin(model: Recogniser, weights: Weights, readings: Sequence[Reading]) -> None:
    """Give a new network the weights of another one; its head stays new where the other's has other outputs.

    readings: of the new network's outputs. Raises ZooError if the networks are not alike.
    """
    same = list(readings) == list(weights.readings)
    taken = {name: value for name, value in weights.tensors.items() if same or not name.startswith(HEAD)}
    try:
        found = model.load_state_dict(taken, strict=False)
    except RuntimeError as error:
        raise _unlike(str(error).splitlines()[-1].strip()) from error
    lacking = [name for name in found.missing_keys if same or not name.startswith(HEAD)]
    if lacking or found.unexpected_keys:
        raise _unlike(", ".join([*lacking, *found.unexpected_keys][:3]))


def _unlike(what: str) -> ZooError:
    return ZooError(
        f"the weights to start from are not those of such a network: {what}",
        "start from a model of the same architecture, hyperparameters and input",
    )
