"""`zoo study new`: a commented study from a few names."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from zoo import architectures, augmentation, corpora, inputs, labels, tasks
from zoo.errors import WRONG_USAGE, ZooError
from zoo.files import named
from zoo.folds import leave_speakers_out
from zoo.study.model import TASK
from zoo.study.section import MAX_NAME, NAME

TEMPLATE = Path(__file__).parent / "study.yaml"
# full strengths for bands, chosen on nEMO (docs/recorded-speech.md), in the augmentations' own units
STRENGTHS = {"time_mask": 0.5, "frequency_mask": 0.25, "tempo": 0.2, "vocal_tract": 0.2, "gain": 6.0}
INPUT = "log_mel"
CROSS = "core4"
GROUPS = 3
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
    known = [corpus for corpus in dict.fromkeys(names) if corpora.has(corpus)]
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
        "FOLDS": "\n".join(f"  {corpus}: {protocol_of(corpus)}" for corpus in wanted.corpora),
        "GROUPS": str(min(GROUPS, *map(num_folds, wanted.corpora))),
        "CROSS": cross_scheme(wanted.corpora),
        "INPUTS": "\n".join(f"  {heard}: {{}}" for heard in kinds),
        "TASKS": "\n".join(f"  {task}: {{}}" for task in dict.fromkeys(task for *_, task in wanted.models.values())),
        "MODELS": "\n".join(_model(entry, *parts) for entry, parts in wanted.models.items()),
        "AUGMENTATION": "\n".join(_strengths(kind) for kind in dict.fromkeys(kinds.values())),
    }
    content = TEMPLATE.read_text(encoding="utf-8")
    for key, value in filled.items():
        content = content.replace(f"@{key}@", value)
    return content


def protocol_of(corpus: str) -> str:
    """The protocol with which a study of a corpus begins: five balanced sets of speakers where there are five (or
    sessions), one speaker a fold where there are fewer, and recordings where nobody knows who speaks."""
    facts = corpora.get(corpus)
    if not facts.speakers:
        return "random_recordings"
    units = {speaker.session or name for name, speaker in facts.speakers.items()}
    if len(units) >= leave_speakers_out.NUM_FOLDS:
        return "leave_speakers_out"
    return "leave_one_speaker_out" if len(units) == len(facts.speakers) else "leave_one_session_out"


def num_folds(corpus: str) -> int:
    """The folds of `protocol_of`, as far as the facts of a corpus say."""
    speakers = corpora.get(corpus).speakers
    units = len({speaker.session or name for name, speaker in speakers.items()})
    return min(leave_speakers_out.NUM_FOLDS, units) if speakers else leave_speakers_out.NUM_FOLDS


def cross_scheme(names: list[str]) -> str:
    """The scheme in which models are compared across corpora: where one of several corpora is of the project's own and
    has none of its classes, the labels as they are."""
    for corpus in names:
        native = corpora.get(corpus).native_labels
        if len(labels.classes(CROSS, corpus, native)) < 2:
            return labels.NATIVE
    return CROSS


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
