"""`zoo study new`: a commented study from a few names."""

import re
from pathlib import Path

from zoo import augmentation, inputs, tasks
from zoo.errors import WRONG_USAGE, ZooError
from zoo.study.model import TASK
from zoo.study.section import NAME

TEMPLATE = Path(__file__).parent / "study.yaml"
# full strengths that have served bands well so far; others are stated in the augmentations' own units
STRENGTHS = {"time_mask": 0.3, "frequency_mask": 0.15, "tempo": 0.1, "vocal_tract": 0.1, "gain": 3.0}
INPUT = "log_mel"
SYNTHETIC = "derived/synthetic"


def text(name: str, corpora: list[str], models: list[str], synthetic: bool) -> str:
    """The study as YAML. models: ARCHITECTURE, ARCHITECTURE:INPUT or ARCHITECTURE:INPUT:TASK each.

    Raises ZooError for a name that no study can have, for a model that is written otherwise or hears an unknown input,
    and where there is nothing to compare or something is there twice.
    """
    if re.fullmatch(NAME, name) is None:
        raise ZooError(f"'{name}' is no name of a study", "use lower-case letters, digits and _", WRONG_USAGE)
    for option, given in (("--corpora", corpora), ("--models", models)):
        if not given:
            raise ZooError(f"{option} names none", "name one or more, with commas between them", WRONG_USAGE)
    if twice := sorted({corpus for corpus in corpora if corpora.count(corpus) > 1}):
        raise ZooError(f"{twice[0]} is there twice", "name each corpus once", WRONG_USAGE)
    entries = _entries(models)
    kinds = {heard: inputs.of_study({heard: {}}, heard).kind for _, heard, _ in entries.values()}
    asked = dict.fromkeys(task for *_, task in entries.values())
    filled = {
        "STUDY": name,
        "DATA": SYNTHETIC if synthetic else "data",
        "SYNTHETIC": f"[{', '.join(corpora)}]" if synthetic else "[]",
        "CORPORA": "\n".join(f"  - {corpus}" for corpus in corpora),
        "LABELS": "\n".join(f"  {corpus}: native" for corpus in corpora),
        "FOLDS": "\n".join(f"  {corpus}: leave_speakers_out" for corpus in corpora),
        "INPUTS": "\n".join(f"  {heard}: {{}}" for heard in kinds),
        "TASKS": "\n".join(f"  {task}: {{}}" for task in asked),
        "MODELS": "\n".join(_model(entry, *parts) for entry, parts in entries.items()),
        "AUGMENTATION": "\n".join(_strengths(kind) for kind in dict.fromkeys(kinds.values())),
    }
    for task in asked:
        tasks.get(task)
    content = TEMPLATE.read_text(encoding="utf-8")
    for key, value in filled.items():
        content = content.replace(f"@{key}@", value)
    return content


def _entries(models: list[str]) -> dict[str, tuple[str, str, str]]:
    """Name of each model -> architecture, input, task."""
    entries: dict[str, tuple[str, str, str]] = {}
    for model in models:
        parts = model.split(":")
        if len(parts) > 3 or not all(parts):
            raise ZooError(f"'{model}' is no model", "write ARCHITECTURE, or ARCHITECTURE:INPUT:TASK", WRONG_USAGE)
        architecture, heard, task = (*parts, *(INPUT, TASK)[len(parts) - 1 :])
        rest = [part for part, usual in ((heard, INPUT), (task, TASK)) if part != usual]
        entry = "_".join([architecture, *rest])
        if entry in entries:
            raise ZooError(f"{entry} is there twice", "name each model once", WRONG_USAGE)
        entries[entry] = architecture, heard, task
    return entries


def _model(name: str, architecture: str, heard: str, task: str) -> str:
    parts = [f"architecture: {architecture}"] if architecture != name else []
    parts += [f"input: {heard}", *([f"task: {task}"] if task != TASK else [])]
    return f"  {name}: {{{', '.join(parts)}}}"


def _strengths(kind: str) -> str:
    lines = [
        f"      {name}: {strength:g}  # {augmentation.get(name).unit}"
        for name, strength in STRENGTHS.items()
        if kind in augmentation.get(name).kinds
    ]
    return "\n".join([f"    {kind}:", *lines]) if lines else f"    {kind}: {{}}"
