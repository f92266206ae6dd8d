"""A release's score on labelled speech by methods against the difference between corpora, beside its own answers.

As in the cells of a study (zoo/scoring/adaptation.py), on speech that no study has: what each method sees of it stands
beside its score, and who is labelled for a method is not scored.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import yaml

from zoo import methods
from zoo.errors import WRONG_USAGE, ZooError
from zoo.evaluation.comparison import Difference, difference_of, holm
from zoo.evaluation.counting import NO_SPEAKERS
from zoo.evaluation.intervals import Estimate, jackknife
from zoo.methods.contract import Matrix, Method, Names, Numbers
from zoo.metrics.confusion import UAR, confusion
from zoo.metrics.contract import Sums
from zoo.releases.load import Model
from zoo.scoring import released, stress
from zoo.scoring.adaptation import answered
from zoo.scoring.cells import Target, Trained
from zoo.scoring.evaluate import Asked, asked, require_known
from zoo.scoring.labelled import LabelledData
from zoo.scoring.training_data import Choice
from zoo.study.cross import SOURCE_ONLY

_SEED = 20240  # of the draws: the same for every model and method
_NAMED = 5  # speakers in a message
_UNKNOWN = "unknown"  # who speaks


@dataclass(frozen=True)
class ByMethod:
    """The score of a method. difference: to the model's own answers about the same utterances; None of these.

    sights: see zoo.tables.sights. num_scored: utterances of a draw, the mean of the draws. p_holm: of no difference,
    corrected for all methods that were asked for.
    """

    method: str
    rung: int
    control: bool
    sights: str
    uar: Estimate
    difference: Difference | None
    num_scored: float
    num_draws: int
    p_holm: float | None = None


@dataclass(frozen=True)
class Scores:
    """The scores of a model on data by methods, in the order of their rungs. num_speakers: None if they are unknown."""

    model: str
    data: str
    classes: tuple[str, ...]
    asked: Asked
    num_speakers: int | None
    by_method: list[ByMethod]
    model_origin: str
    data_origin: str | None


def score(
    model: Model,
    folder: Path,
    data: LabelledData,
    wanted: Mapping[str, Mapping[str, Any]],
    trained_on: Sequence[bytes] | None = None,
    *,
    draws: int = 20,
    confidence: float = 0.95,
    training_data: Choice = "refuse",
    scheme: str | None = None,
    other_speakers: bool = False,
) -> Scores:
    """Score a release in a folder on data by methods. wanted: name -> options, as in cross.methods of a study.

    draws: of labelled and enrolled utterances, for methods that see some. The other arguments are those of `evaluate`.
    Raises ZooError as `evaluate` does, and naming a method that needs more than the data has.
    """
    built = {name: methods.build(name, entry, f"--method {name}") for name, entry in wanted.items()}
    found = asked(model, data, trained_on, training_data, scheme, other_speakers)
    mapping, rows = found.mapping, found.rows
    given = [str(mapping.classes[row.label]) for row in rows]
    known_speakers = all(row.speaker is not None for row in rows)
    speakers = np.array([row.speaker or _UNKNOWN for row in rows], dtype=str)
    names = sorted({name for name in mapping.model.values() if name is not None})
    require_known(model.card, given, names, mapping.scheme)
    labels = np.array([names.index(name) for name in given], np.int64)
    for name, method in built.items():
        require_enough(name, method, data.name, labels, speakers if known_speakers else None, names)
    known = released.trained(model, folder, mapping.model)
    target = Target(pl.DataFrame(), released.embedded(model, [row.path for row in rows]), labels, speakers)
    own = methods.build(SOURCE_ONLY, {})
    # the answers of source_only about all utterances; of each draw, those that are scored count
    alone = answered(own, known, target, stress.as_is(len(rows)), _SEED).probabilities
    every = [by_method(SOURCE_ONLY, own, known, target, alone, 1, confidence)]
    ordered = sorted((item for item in built.items() if item[0] != SOURCE_ONLY), key=lambda item: item[1].rung)
    every += [by_method(name, method, known, target, alone, draws, confidence) for name, method in ordered]
    corrected = holm([one.difference.p if one.difference else None for one in every])
    every = [replace(one, p_holm=p) for one, p in zip(every, corrected, strict=True)]
    return Scores(
        model=model.card.full_name,
        data=data.name,
        classes=tuple(names),
        asked=found,
        num_speakers=len(set(speakers)) if known_speakers else None,
        by_method=every if known_speakers else [_without_interval(one) for one in every],
        model_origin=model.card.origin,
        data_origin=data.origin,
    )


def declared(text: str, labels_per_class: int | None = None) -> tuple[str, dict[str, Any]]:
    """A method as a command names it, `few_shot` or `few_shot:labels=5,unlabelled=true`: its name here, and its entry.

    labels_per_class: for methods that see labels. Raises ZooError for an unknown method, and for what is no option.

    >>> declared("few_shot:labels=5")
    ('few_shot:labels=5', {'method_type': 'few_shot', 'labels': 5})
    """
    name, _, rest = text.partition(":")
    entry: dict[str, Any] = {}
    for pair in filter(None, rest.split(",")):
        option, equals, value = pair.partition("=")
        if not equals:
            raise ZooError(f"--method {text}: '{pair}' is no option", "write NAME:OPTION=VALUE", WRONG_USAGE)
        try:
            entry[option] = yaml.safe_load(value)
        except yaml.YAMLError as error:
            hint = "write a number, true, false or a word"
            raise ZooError(f"--method {text}: '{value}' is no value of {option}", hint, WRONG_USAGE) from error
        if isinstance(entry[option], float) and not isfinite(entry[option]):
            raise ZooError(f"--method {text}: {option} = {value}", "write a finite number", WRONG_USAGE)
    if labels_per_class is not None and "labels" in methods.get(name).options.model_fields:
        entry.setdefault("labels", labels_per_class)
    return text, {"method_type": name, **entry}


def by_method(
    name: str, method: Method, known: Trained, target: Target, alone: Matrix, draws: int, confidence: float
) -> ByMethod:
    """A method's score. alone: the probabilities (N, C) of the model's own answers about all utterances."""
    whole, names = stress.as_is(len(target.labels)), np.unique(target.speakers)
    ours, theirs, scored = [], [], []
    for draw in range(draws if _is_drawn(method) else 1):
        found = answered(method, known, target, replace(whole, draw=draw), _SEED)
        ours.append(_counts(found.probabilities, target, found.rows, names))
        theirs.append(_counts(alone[found.rows], target, found.rows, names))
        scored.append(len(found.rows))
    return ByMethod(
        name,
        method.rung,
        method.control,
        method.sights.text,
        jackknife(np.stack(ours), UAR, confidence),
        None if name == SOURCE_ONLY else difference_of(np.stack(ours), np.stack(theirs), confidence),
        float(np.mean(scored)),
        len(scored),
    )


def _is_drawn(method: Method) -> bool:
    return bool(method.sights.labels or method.sights.enrolled)


def _counts(probabilities: Matrix, target: Target, rows: Numbers, names: Names) -> Sums:
    """The confusion matrices (K, C, C) of the speakers, with zeros of those who are not scored."""
    best, labels, speakers = probabilities.argmax(axis=1), target.labels[rows], target.speakers[rows]
    size = probabilities.shape[1]
    return np.stack([confusion(labels[speakers == name], best[speakers == name], size) for name in names])


def _without_interval(one: ByMethod) -> ByMethod:
    """Where nobody knows who speaks."""
    found = one.difference and replace(one.difference, low=None, high=None, p=None, how=NO_SPEAKERS)
    return replace(one, uar=replace(one.uar, low=None, high=None, how=NO_SPEAKERS), difference=found, p_holm=None)


def require_enough(
    name: str, method: Method, data: str, labels: Numbers, speakers: Names | None, classes: Sequence[str]
) -> None:
    """Raise ZooError if a method needs more than there is. labels: (N,), of classes. speakers: None if unknown."""
    sights = method.sights
    if sights.utterances == "all" and len(labels) < method.fewest:
        raise ZooError(
            f"{name} needs {method.fewest} utterances to see, and {data} has {len(labels)}",
            "record more, or take a method that needs fewer",
            WRONG_USAGE,
        )
    if sights.prior and (absent := [one for at, one in enumerate(classes) if at not in labels]):
        # to assume what the labels have would be to look at them, and is not what `zoo adapt` assumes
        raise ZooError(
            f"{name} assumes that all classes are as frequent, and {data} has no {', '.join(absent)}",
            "take the method with prior=estimated",
            WRONG_USAGE,
        )
    if (sights.speakers or _is_drawn(method)) and speakers is None:
        raise ZooError(
            f"{name} needs to know who speaks, and {data} does not say that of every utterance",
            "fill in the column speaker, or take a method that needs no speakers, such as by_corpus",
            WRONG_USAGE,
        )
    if sights.enrolled:
        assert speakers is not None
        own = dict(zip(*np.unique(speakers, return_counts=True), strict=True))
        few = [f"{number} of {name}" for name, number in own.items() if number <= sights.enrolled]
        if few:
            raise ZooError(
                f"{name} hears {sights.enrolled} utterances of each speaker that are not scored, and {data} has "
                f"{', '.join(few[:_NAMED])}",
                "record more of them, leave them out, or take a method that needs fewer",
                WRONG_USAGE,
            )
    if not sights.labels:
        return
    assert speakers is not None
    if len(np.unique(speakers)) < 2:
        raise ZooError(
            f"{name} is not scored on whoever is labelled for it, and {data} has one speaker",
            "add recordings of others; `zoo adapt` adapts a model without a score",
            WRONG_USAGE,
        )
    counts = np.bincount(labels, minlength=len(classes))
    if few := [f"{counts[n]} of {classes[n]}" for n in np.unique(labels) if counts[n] < sights.labels]:
        raise ZooError(
            f"{name} needs {sights.labels} labelled utterances of each class, and {data} has {', '.join(few)}",
            "pass a smaller --labels-per-class, or label more",
            WRONG_USAGE,
        )
