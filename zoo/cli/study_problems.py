"""Every mistake in a study that can be found before anything runs."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np

from zoo import corpora, folds, inputs, labels, tasks
from zoo.augmentation.augment import require_possible
from zoo.errors import WRONG_USAGE, ZooError, unknown
from zoo.folds.speakers import Speakers
from zoo.study.params import PARAMS
from zoo.study.study import Study
from zoo.training.data import input_of, task_of
from zoo.tuning.configurations import configurations

ANY = ("one", "other")  # which classes there are makes no mistake


def problems(study: Study, path: Path = PARAMS) -> list[ZooError]:
    """What is wrong, each once: unknown names, options that do not exist, parts that do not fit, missing corpora.

    path: of the study's file, for messages.
    """
    found: dict[str, ZooError] = {}
    for where, check in _checks(study):
        try:
            check()
        except ZooError as error:
            message = error.message if where in error.message else f"{where}: {error.message}"
            found.setdefault(error.message, ZooError(f"{path}: {message}", error.hint, error.exit_code, error.kind))
    return list(found.values())


def _checks(study: Study) -> Iterator[tuple[str, Callable[[], object]]]:
    for name in study.synthetic:
        yield "synthetic", partial(corpora.get, name)
    for name in study.corpora:
        yield "corpora", partial(corpora.get, name)
        if not corpora.REGISTRY.has(name):
            continue
        native = corpora.get(name).native_labels
        yield f"labels.{name}", partial(labels.table, study.labels[name], name, native)
        yield "cross_scheme", partial(labels.table, study.cross_scheme, name, native)
        yield f"folds.{name}", partial(_require_protocol, study, name)
        yield "corpora", partial(_require_corpus, study, name)
        yield f"exploration.{name}", partial(_require_speakers, study, name)
    for name in study.inputs:
        yield f"inputs.{name}", partial(inputs.of_study, study.inputs, name)
    for name, entry in study.tasks.items():
        yield f"tasks.{name}", partial(tasks.build, entry, name, ANY)
    for kind, strengths in study.train.augmentation.items():
        for name, strength in strengths.items():
            yield f"train.augmentation.{kind}", partial(require_possible, kind, {name: strength})
    for name, model in study.models.items():
        yield f"models.{name}", partial(input_of, study, name)
        yield f"models.{name}.fixed", partial(configurations, model, 1, seed=0)
        yield f"models.{name}.task", partial(_require_answers, study, name)


def _require_protocol(study: Study, name: str) -> None:
    """Raise ZooError if a protocol is unknown, or is for other corpora or for more speakers."""
    protocol = folds.get(study.folds[name])
    if name not in study.synthetic:
        speakers = sorted(corpora.get(name).speakers)
        protocol.test_sets(Speakers(tuple(speakers), np.ones((len(speakers), 1)), name))


def _require_speakers(study: Study, name: str) -> None:
    """A misspelt speaker would make figures look blind that are not."""
    seen, known = study.exploration.get(name), corpora.get(name).speakers
    if seen is not None and seen.speakers != "all":
        for speaker in seen.speakers:
            if known and speaker not in known:
                raise unknown(f"speaker of {name}", speaker, known)


def _require_corpus(study: Study, name: str) -> None:
    if name not in study.synthetic and not (Path(study.data) / name).is_dir():
        raise ZooError(
            f"study {study.study} needs the corpus {name}, but {study.data}/{name} is missing",
            f"run `zoo data add {name} PATH`, or `dvc pull` if a remote has it; see `zoo data list`",
            kind="missing",
        )


def _require_answers(study: Study, name: str) -> None:
    task = study.models[name].task
    if task_of(study, name, ANY).answers is None:
        raise ZooError(
            f"models.{name}: the task {task} only helps another one", "make it a part of a multitask", WRONG_USAGE
        )
