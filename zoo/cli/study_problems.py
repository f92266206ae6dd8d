"""Every mistake in a study that can be found before anything runs."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from zoo import architectures, corpora, folds, inputs, labels, synthetic, tasks
from zoo.augmentation.augment import require_possible
from zoo.cli.study_cells import cell_checks
from zoo.cli.study_networks import network_checks
from zoo.cli.study_new import SYNTHETIC
from zoo.cli.study_probe import label_sources, probe
from zoo.errors import WRONG_USAGE, ZooError, unknown
from zoo.files import named
from zoo.folds.cut import cut, usable
from zoo.folds.search_groups import search_groups
from zoo.inputs.contract import ROWS_ARE_TIME
from zoo.inputs.log_mel import FRAMING
from zoo.labels import NATIVE
from zoo.labels.votes import ACTED
from zoo.releases.start import facts_of, pulled
from zoo.runtime.release import Release
from zoo.study.params import PARAMS
from zoo.study.study import Study
from zoo.tasks.contract import usable as has_target
from zoo.training.data import input_of, task_of, teacher_of
from zoo.training.first import require_start, require_strangers
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
        except (OSError, ValueError) as reason:  # a name that no file can have, or with a character that no path can
            found.setdefault(str(reason), ZooError(f"{path}: {where}: {named(reason)}", "correct it", WRONG_USAGE))
        except ZooError as error:
            message = error.message if where in error.message else f"{where}: {error.message}"
            found.setdefault(error.message, ZooError(f"{path}: {message}", error.hint, error.exit_code, error.kind))
    return list(found.values())


def _checks(study: Study) -> Iterator[tuple[str, Callable[[], object]]]:
    for name in study.synthetic:
        yield "synthetic", partial((synthetic if corpora.has(name) else corpora).get, name)
    for name in study.corpora:
        yield "corpora", partial(corpora.get, name)
    for name in _corpora(study):
        native = corpora.get(name).native_labels
        yield f"labels.{name}", partial(labels.table, study.labels[name], name, native)
        yield "cross_scheme", partial(labels.table, study.cross_scheme, name, native)
        yield f"label_sources.{name}", partial(_require_label_source, study, name)
        yield f"folds.{name}", partial(_require_folds, study, name)
        yield "corpora", partial(_require_corpus, study, name)
        yield f"exploration.{name}", partial(_require_speakers, study, name)
    for key in ("labels", "folds"):
        for name in sorted(set(getattr(study, key)) - set(study.corpora)):
            yield key, partial(_require_listed, study, key, name)
    for name in study.pools:
        yield f"pools.{name}", partial(_require_no_corpus, study, name)
    for name in study.inputs:
        yield f"inputs.{name}", partial(inputs.of_study, study.inputs, name)
        yield f"inputs.{name}", partial(_require_all_but_type, study, name)
    for name, entry in study.tasks.items():
        yield f"tasks.{name}", partial(tasks.build, entry, name, ANY)
    for kind, strengths in study.train.augmentation.items():
        for name, strength in strengths.items():
            yield f"train.augmentation.{kind}", partial(require_possible, kind, {name: strength})
    for name, model in study.models.items():
        if model.input not in study.inputs or model.task not in study.tasks:
            continue  # a mistake within the file
        yield f"models.{name}", partial(input_of, study, name)
        yield f"models.{name}.teacher", partial(teacher_of, study, name)
        yield f"models.{name}.start", partial(require_start, study, name, _release)
        yield f"models.{name}.start", partial(_require_strangers, study, name)
        yield f"models.{name}.task", partial(_require_answers, study, name)
        yield "train.crop_s", partial(_require_crop, study, name)
        yield f"models.{name}", partial(configurations, model, study.num_trials(name), study.tune.seed)
        yield f"models.{name}.average", partial(_require_members, study, name)
        yield from network_checks(model, f"models.{name}", partial(_sizes, study, name))
        for corpus in _corpora(study):
            yield f"models.{name}", partial(_require_targets, study, name, corpus)
    yield from cell_checks(study, _corpora(study))


def _corpora(study: Study) -> list[str]:
    """The corpora that are known and have all their entries; what the others lack is a mistake of its own."""
    return [name for name in study.corpora if corpora.has(name) and name in study.labels and name in study.folds]


def _require_listed(study: Study, key: str, name: str) -> None:
    near = unknown("corpus", name, study.corpora)
    raise ZooError(f"{key} names {name}, which is not in corpora", near.hint, WRONG_USAGE)


def _require_no_corpus(study: Study, pool: str) -> None:
    """Raise ZooError for a pool that tables and releases would name like a corpus that the study does not even have."""
    if pool not in study.corpora and corpora.has(pool):
        raise ZooError(f"pools.{pool} is the name of a corpus", "choose another name", WRONG_USAGE)


def _require_label_source(study: Study, name: str) -> None:
    """Raise ZooError where a corpus has no votes from which its labels could be taken."""
    wanted = study.label_sources.get(name, ACTED)
    if wanted not in label_sources(name):
        able = [other for other in corpora.names() if wanted in label_sources(other)]
        raise ZooError(
            f"label_sources.{name} = {wanted}, but nobody voted on {name} so",
            f"remove the line; {wanted} is of {', '.join(able)}",
            WRONG_USAGE,
        )


def _require_folds(study: Study, name: str) -> None:
    """Raise ZooError if a protocol is unknown, is for other corpora or more speakers, or has too few folds to group."""
    folds.get(study.folds[name])
    manifest = probe(name, name in study.synthetic)
    if len(manifest):
        search_groups(cut(manifest, name, NATIVE, study.folds[name]), study.tune.groups)


def _require_speakers(study: Study, name: str) -> None:
    """A misspelt speaker would make figures look blind that are not."""
    seen, known = study.exploration.get(name), corpora.get(name).speakers
    if seen is not None and seen.speakers != "all":
        for speaker in seen.speakers:
            if known and speaker not in known:
                raise unknown(f"speaker of {name}", speaker, known)


def _require_corpus(study: Study, name: str) -> None:
    if name in study.synthetic and Path(study.data) != Path(SYNTHETIC):
        raise ZooError(
            f"data = {study.data}, but the synthetic {name} is in {SYNTHETIC}",
            f"set data: {SYNTHETIC}, or take {name} out of synthetic",
            WRONG_USAGE,
        )
    if name not in study.synthetic and not (Path(study.data) / name).is_dir():
        raise ZooError(
            f"study {study.study} needs the corpus {name}, but {study.data}/{name} is missing",
            f"run `zoo data add {name} PATH`, or `dvc pull` if a remote has it; see `zoo data list`",
            kind="missing",
        )


def _require_all_but_type(study: Study, name: str) -> None:
    """Steps, grid and copies, with a type that is always there: that of the input may have a mistake of its own, or an
    encoder that cannot be brought."""
    inputs.build(replace(inputs.spec(name, study.inputs[name]), input_type="waveform", options={}), f"inputs.{name}")


def _require_answers(study: Study, name: str) -> None:
    task = study.models[name].task
    if task_of(study, name, ANY).answers is None:
        raise ZooError(
            f"models.{name}: the task {task} only helps another one", "make it a part of a multitask", WRONG_USAGE
        )


def _require_members(study: Study, name: str) -> None:
    average, tried = study.models[name].average, study.num_trials(name)
    if average > tried:
        raise ZooError(
            f"models.{name}.average = {average}, but its search tries {tried} configurations",
            f"choose 1 to {tried}, or more num_trials",
            WRONG_USAGE,
        )


def _release(study: Study, name: str) -> Release:
    start = study.models[name].start
    assert start is not None and start.release is not None
    return pulled(start.release)[0].release


def _require_strangers(study: Study, name: str) -> None:
    """Raise ZooError where what a model starts from was trained on a corpus of the study; samples are compared once
    they are read."""
    start, known = study.models[name].start, {name}
    while start is not None and start.model in study.models and start.model not in known:
        known.add(start.model)
        start = study.models[start.model].start
    if start is not None and start.release is not None:
        require_strangers(name, study.corpora, facts_of(pulled(start.release)[0]))


def _require_crop(study: Study, name: str) -> None:
    """Raise ZooError where a training segment is shorter than what lies between two rows of the input."""
    heard, crop_s = study.models[name].input, study.training(name).crop_s
    found = inputs.of_study(study.inputs, heard)
    if found.kind in ROWS_ARE_TIME and found.frames_per_s and crop_s * found.frames_per_s < 1:
        raise ZooError(
            f"train.crop_s = {crop_s:g} is shorter than a frame of inputs.{heard}",
            f"a frame comes every {1 / found.frames_per_s:g} s; segments of seconds are usual",
            WRONG_USAGE,
        )


def _sizes(study: Study, name: str) -> tuple[int, int, dict[str, Any]]:
    """The dimensions of a model's input, the most outputs that it needs for a corpus, and what the input gives.

    Usual ones where input, task or labels have mistakes of their own, so that these hide no others.
    """
    model = study.models[name]
    try:
        of_corpora = [_classes(study.labels[corpus], corpus) for corpus in _corpora(study)]
        outputs = [tasks.build(study.tasks[model.task], model.task, classes).num_outputs for classes in of_corpora]
        heard = inputs.of_study(study.inputs, model.input)
        given = architectures.get(model.architecture).given(heard.gives)
        return heard.num_dims, max(outputs, default=len(ANY)), given
    except ZooError:
        return FRAMING.n_mels, len(ANY), {}


def _require_targets(study: Study, name: str, corpus: str) -> None:
    """Raise ZooError where a corpus has nothing that a model's task learns from, naming those that have."""
    task, labelled = study.models[name].task, study.label_sources.get(corpus)
    if _teaches(study, task, corpus, study.labels[corpus], labelled):
        return
    able = []
    for other in corpora.names():
        sources = [None, *label_sources(other)[1:]]
        if source := [source for source in sources if _teaches(study, task, other, NATIVE, source)][:1]:
            able.append(f"{other} (label_sources: {source[0]})" if source[0] else other)
    raise ZooError(
        f"models.{name}: {corpus} has nothing that the task {task} can learn from",
        f"corpora that have: {', '.join(able) or 'none'}",
        WRONG_USAGE,
    )


def _teaches(study: Study, task: str, corpus: str, scheme: str, label_source: str | None) -> bool:
    rows = usable(probe(corpus, label_source=label_source), corpus, scheme)
    targets = tasks.build(study.tasks[task], task, _classes(scheme, corpus)).targets(rows)
    return bool(has_target(targets).any())


def _classes(scheme: str, corpus: str) -> list[str]:
    return labels.classes(scheme, corpus, corpora.get(corpus).native_labels)
