"""`zoo study new`: a commented study from a few names."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from zoo import architectures, augmentation, corpora, inputs, tasks
from zoo.errors import WRONG_USAGE, ZooError
from zoo.files import named
from zoo.study.model import TASK
from zoo.study.section import MAX_NAME, NAME

TEMPLATE = Path(__file__).parent / "study.yaml"
# full strengths for bands, chosen on nEMO (docs/recorded-speech.md), in the augmentations' own units
STRENGTHS = {"time_mask": 0.5, "frequency_mask": 0.25, "tempo": 0.2, "vocal_tract": 0.2, "gain": 6.0}
INPUT = "log_mel"
SYNTHETIC = "derived/synthetic"


@dataclass(frozen=True)
class Wanted:
    """What a new study is to have. models: name of each -> architecture, input, task."""

    name: str
    corpora: list[str]
    models: dict[str, tuple[str, str, str]]
    synthetic: bool


def understood(name: str, names: list[str], models: list[str], synthetic: bool) -> tuple[Wanted, list[ZooError]]:
    """What of it can be had, and every mistake: a name that no study can have, unknown corpora, architectures, inputs
    and tasks (with near names), what is there twice, and nothing at all.

    names: of corpora. models: ARCHITECTURE, ARCHITECTURE:INPUT or ARCHITECTURE:INPUT:TASK each.
    """
    found = []
    if re.fullmatch(NAME, name) is None or len(name) > MAX_NAME:
        hint = f"use lower-case letters, digits and _, at most {MAX_NAME}"
        found.append(ZooError(f"'{named(name)}' is no name of a study", hint, WRONG_USAGE))
        name = "study"
    for option, given in (("--corpora", names), ("--models", models)):
        if not given:
            found.append(ZooError(f"{option} names none", "name one or more, with commas between them", WRONG_USAGE))
    for corpus in sorted({corpus for corpus in names if names.count(corpus) > 1}):
        found.append(ZooError(f"{corpus} is there twice", "name each corpus once", WRONG_USAGE))
    for corpus in names:
        found += _mistakes([partial(corpora.get, corpus)])
    entries: dict[str, tuple[str, str, str]] = {}
    for model in models:
        parts = model.split(":")
        if len(parts) > 3 or not all(parts):
            found.append(
                ZooError(f"'{model}' is no model", "write ARCHITECTURE, or ARCHITECTURE:INPUT:TASK", WRONG_USAGE)
            )
            continue
        architecture, heard, task = (*parts, *(INPUT, TASK)[len(parts) - 1 :])
        entry = "_".join([architecture, *(part for part, usual in ((heard, INPUT), (task, TASK)) if part != usual)])
        if entry in entries:
            found.append(ZooError(f"{entry} is there twice", "name each model once", WRONG_USAGE))
        lookups: list[Callable[[], object]] = [
            partial(architectures.get, architecture),
            partial(inputs.get, heard),
            partial(tasks.get, task),
        ]
        if own := _mistakes(lookups):
            found += own
        else:
            entries[entry] = architecture, heard, task
    once = {error.message: error for error in found}
    known = [corpus for corpus in dict.fromkeys(names) if corpora.REGISTRY.has(corpus)]
    return Wanted(name, known, entries, synthetic), list(once.values())


def _mistakes(checks: list[Callable[[], object]]) -> list[ZooError]:
    found = []
    for check in checks:
        try:
            check()
        except ZooError as error:
            found.append(error)
    return found


def text(wanted: Wanted) -> str:
    """The study as YAML, with comments."""
    kinds = {heard: inputs.of_study({heard: {}}, heard).kind for _, heard, _ in wanted.models.values()}
    filled = {
        "STUDY": wanted.name,
        "DATA": SYNTHETIC if wanted.synthetic else "data",
        "SYNTHETIC": f"[{', '.join(wanted.corpora)}]" if wanted.synthetic else "[]",
        "CORPORA": "\n".join(f"  - {corpus}" for corpus in wanted.corpora),
        "LABELS": "\n".join(f"  {corpus}: native" for corpus in wanted.corpora),
        "FOLDS": "\n".join(f"  {corpus}: leave_speakers_out" for corpus in wanted.corpora),
        "INPUTS": "\n".join(f"  {heard}: {{}}" for heard in kinds),
        "TASKS": "\n".join(f"  {task}: {{}}" for task in dict.fromkeys(task for *_, task in wanted.models.values())),
        "MODELS": "\n".join(_model(entry, *parts) for entry, parts in wanted.models.items()),
        "AUGMENTATION": "\n".join(_strengths(kind) for kind in dict.fromkeys(kinds.values())),
    }
    content = TEMPLATE.read_text(encoding="utf-8")
    for key, value in filled.items():
        content = content.replace(f"@{key}@", value)
    return content


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
