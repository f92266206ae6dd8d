"""params.yaml as typed, validated values. There are no defaults here: params.yaml is complete."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from zoo.errors import WRONG_USAGE, ZooError, unknown

PARAMS = Path("params.yaml")
PRESETS = Path("studies")
_NAMES = "names have small letters, digits and _; a scheme with a choice is like core4+calm_as_neutral"

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
# a label scheme, with choices where practice disagrees: core4+calm_as_neutral
Scheme = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*(\+[a-z][a-z0-9_]*)*$")]
Count = Annotated[int, Field(ge=1)]
Fraction = Annotated[float, Field(ge=0, lt=1)]


class Section(BaseModel):
    """A part of params.yaml: unknown keys are errors, values cannot be changed."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Features(Section):
    front_ends: Annotated[list[Name], Field(min_length=1)]
    dtype: Literal["float32", "float16"]


class Tune(Section):
    num_trials: Count
    groups: Annotated[int, Field(ge=2)]
    seed: int
    max_epochs: Count
    patience: Count
    cpus_per_trial: Annotated[float, Field(gt=0)]
    gpus_per_trial: Annotated[float, Field(ge=0)]
    address: str


class Augmentation(Section):
    time_mask_s: Annotated[float, Field(ge=0)]
    frequency_mask_share: Fraction
    stretch: Annotated[float, Field(ge=0, lt=0.5)]
    warp: Annotated[float, Field(ge=0, lt=0.5)]
    gain_db: Annotated[float, Field(ge=0)]

    def times(self, strength: float) -> "Augmentation":
        """Every amount times `strength`, in [0, 1]: 0 changes nothing, 1 is what params.yaml says."""
        return Augmentation(**{name: strength * amount for name, amount in self})


class Train(Section):
    seeds: Annotated[list[int], Field(min_length=1)]
    max_epochs: Count
    patience: Count
    refit: bool
    batch_size: Annotated[int, Field(ge=2)]  # batch normalisation has no deviation of one utterance
    crop_s: Annotated[float, Field(gt=0)]
    class_weights: bool
    gradient_clip: Annotated[float, Field(gt=0)]
    precision: Literal["auto", "float32", "bfloat16"]
    workers: Count
    augmentation: Augmentation


class Evaluate(Section):
    confidence: Annotated[float, Field(gt=0.5, lt=1)]


class Study(Section):
    study: Name
    data: str
    synthetic: list[Name]
    corpora: Annotated[list[Name], Field(min_length=1)]
    labels: dict[Name, Scheme]
    label_sources: dict[Name, Literal["acted", "crowd_audio", "crowd_multimodal"]]
    folds: dict[Name, Name]
    cross_scheme: Scheme
    features: Features
    architectures: Annotated[list[Name], Field(min_length=1)]
    tune: Tune
    train: Train
    evaluate: Evaluate

    @property
    def derived(self) -> Path:
        """The folder of everything that this study's stages make."""
        return Path("derived") / self.study

    @property
    def reports(self) -> Path:
        """The folder of this study's scores, figures and page."""
        return Path("reports") / self.study


def load(path: Path = PARAMS) -> Study:
    """Read and validate a study file.

    Raises ZooError naming the key, its value and what would do.
    """
    try:
        values = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ZooError(f"{path} is not here", "run this in the project's top folder") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ZooError(f"{path} is not valid YAML: {' '.join(str(error).split())}") from error
    if not isinstance(values, dict):
        raise ZooError(f"{path} holds no parameters", "copy a study from studies/", WRONG_USAGE)
    try:
        study = Study.model_validate(values)
    except ValidationError as error:
        raise _explain(Path(path), error) from error
    for key in ("labels", "folds"):
        table = getattr(study, key)
        if missing := [corpus for corpus in study.corpora if corpus not in table]:
            raise ZooError(
                f"{path}: {key} says nothing of {', '.join(missing)}", f"add a line under {key}", WRONG_USAGE
            )
    for corpus in study.label_sources:
        if corpus not in study.corpora:
            near = unknown("corpus", corpus, study.corpora)
            raise ZooError(f"{path}: label_sources names {corpus}, which is not in corpora", near.hint, WRONG_USAGE)
    lists: dict[str, Sequence[str | int]] = {
        "corpora": study.corpora,
        "architectures": study.architectures,
        "synthetic": study.synthetic,
        "features.front_ends": study.features.front_ends,
        "train.seeds": study.train.seeds,
    }
    for key, names in lists.items():
        if twice := sorted({str(name) for name in names if names.count(name) > 1}):
            raise ZooError(f"{path}: {key} lists {', '.join(twice)} twice", "name each once", WRONG_USAGE)
    return study


def load_preset(name: str) -> Study:
    """Read and validate studies/NAME.yaml, which must say `study: NAME`: that decides where its results go.

    Raises ZooError for what is wrong with it.
    """
    path = PRESETS / f"{name}.yaml"
    study = load(path)
    if study.study != name:
        raise ZooError(
            f"{path} says study: {study.study}, so its results would replace those of {study.study}",
            f"say `study: {name}` in {path}",
            WRONG_USAGE,
        )
    return study


def _explain(path: Path, error: ValidationError) -> ZooError:
    # a misspelt key is missing too; its wrong name says more
    first = min(error.errors(), key=lambda found: found["type"] != "extra_forbidden")
    where = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        *parents, key = [str(part) for part in first["loc"]]
        found = unknown("parameter", key, _keys_of(parents))
        return ZooError(f"{path}: unknown parameter '{where}'", found.hint, WRONG_USAGE)
    if first["type"] == "missing":
        return ZooError(
            f"{path}: '{where}' is missing", "every parameter is stated: copy it from studies/", WRONG_USAGE
        )
    named = first["type"] == "string_pattern_mismatch"
    return ZooError(f"{path}: {where} = {first['input']!r}", _NAMES if named else first["msg"], WRONG_USAGE)


def _keys_of(parents: list[str]) -> Iterator[str]:
    section: Any = Study
    for parent in parents:
        field = section.model_fields.get(parent) if hasattr(section, "model_fields") else None
        section = field.annotation if field is not None else None
    return iter(getattr(section, "model_fields", {}))
