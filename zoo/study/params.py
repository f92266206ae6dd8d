"""params.yaml and studies/*.yaml, read and validated; with errors that name what is wrong."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, get_args, get_origin

from pydantic import ValidationError

from zoo.errors import WRONG_USAGE, ZooError, unknown
from zoo.files import named
from zoo.study import yaml_file
from zoo.study.cross import EACH, LEAVE_ONE_CORPUS_OUT, SOURCE_ONLY, Cell, Cross, method_type
from zoo.study.section import MAX_NAME, NAME, SCHEME
from zoo.study.study import POOLS, Study

PARAMS = Path("params.yaml")
PRESETS = Path("studies")
BASELINES = ("chance", "majority", "mean")  # they stand among the models in every table
RESERVED = ("scratch", "synthetic")  # folders of derived/ that belong to no study
_POWER = re.compile(r"[-+]?[0-9.]+e[-+]?[0-9]+", re.IGNORECASE)
_NAMES = (
    f"names consist of lower-case letters, digits and _, at most {MAX_NAME}; "
    "a scheme with a choice looks like core4+calm_as_neutral"
)


def load(path: Path = PARAMS) -> Study:
    """Read and validate a study file.

    Raises ZooError naming the key, its value and what is allowed; of several mistakes, the first.
    """
    study, mistakes = parse(yaml_file.read(path), path)
    if study is None or mistakes:
        raise mistakes[0]
    return study


def load_all(path: Path = PARAMS) -> tuple[Study | None, list[ZooError]]:
    """The study of a file and all mistakes, as `parse`. Raises ZooError if there is no file."""
    return parse(yaml_file.read(path), path)


def parse(text: str, path: Path) -> tuple[Study | None, list[ZooError]]:
    """The study of a file's text, None if its values are not of their types, and all mistakes. path: for messages."""
    try:
        study = Study.model_validate(yaml_file.parse(text, path))
    except ZooError as error:
        return None, [error]
    except ValidationError as error:
        return None, _explained(path, error)
    return study, list(_mistakes(study, path))


def _mistakes(study: Study, path: Path) -> Iterator[ZooError]:
    """What does not fit within the file."""
    if study.study in RESERVED:
        yield ZooError(f"{path}: study = {study.study!r} is reserved: derived/{study.study} is in use", "", WRONG_USAGE)
    for key in ("labels", "folds"):
        table = getattr(study, key)
        if missing := [corpus for corpus in study.corpora if corpus not in table]:
            yield ZooError(
                f"{path}: {key} has no entry for {', '.join(missing)}", f"add a line under {key}", WRONG_USAGE
            )
    for key in ("label_sources", "exploration"):
        for corpus in getattr(study, key):
            if corpus not in study.corpora:
                near = unknown("corpus", corpus, study.corpora)
                yield ZooError(f"{path}: {key} names {corpus}, which is not in corpora", near.hint, WRONG_USAGE)
    for taken in sorted(set(study.models) & set(BASELINES)):
        yield ZooError(f"{path}: models: {taken} is the name of a baseline", "choose another name", WRONG_USAGE)
    for name, model in study.models.items():
        for key, wanted, known in (("input", model.input, study.inputs), ("task", model.task, study.tasks)):
            if wanted not in known:
                found = unknown(key, wanted, known)
                yield ZooError(f"{path}: models.{name}: {key}s has no '{wanted}'", found.hint, WRONG_USAGE)
    yield from _of_pools(study, path)
    yield from _of_cells(study, path)
    yield from _of_selection(study, path)
    lists: dict[str, Sequence[str | int]] = {
        "corpora": study.corpora,
        "synthetic": study.synthetic,
        "train.seeds": study.train.seeds,
        **{f"pools.{name}": members for name, members in study.pools.items()},
    }
    for key, names in lists.items():
        if twice := sorted({str(name) for name in names if names.count(name) > 1}):
            yield ZooError(f"{path}: {key} lists {', '.join(twice)} twice", "name each once", WRONG_USAGE)


def _of_pools(study: Study, path: Path) -> Iterator[ZooError]:
    """What does not fit where corpora are pooled."""
    for pool, members in study.pools.items():
        if pool in study.corpora:
            yield ZooError(f"{path}: pools.{pool} is the name of a corpus", "choose another name", WRONG_USAGE)
        if pool == POOLS:
            yield ZooError(
                f"{path}: pools.{pool} is the name of a folder of the pipeline", "choose another", WRONG_USAGE
            )
        for corpus in members:
            if corpus not in study.corpora:
                near = unknown("corpus", corpus, study.corpora)
                yield ZooError(f"{path}: pools.{pool} names {corpus}, which is not in corpora", near.hint, WRONG_USAGE)


def _of_cells(study: Study, path: Path) -> Iterator[ZooError]:
    """What does not fit where corpora are trained on together, or tested, across corpora."""
    where = f"{path}: cross.cells"
    for cell in (cell for cell in study.cross.cells if isinstance(cell, Cell)):
        for corpus in dict.fromkeys([*cell.train, cell.test]):
            if corpus not in study.corpora:
                near = unknown("corpus", corpus, study.corpora)
                yield ZooError(f"{where} names {corpus}, which is not in corpora", near.hint, WRONG_USAGE)
        if cell.test in cell.train:
            yield ZooError(
                f"{where} tests {cell.test} by models that were trained on it",
                "name another corpus, or remove it from train; within a corpus, folds test it",
                WRONG_USAGE,
            )
        if twice := sorted({name for name in cell.train if cell.train.count(name) > 1}):
            yield ZooError(f"{where} lists {', '.join(twice)} twice", "name each once", WRONG_USAGE)
    if LEAVE_ONE_CORPUS_OUT in study.cross.cells and len(study.corpora) < 3:
        yield ZooError(
            f"{where}: {LEAVE_ONE_CORPUS_OUT} needs three corpora, and there are {len(study.corpora)}",
            f"write {EACH}, or add a corpus",
            WRONG_USAGE,
        )
    yield from _of_names(study, where)
    if study.cross.methods and SOURCE_ONLY not in study.cross.methods:
        yield ZooError(
            f"{path}: cross.methods has no {SOURCE_ONLY}, which every other method is compared with",
            f"add `{SOURCE_ONLY}: {{}}`",
            WRONG_USAGE,
        )
    if (own := study.cross.methods.get(SOURCE_ONLY)) and (other := method_type(SOURCE_ONLY, own)) != SOURCE_ONLY:
        yield ZooError(
            f"{path}: cross.methods.{SOURCE_ONLY} is {other}, and every other method would be compared with that",
            f"write `{SOURCE_ONLY}: {{}}`, and {other} under another name",
            WRONG_USAGE,
        )


def _of_names(study: Study, where: str) -> Iterator[ZooError]:
    """Corpora that a cell trains on together have the name of something else, or none that is allowed."""
    taken: dict[str, tuple[str, ...]] = {name: tuple(sorted(own)) for name, own in study.pools.items()}
    for members in dict.fromkeys(members for members, _ in study.wanted if len(members) > 1):
        name, listed = study.source_of(members), ", ".join(members)
        hint = f"declare a pool of {listed} under another name, which the cell then has"
        if len(name) > MAX_NAME:
            yield ZooError(
                f"{where}: the name of {listed} together has more than {MAX_NAME} letters", hint, WRONG_USAGE
            )
        if name in study.corpora:
            yield ZooError(f"{where}: {listed} together are named {name}, as a corpus is", hint, WRONG_USAGE)
        if taken.setdefault(name, members) != members:
            others = ", ".join(taken[name])
            yield ZooError(f"{where}: {listed} together are named {name}, as are {others}", hint, WRONG_USAGE)


def _of_selection(study: Study, path: Path) -> Iterator[ZooError]:
    """What does not fit where a model is selected as published, or states figures as if it were."""
    for name, twin in study.as_published.items():
        if twin is None:
            yield ZooError(
                f"{path}: models.{name} is selected as published, but no nested model is the same in all else",
                "add one beside it, without `selection` and `published`: the gap between both is what is shown",
                WRONG_USAGE,
            )
        if study.models[name].average > 1:
            yield ZooError(
                f"{path}: models.{name}: average = {study.models[name].average}, but it is selected as published",
                "remove `average`: one configuration and one seed are reported",
                WRONG_USAGE,
            )
        if study.models[name].views > 1:
            yield ZooError(
                f"{path}: models.{name}: views = {study.models[name].views}, but it is selected as published",
                "remove `views`: the best seed is chosen by the answers about the utterances themselves",
                WRONG_USAGE,
            )
        if study.models[name].published is not None and "categorical" not in study.task_types(name):
            yield ZooError(
                f"{path}: models.{name} has `published`, a UAR, but its task is not scored by it",
                "remove it, or choose the task categorical",
                WRONG_USAGE,
            )
    for name in study.nested:
        if study.models[name].published is not None:
            yield ZooError(
                f"{path}: models.{name} has `published`, but its selection is nested",
                "state it for the model with `selection: as_published`",
                WRONG_USAGE,
            )


def presets() -> dict[str, Path]:
    """The studies of studies/ and of the folders in it, by name: that of the file alone.

    Raises ZooError if two have the same name.
    """
    found: dict[str, Path] = {}
    for path in sorted(PRESETS.rglob("*.yaml"), key=lambda path: path.stem):
        if path.stem in found:
            raise ZooError(f"{found[path.stem]} and {path} have the same name", "rename one of them", WRONG_USAGE)
        found[path.stem] = path
    return found


def load_preset(name: str) -> Study:
    """Read and validate the study of `presets`, which must have `study: NAME`, since that determines where its results
    go.

    Raises ZooError, with near names, if there is none, or if it is not valid.
    """
    found = presets()
    if name not in found:
        raise unknown("study", name, found)
    path = found[name]
    study = load(path)
    if study.study != name:
        raise ZooError(
            f"{path} has study: {study.study}, so its results would replace those of {study.study}",
            f"set `study: {name}` in {path}",
            WRONG_USAGE,
        )
    return study


def _explained(path: Path, error: ValidationError) -> list[ZooError]:
    """Every mistake of types and names, each once: a misspelt key is missing too, but its wrong name is more helpful; a
    model's name may be its architecture's too; and a cell with a mistake is no word such as `each` either."""
    misspelt = {found["loc"][:-1] for found in error.errors() if found["type"] == "extra_forbidden"}
    misnamed = {(*found["loc"][:-1], "architecture") for found in error.errors() if found["loc"][-1:] == ("[key]",)}
    return [
        _explain(path, found)
        for found in error.errors()
        if found["loc"] not in misnamed
        and not (found["type"] == "literal_error" and found["loc"][:2] == ("cross", "cells"))
        and (found["type"] != "missing" or found["loc"][:-1] not in misspelt)
    ]


def _explain(path: Path, found: Any) -> ZooError:
    parts = [str(part) for part in found["loc"] if part != Cell.__name__]
    where = named(".".join(parts))
    if found["type"] == "extra_forbidden":
        *parents, key = parts
        near = unknown("parameter", key, _keys_of(parents))
        return ZooError(f"{path}: unknown parameter '{where}'", near.hint, WRONG_USAGE)
    if found["type"] == "missing":
        return ZooError(f"{path}: '{where}' is missing", "there are no defaults: copy it from studies/", WRONG_USAGE)
    return ZooError(f"{path}: {where} = {named(repr(found['input']))}", _hint(found), WRONG_USAGE)


def _hint(found: Any) -> str:
    if found["type"] == "string_pattern_mismatch" and found["ctx"]["pattern"] in (NAME, SCHEME):
        return _NAMES
    value = found["input"]
    if found["type"] in ("int_type", "float_type") and isinstance(value, str) and _POWER.fullmatch(value):
        return f"YAML reads {value} as text: write it out, or as in 1.0e+3"
    return str(found["msg"]).removeprefix("Value error, ")


def _keys_of(parents: list[str]) -> Iterator[str]:
    section: Any = Study
    for parent in parents:
        if section is Cross and parent == "cells":
            return iter(Cell.model_fields)
        if get_origin(section) is dict:  # entries under names of the study's own, such as models
            section = get_args(section)[1]
            continue
        field = section.model_fields.get(parent) if hasattr(section, "model_fields") else None
        section = field.annotation if field is not None else None
    return iter(getattr(section, "model_fields", {}))
