"""Adapting a release to recordings, labelled or not: checks, what the method's sights let it see, and the folder."""

import json
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from zoo import methods
from zoo.audit.sameness import Utterance
from zoo.errors import REFUSED, WRONG_USAGE, ZooError
from zoo.files import whole_folder, write_text
from zoo.methods.contract import Method
from zoo.releases import CANDIDATE, EMBEDDINGS, README, embeddings
from zoo.releases.card import Code, described
from zoo.releases.embeddings import Embedded
from zoo.releases.load import Model
from zoo.scoring import released
from zoo.scoring.adapted import ADAPTED, FORMAT, SEEN, Facts, Ledger
from zoo.scoring.label_mapping import Classes, label_mapping, reach
from zoo.scoring.labelled import Labelled, LabelledData
from zoo.scoring.training_data import overlap_of, utterances
from zoo.study.cross import SOURCE_ONLY
from zoo.version import __version__

_NAMED = 5


@dataclass(frozen=True)
class Wanted:
    """name, options: of a method, as in cross.methods of a study."""

    name: str
    options: Mapping[str, Any]


def adapt(
    model: Model,
    base: Path,
    wanted: Wanted,
    unlabelled: Sequence[Labelled],
    labelled: LabelledData | None,
    to: Path,
    *,
    trained_on: Sequence[bytes] | None = None,
    scheme: str | None = None,
    other_speakers: bool = False,
) -> Facts:
    """Write the folder `to` with a release adapted to recordings; see zoo/scoring/adapted.py.

    base: the release's folder. unlabelled: recordings, whose labels are not looked at. labelled: others, or the same
    ones. trained_on: the fingerprints of what the release was trained on, None if there are none. scheme: of the
    classes; by default the release's across corpora.
    Raises ZooError for what the method needs and was not given, or does not look at and was given; for files that
    cannot be used; for a folder that holds something else; and with exit code 3 for recordings or speakers that the
    release was trained on.
    """
    _require_free(to)
    _require_place(to)
    taken = scheme or model.card.labels.cross_scheme
    given, classes, rows = _labels(model, labelled, taken)
    names = sorted({name for name in classes.values() if name is not None})
    method = _method(wanted, given, unlabelled)
    _require(wanted.name, method, unlabelled, rows, given, names)
    every = [*unlabelled, *rows]
    known = utterances(every)
    _require_new(model, every, known, trained_on, other_speakers)
    hint = embeddings.of(model, base) if EMBEDDINGS not in model.card.files else None
    with whole_folder(to) as folder:
        files = {}
        if every:
            _write_seen(model, every, len(unlabelled), given, folder / SEEN)
            files[SEEN] = folder / SEEN
        if hint is not None:
            embeddings.write(hint, folder / EMBEDDINGS)
            files[EMBEDDINGS] = folder / EMBEDDINGS
        facts = Facts(
            format=FORMAT,
            name=model.card.name,
            version=model.card.version or CANDIDATE,
            identity=model.card.identity,
            method=wanted.name,
            options={**wanted.options, **_stated(method, given, unlabelled)},
            scheme=taken,
            classes=names,
            ledger=_ledger(method, known, len(unlabelled), given),
            files=described(files),
            code=Code(version=__version__, commit=None),
        )
        write_text(folder / ADAPTED, json.dumps(facts.model_dump(mode="json"), indent=1, ensure_ascii=False) + "\n")
        write_text(folder / README, readme(facts, to))
    return facts


def _require_free(to: Path) -> None:
    """Raise ZooError for a folder that holds anything but an adapted model, which may be replaced."""
    inside = {path.name for path in to.iterdir()} if to.is_dir() else set()
    if not to.exists() or (to.is_dir() and not inside):
        return
    if ADAPTED in inside and inside <= {ADAPTED, SEEN, EMBEDDINGS, README}:  # somebody's README.md alone is none
        return
    raise ZooError(f"{to} exists, and is no adapted model", "name a new folder with --to", WRONG_USAGE)


def _require_place(to: Path) -> None:
    """Raise ZooError where no folder can be made."""
    above = next(path for path in to.absolute().parents if path.exists())
    if not above.is_dir() or not os.access(above, os.W_OK):
        raise ZooError(f"{to} cannot be made: {above} is no folder that may be written to", "name another with --to")


def _labels(model: Model, labelled: LabelledData | None, scheme: str) -> tuple[list[str], Classes, list[Labelled]]:
    """The classes of labelled recordings; where each class of the model goes; and these recordings."""
    if labelled is not None:
        mapping = label_mapping(model.card, labelled, scheme)
        rows = [row for row in labelled.rows if mapping.classes[row.label] is not None]
        return [str(mapping.classes[row.label]) for row in rows], mapping.model, rows
    if (classes := reach(model.card, scheme)) is None:
        raise ZooError(
            f"the classes of {model.card.name} ({', '.join(model.card.classes)}) cannot be mapped to {scheme}",
            "pass another --scheme",
            WRONG_USAGE,
        )
    return [], classes, []


def _method(wanted: Wanted, given: Sequence[str], unlabelled: Sequence[Labelled]) -> Method:
    """The method, which states as many labels a class, or utterances of a speaker, as the one with most has."""
    if wanted.name == SOURCE_ONLY:
        raise ZooError(
            f"{SOURCE_ONLY} is the release as it is", "choose another method, or use the release", WRONG_USAGE
        )
    method = methods.build(wanted.name, wanted.options, f"--method {wanted.name}")
    if method.control:
        raise ZooError(
            f"{wanted.name} is a control, to compare methods with", "choose a method of the ladder", WRONG_USAGE
        )
    if stated := _stated(method, given, unlabelled):
        return methods.build(wanted.name, {**wanted.options, **stated}, f"--method {wanted.name}")
    return method


def _stated(method: Method, given: Sequence[str], unlabelled: Sequence[Labelled]) -> dict[str, int]:
    """The options by which a method states how much it sees."""
    if method.sights.labels and given:
        return {"labels": max(Counter(given).values())}
    if method.sights.enrolled and unlabelled:
        return {"utterances": max(Counter(row.speaker for row in unlabelled).values())}
    return {}


def _require(
    name: str,
    method: Method,
    unlabelled: Sequence[Labelled],
    labelled: Sequence[Labelled],
    given: Sequence[str],
    classes: Sequence[str],
) -> None:
    """Raise ZooError for what a method needs and was not given, and for what it was given and does not look at."""
    sights = method.sights
    sees = sights.utterances == "all" or sights.enrolled > 0
    fewest = max(1, method.fewest) if sees else 0
    if len(unlabelled) < fewest:
        raise ZooError(
            f"{name} needs {fewest} recording{'' if fewest == 1 else 's'} without labels to see, and was given "
            f"{len(unlabelled) or 'none'}",
            "name audio files, folders of them, or a table",
            WRONG_USAGE,
        )
    if unlabelled and not sees:
        raise ZooError(
            f"{name} does not look at recordings without labels",
            "pass those with labels by --labels TABLE" if sights.labels else "leave them out",
            WRONG_USAGE,
        )
    if sees and sights.speakers and (lacking := [row.where for row in unlabelled if row.speaker is None]):
        raise ZooError(
            f"{name} needs to know who speaks, and {lacking[0]} does not say that",
            "pass a table with the columns path and speaker, or take a method that needs no speakers",
            WRONG_USAGE,
        )
    if labelled and not sights.labels:
        raise ZooError(f"{name} does not look at labels", "leave out --labels, or choose few_shot", WRONG_USAGE)
    if not sights.labels:
        return
    if not labelled:
        raise ZooError(
            f"{name} needs labelled recordings",
            "pass --labels TABLE, with the columns path, label, speaker",
            WRONG_USAGE,
        )
    if missing := [one for one in classes if one not in given]:
        raise ZooError(
            f"no labelled recording is {' or '.join(missing)}, and {name} needs some of each class",
            f"label some of {', '.join(classes)}",
            WRONG_USAGE,
        )
    if unknown := [row.where for row in labelled if row.speaker is None]:
        raise ZooError(
            f"{unknown[0]}: it is not said who speaks, and whoever is labelled must never be scored",
            "fill in the column speaker",
            WRONG_USAGE,
        )


def _require_new(
    model: Model,
    rows: Sequence[Labelled],
    known: Sequence[Utterance],
    trained_on: Sequence[bytes] | None,
    other_speakers: bool,
) -> None:
    """Raise ZooError for recordings that the release was trained on, under whatever name, or by people that it was."""
    if not rows:
        return
    data = LabelledData("the recordings", None, None, list(rows))
    overlap = overlap_of(model.card, data, known, trained_on, other_speakers)
    if not overlap:
        return
    places = [row.path.name for row, how in zip(rows, overlap.sameness.evidence, strict=True) if how is not None]
    more = ", …" if len(places) > _NAMED else ""
    hint = "adapt it to speech that it was not trained on"
    if overlap.sameness.by_name_only:
        hint = "if they are other people with the same names, pass --other-speakers"
    raise ZooError(
        f"{model.card.name} was trained on {overlap} of these {len(rows)} recordings: "
        f"{', '.join(places[:_NAMED])}{more}",
        hint,
        REFUSED,
    )


def _write_seen(model: Model, rows: Sequence[Labelled], num_unlabelled: int, given: Sequence[str], path: Path) -> None:
    """Those with a label are the labelled ones."""
    speakers = np.array([row.speaker or "" for row in rows], dtype=str)
    labels = np.array([*[""] * num_unlabelled, *given], dtype=str)
    one = np.full(len(rows), "seen", dtype="U4")
    networks = released.embedded(model, [row.path for row in rows])
    embeddings.write(Embedded(networks, one, speakers, np.full(len(rows), "", dtype="U1"), labels), path)


def _ledger(method: Method, known: Sequence[Utterance], num_unlabelled: int, given: Sequence[str]) -> Ledger:
    seen, labelled = known[:num_unlabelled], known[num_unlabelled:]
    enrolled = seen if method.sights.enrolled else []
    return Ledger(
        sights=method.sights.text,
        num_unlabelled=num_unlabelled,
        speakers=sorted({one.speaker for one in seen if one.speaker is not None}) if method.sights.speakers else [],
        labelled=dict(sorted(Counter(given).items())),
        labelled_speakers=sorted({one.speaker for one in labelled if one.speaker is not None}),
        sha256_labelled=sorted({one.samples for one in labelled}),
        sha256_unlabelled=sorted({one.samples for one in seen}),
        fingerprints=sorted({one.fingerprint.hex() for one in labelled} - {""}),
        fingerprints_enrolled=sorted({one.fingerprint.hex() for one in enrolled} - {""}),
        prior=method.sights.prior,
    )


def readme(facts: Facts, folder: Path) -> str:
    """README.md of an adapted model: what it is, and the ledger of what it saw."""
    ledger = facts.ledger
    options = ", ".join(f"{name} {value}" for name, value in facts.options.items())
    people = ", ".join(ledger.labelled_speakers)
    lines = [
        f"# {facts.base}, adapted by {facts.method}",
        "",
        f"- release: {facts.base}, identity {facts.identity}, which is needed to use this folder",
        f"- method: {facts.method}{f' ({options})' if options else ''}",
        f"- classes ({facts.scheme}): {', '.join(facts.classes)}",
        "",
        "## What it saw of the speech that it was adapted to",
        f"- sights: {ledger.sights}",
        f"- {ledger.text}",
        *([f"- labelled speakers, who are never scored: {people}"] if people else []),
        "",
        "The scores on the release's card are those of the release as it is. This model has been scored on nothing: "
        f"`zoo evaluate {folder} TABLE` scores it, and states what it saw.",
        "",
        "The licence and terms of the release hold, and those of the recordings, whose embeddings are in this folder.",
        "",
        f"`zoo predict --model {folder} FILE`, zoo {facts.code.version}",
        "",
    ]
    return "\n".join(lines)
