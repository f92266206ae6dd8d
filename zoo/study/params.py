"""params.yaml and studies/*.yaml, read and validated; with errors that name what is wrong."""

from collections.abc import Hashable, Iterator, Sequence
from pathlib import Path
from typing import Any, get_args, get_origin

import yaml
from pydantic import ValidationError

from zoo.errors import WRONG_USAGE, ZooError, unknown
from zoo.study.study import Study

PARAMS = Path("params.yaml")
PRESETS = Path("studies")
BASELINES = ("chance", "majority", "mean")  # they stand among the models in every table
RESERVED = ("scratch", "synthetic")  # folders of derived/ that belong to no study
_NAMES = "names consist of lower-case letters, digits and _; a scheme with a choice looks like core4+calm_as_neutral"


class _Loader(yaml.SafeLoader):
    """YAML in which no key is stated twice: the second would silently replace the first."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """Raises yaml.YAMLError, which names the key and its line."""
        found: set[str] = set()
        for key, _ in node.value:
            if str(key.value) in found:
                raise yaml.constructor.ConstructorError(None, None, f"'{key.value}' is there twice", key.start_mark)
            found.add(str(key.value))
        return super().construct_mapping(node, deep)


def load(path: Path = PARAMS) -> Study:
    """Read and validate a study file.

    Raises ZooError naming the key, its value and what is allowed.
    """
    try:
        values = yaml.load(Path(path).read_text(encoding="utf-8"), _Loader)
    except FileNotFoundError as error:
        raise ZooError(f"{path} is missing", "run this in the project's top folder") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ZooError(f"{path} is not valid YAML: {' '.join(str(error).split())}") from error
    if not isinstance(values, dict):
        raise ZooError(f"{path} holds no parameters", "copy one from studies/", WRONG_USAGE)
    try:
        study = Study.model_validate(values)
    except ValidationError as error:
        raise _explain(Path(path), error) from error
    if study.study in RESERVED:
        raise ZooError(f"{path}: study = {study.study!r} is reserved: derived/{study.study} is in use", "", WRONG_USAGE)
    for key in ("labels", "folds"):
        table = getattr(study, key)
        if missing := [corpus for corpus in study.corpora if corpus not in table]:
            raise ZooError(
                f"{path}: {key} has no entry for {', '.join(missing)}", f"add a line under {key}", WRONG_USAGE
            )
    for key in ("label_sources", "exploration"):
        for corpus in getattr(study, key):
            if corpus not in study.corpora:
                near = unknown("corpus", corpus, study.corpora)
                raise ZooError(f"{path}: {key} names {corpus}, which is not in corpora", near.hint, WRONG_USAGE)
    if taken := sorted(set(study.models) & set(BASELINES)):
        raise ZooError(f"{path}: models: {taken[0]} is the name of a baseline", "choose another name", WRONG_USAGE)
    for name, model in study.models.items():
        for key, wanted, known in (("input", model.input, study.inputs), ("task", model.task, study.tasks)):
            if wanted not in known:
                found = unknown(key, wanted, known)
                raise ZooError(f"{path}: models.{name}: {key}s has no '{wanted}'", found.hint, WRONG_USAGE)
    lists: dict[str, Sequence[str | int]] = {
        "corpora": study.corpora,
        "synthetic": study.synthetic,
        "train.seeds": study.train.seeds,
    }
    for key, names in lists.items():
        if twice := sorted({str(name) for name in names if names.count(name) > 1}):
            raise ZooError(f"{path}: {key} lists {', '.join(twice)} twice", "name each once", WRONG_USAGE)
    return study


def load_preset(name: str) -> Study:
    """Read and validate studies/NAME.yaml, which must have `study: NAME`, since that determines where its results go.

    Raises ZooError if it is not valid.
    """
    path = PRESETS / f"{name}.yaml"
    study = load(path)
    if study.study != name:
        raise ZooError(
            f"{path} has study: {study.study}, so its results would replace those of {study.study}",
            f"set `study: {name}` in {path}",
            WRONG_USAGE,
        )
    return study


def _explain(path: Path, error: ValidationError) -> ZooError:
    # a misspelt key is reported as missing too; its wrong name is more helpful
    first = min(error.errors(), key=lambda found: found["type"] != "extra_forbidden")
    where = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        *parents, key = [str(part) for part in first["loc"]]
        found = unknown("parameter", key, _keys_of(parents))
        return ZooError(f"{path}: unknown parameter '{where}'", found.hint, WRONG_USAGE)
    if first["type"] == "missing":
        return ZooError(f"{path}: '{where}' is missing", "there are no defaults: copy it from studies/", WRONG_USAGE)
    named = first["type"] == "string_pattern_mismatch"
    return ZooError(f"{path}: {where} = {first['input']!r}", _NAMES if named else first["msg"], WRONG_USAGE)


def _keys_of(parents: list[str]) -> Iterator[str]:
    section: Any = Study
    for parent in parents:
        if get_origin(section) is dict:  # entries under names of the study's own, such as models
            section = get_args(section)[1]
            continue
        field = section.model_fields.get(parent) if hasattr(section, "model_fields") else None
        section = field.annotation if field is not None else None
    return iter(getattr(section, "model_fields", {}))
