"""Which model a model of a study may start from, and what that fixes.

What was trained before must not know whom a model is tested on. A release is therefore refused for a corpus that it was
trained on, or that has an utterance of its training. A model of the study is trained first inside every training, and
of the corpora that this is about, only on the utterances that this training may see.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import polars as pl

from zoo import architectures, inputs
from zoo.errors import REFUSED, WRONG_USAGE, ZooError, unknown
from zoo.runtime.release import Release, StartOf
from zoo.study.model import NESTED, Start
from zoo.study.study import Study
from zoo.training.start import Released, read

EPOCHS = 20  # of what is trained first, where the study states no number
ReleaseOf = Callable[[Study, str], Release]  # study, model -> the release that it starts from


def folder_of(study: Study, name: str) -> Path:
    """Where the stage `plan` has put the release that a model starts from."""
    return study.derived / "plan" / "starts" / name


def released(study: Study, name: str) -> Released:
    """The release that a model starts from, as the stage `plan` has brought it. Raises ZooError if it is not there."""
    found, start = read(folder_of(study, name)), study.models[name].start
    assert start is not None
    if f"{found.facts.name}:{found.facts.version}" != start.release:
        raise ZooError(
            f"{folder_of(study, name)} holds {found.facts.name}:{found.facts.version}, not {start.release}",
            "run `dvc repro` to bring it",
        )
    return found


def release_brought(study: Study, name: str) -> Release:
    """The facts of the release that a model starts from. Raises ZooError if it is not there."""
    return released(study, name).release


def require_start(study: Study, name: str, release_of: ReleaseOf) -> None:
    """Raise ZooError naming what does not fit where a model starts from another one, or has `fixed` anything else."""
    model, where = study.models[name], f"models.{name}.start"
    start = model.start
    if start is None:
        return
    if model.selection != NESTED:
        raise ZooError(f"{where}: {name} is selected as published", "remove `start` or `selection`", WRONG_USAGE)
    if start.release is None:
        _require_no_circle(study, name)
        _require_model(study, name, start)
        assert start.model is not None
        require_start(study, start.model, release_of)
    else:
        _require_release(study, name, release_of(study, name))
    if architectures.get(model.architecture).solve is not None:
        raise ZooError(
            f"{where}: {model.architecture} is fitted at once, so it starts from nothing",
            "choose a network for it, or remove start",
            WRONG_USAGE,
        )
    known = hyperparameters_of(study, name, release_of)
    for key, value in model.fixed.items():
        if value != known.get(key, value):
            raise ZooError(
                f"{where}: it has {key} = {known[key]!r}, but fixed has {value!r}",
                f"remove {key}: all hyperparameters of the architecture are those of what it starts from",
                WRONG_USAGE,
            )


def _require_no_circle(study: Study, name: str) -> None:
    chain, start = [name], study.models[name].start
    while start is not None and start.model in study.models:
        if start.model in chain:
            raise ZooError(
                f"models.{name}.start: {' starts from '.join([*chain, start.model])}",
                "one of them must start from nothing, or from a release",
                WRONG_USAGE,
            )
        chain.append(start.model)
        start = study.models[start.model].start


def _require_model(study: Study, name: str, start: Start) -> None:
    where = f"models.{name}.start"
    assert start.model is not None and start.corpus is not None
    if start.model not in study.models:
        found = unknown("model", start.model, set(study.models) - {name})
        raise ZooError(f"{where}: models has no '{start.model}'", found.hint, WRONG_USAGE)
    if start.corpus not in study.sources:
        found = unknown("corpus", start.corpus, study.sources)
        raise ZooError(f"{where}: '{start.corpus}' is no corpus or pool of this study", found.hint, WRONG_USAGE)
    for pool, members in study.pools.items():
        if start.corpus in members:
            raise ZooError(
                f"{where}: the pool {pool} is tested on {start.corpus} too, and then nothing is left to train "
                f"{start.model} on",
                f"state corpus: {pool}, or remove the pool",
                WRONG_USAGE,
            )
    other = study.models[start.model]
    _require_alike(study, name, start.model, other.architecture, inputs.of_study(study.inputs, other.input).facts)
    if other.selection != NESTED:
        raise ZooError(f"{where}: {start.model} is selected as published", "choose its nested twin", WRONG_USAGE)


def _require_release(study: Study, name: str, release: Release) -> None:
    if len(release.networks) > 1:
        raise ZooError(
            f"models.{name}.start: {release.name} is {len(release.networks)} networks, whose answers are averaged",
            "choose a release of one network",
            WRONG_USAGE,
        )
    _require_alike(study, name, release.name, release.networks[0].architecture, release.input.facts)


def _require_alike(study: Study, name: str, other: str, architecture: str, facts: Any) -> None:
    where, model = f"models.{name}.start", study.models[name]
    if architecture != model.architecture:
        raise ZooError(
            f"{where}: {other} is of the architecture {architecture}, and {name} {model.architecture}",
            "choose a model of the same architecture",
            WRONG_USAGE,
        )
    heard = inputs.of_study(study.inputs, model.input)
    if dict(facts) != dict(heard.facts):
        differ = sorted(key for key in {**facts, **heard.facts} if facts.get(key) != heard.facts.get(key))
        raise ZooError(
            f"{where}: {other} has another input than inputs.{model.input}: {', '.join(differ)}",
            "choose a model that hears the same, or state the input as that model's",
            WRONG_USAGE,
        )


def hyperparameters_of(study: Study, name: str, release_of: ReleaseOf) -> dict[str, Any]:
    """The hyperparameters of a model that starts from another, all but those that its input gives: the other's.

    Of a model that starts from nothing: the defaults of its architecture and what is fixed.
    """
    model = study.models[name]
    architecture = architectures.get(model.architecture)
    if model.start is None:
        values = model.fixed
    elif model.start.model is None:
        values = release_of(study, name).networks[0].hyperparameters
    else:
        values = hyperparameters_of(study, model.start.model, release_of)
    given = architecture.given(inputs.of_study(study.inputs, model.input).gives)
    return {key: value for key, value in asdict(architecture.settings(values)).items() if key not in given}


def require_strangers(name: str, members: Sequence[str], start: StartOf, manifest: pl.DataFrame | None = None) -> None:
    """Raise ZooError if what a model starts from was trained on a corpus that the model is tested on, or on any
    utterance of it.

    members: the corpora of the model. manifest: their MANIFEST rows; None before they are known.
    """
    heard = f"models.{name}.start: {start.name}{f':{start.version}' if start.version else ''} was trained on"
    hint = "a model is tested on every speaker of its corpora, whom nothing before it may know: choose another start"
    if known := sorted(set(members) & set(start.corpora)):
        raise ZooError(f"{heard} {', '.join(known)}, which {name} is tested on", hint, REFUSED)
    if manifest is None:
        return
    same = manifest.filter(pl.col("sha256_samples").is_in(start.sha256_samples))
    if len(same):
        first = same["utterance_id"].sort()[0]
        raise ZooError(
            f"{heard} {len(same)} utterance(s) of {', '.join(members)}, such as {first} of the speaker "
            f"{same.filter(utterance_id=first)['speaker_id'][0]}, which {name} is tested on",
            hint,
            REFUSED,
        )
