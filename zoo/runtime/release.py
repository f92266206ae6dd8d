"""What a training leaves behind and what the weights need to be used: the facts of a release.

The stage `train` writes it as release.json; cards carry it whole.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    ValidationError,
    model_serializer,
    model_validator,
)

from zoo.errors import ZooError
from zoo.files import write_text
from zoo.inputs.contract import Spec
from zoo.study.section import Count, Name, Scheme

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Finite = Annotated[float, Field(allow_inf_nan=False)]


class Part(BaseModel):
    """A part of a file: unknown keys and numbers that are not finite are errors, values cannot be changed."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class Network(Part):
    """A network and how it was trained.

    config_id: of the search. fold_epochs: the best epochs of the folds, of which `epochs` is the median.
    augmentation: the share of the full strengths that the study states. learning_rate, weight_decay and augmentation
    are None where the head was fitted at once.
    """

    architecture: Name
    hyperparameters: dict[str, Any]
    num_parameters: Count
    config_id: int | str
    seed: int
    epochs: Count
    fold_epochs: list[Count]
    learning_rate: Finite | None
    weight_decay: Finite | None
    augmentation: Finite | None


class TaskOf(Part):
    """What the networks answer, as the study declared it: the entry's name, the type of task and its options."""

    name: Name
    task_type: Name
    options: dict[str, Any]

    @property
    def entry(self) -> dict[str, Any]:
        """As in the study's `tasks`."""
        return {"task_type": self.task_type, **self.options}


class Base(Part):
    """The encoder that the networks build on, which a release does not hold: its name on the model hub and the revision
    there, None for a folder, the hash of its weights, the bytes of their files where it was trained, and the licence
    that it states, None if it does not."""

    name: str
    revision: str | None
    sha256: Sha256
    num_bytes: Count
    licence: str | None = None

    @property
    def size(self) -> str:
        """In words: others' files of the same weights may have another precision, or a decoder too."""
        return f"{self.num_bytes / 1e6:.0f} MB of weights where it was trained, perhaps more on the hub"


class Copies(Part):
    """Augmented copies of each utterance, with the changes that made them, where a study states these."""

    number: Annotated[int, Field(ge=0)]
    changes: list[tuple[str, dict[str, Any]]]


class InputOf(Part):
    """What the model hears: the type of input with its options, the steps before it, and the facts they amount to.

    copies: augmented ones of each utterance that it was trained on; a number alone: by the default changes.
    """

    input_type: Name
    options: dict[str, Any]
    steps: list[tuple[str, dict[str, Any]]]
    dtype: str
    num_dims: Count
    facts: dict[str, Any]
    copies: Annotated[int, Field(ge=0)] | Copies = 0

    @classmethod
    def stated(cls, spec: Spec, num_dims: int, facts: Mapping[str, Any], base: Base | None = None) -> "InputOf":
        """What a study declared, and what it amounts to. base: its encoder, which must be the same when it is used."""
        return cls(
            input_type=spec.input_type,
            options=spec.options if base is None else spec.options | {"sha256": base.sha256},
            steps=spec.steps,
            dtype=spec.dtype,
            num_dims=num_dims,
            facts=dict(facts),
            copies=spec.copies if spec.changes is None else Copies(number=spec.copies, changes=spec.changes),
        )

    @property
    def int8(self) -> bool:
        """Whether the encoder that computes it, or a part of it, does so in int8."""
        return any(part.get("linear_layers") == "int8" for part in (self.facts, *self.facts.get("parts", ())))

    @property
    def spec(self) -> Spec:
        """As the study declared it; the grid is the one that the facts state, and none in releases before grids."""
        copies, grid = self.copies, self.facts.get("grid", {})
        number, changes = (copies, None) if isinstance(copies, int) else (copies.number, copies.changes)
        return Spec(self.input_type, self.options, self.steps, self.dtype, grid, number, changes)


class TeacherOf(Part):
    """Of a distilled model: the model whose answers it learned beside the labels, fitted to the same speakers.

    hyperparameters: those that are not its architecture's defaults. share: of its answers in what was learned.
    """

    model: Name
    architecture: Name
    hyperparameters: dict[str, Any]
    input: InputOf
    base: Base | None
    share: Finite


class StartOf(Part):
    """The model whose weights were the first ones of a network, and all that these had learned from.

    name: model@corpus. version, identity, weights_sha256: of a release and its file of weights; None for a model of the
    same study, which was trained first, for `epochs`. corpora, speakers (CORPUS/SPEAKER), sha256_samples: what it was
    trained on, and what it started from itself. bases: the encoders that their teachers heard.
    """

    name: str
    version: str | None
    identity: Sha256 | None
    weights_sha256: Sha256 | None
    epochs: Count | None
    corpora: list[Name]
    speakers: list[str]
    sha256_samples: list[str]
    bases: list[Base]

    @classmethod
    def stated(
        cls,
        name: str,
        members: Iterable[str],
        speakers: Iterable[str],
        sha256_samples: Iterable[str],
        taught_by: Base | None,
        earlier: "StartOf | None",
        **more: Any,
    ) -> "StartOf":
        """What a model named so was trained on, together with what it started from itself (earlier).

        members: its corpora, several of a pool, whose speakers have the corpus in their names. taught_by: the encoder
        of its teacher. more: version, identity, weights_sha256 and epochs, where there are any.
        """
        corpora, before = list(members), [] if earlier is None else [earlier]
        prefix = f"{corpora[0]}/" if len(corpora) == 1 else ""
        return cls(
            name=name,
            **dict.fromkeys(("version", "identity", "weights_sha256", "epochs")) | more,
            corpora=sorted({*corpora, *(one for start in before for one in start.corpora)}),
            speakers=sorted({prefix + one for one in speakers} | {one for start in before for one in start.speakers}),
            sha256_samples=sorted({*sha256_samples, *(one for start in before for one in start.sha256_samples)}),
            bases=[*([] if taught_by is None else [taught_by]), *(one for start in before for one in start.bases)],
        )


_FEATURES = "features "  # before each of several corpora among the sources


class Tuned(Part):
    """The search. mean_dev_score: of the chosen configuration over the groups of folds, as `dev_measure` counts."""

    groups: Count
    num_trials: Count
    dev_measure: str
    mean_dev_score: Finite


class Release(Part):
    """A trained model.

    networks: of several the model answers with the mean of their answers: of the probabilities of classes, or of
    values; every answer costs as much as all networks together. The limit of parameters holds for all of them together.
    classes: of the scheme, in alphabetical order. precision: in which the networks were trained; weights_precision: in
    which they are stored. teacher: of a distilled model. start: of one whose first weights were another model's; not
    written where there is none. train: the study's section of that name. sources: sha256 of the files it was made from.
    """

    model: Name
    corpus: Name
    networks: Annotated[list[Network], Field(min_length=1)]
    task: TaskOf
    classes: list[str]
    input: InputOf
    base: Base | None
    teacher: TeacherOf | None = None
    start: StartOf | None = None
    scheme: Scheme
    protocol: Name
    seeds: Annotated[list[int], Field(min_length=1)]
    precision: str
    weights_precision: str
    train: dict[str, Any]
    tuned: Tuned
    sources: dict[str, Sha256]

    @model_serializer(mode="wrap")
    def _without_an_empty_start(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """So that a model without one has the same bytes and identity as before there were any."""
        values: dict[str, Any] = write(self)
        return {name: value for name, value in values.items() if name != "start" or value is not None}

    @model_validator(mode="after")
    def _classes_are_distinct(self) -> "Release":
        if twice := sorted({name for name in self.classes if self.classes.count(name) > 1}):
            raise ValueError(f"the class {twice[0]} is stated twice")
        if self.classes != sorted(self.classes):
            raise ValueError("classes are not in alphabetical order, which is that of the outputs")
        return self

    @property
    def name(self) -> str:
        """model@corpus."""
        return f"{self.model}@{self.corpus}"

    @property
    def members(self) -> list[str]:
        """The corpora that it was trained on: its own, or those that were trained on together."""
        marked = [name.removeprefix(_FEATURES) for name in self.sources if name.startswith(_FEATURES)]
        return sorted(marked) or [self.corpus]

    @property
    def num_parameters(self) -> int:
        """Of all networks together."""
        return sum(network.num_parameters for network in self.networks)


def write(release: Release, path: Path) -> None:
    """Write release.json; equal releases are equal bytes."""
    write_text(path, release.model_dump_json(indent=1) + "\n")


def read(path: Path) -> Release:
    """Read release.json. Raises ZooError naming what is missing or not valid."""
    try:
        return Release.model_validate_json(path.read_bytes())
    except OSError as error:
        raise ZooError(f"{path} is missing or not readable", "run `dvc repro` to train again") from error
    except ValidationError as error:
        raise ZooError(f"{path}: {first_problem(error)}", "run `dvc repro` to train again") from error


def first_problem(error: ValidationError) -> str:
    """The first problem of a validation, on one line."""
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"]) or "the file"
    return f"{where}: {first['msg']}"
