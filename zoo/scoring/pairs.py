"""What makes a pair of a source and a target no test: no class in common, people or recordings in common, too little of
it. `zoo study check` says so before anything runs, and the stages say it again."""

from collections.abc import Sequence
from pathlib import PurePosixPath

import polars as pl

from zoo import corpora, labels, tasks
from zoo.audit.sameness import Known, Utterance, compare
from zoo.errors import REFUSED, WRONG_USAGE, ZooError
from zoo.methods.contract import Method
from zoo.runtime.release import Release
from zoo.study.study import Study

ANY = ("one", "other")  # which classes there are makes no difference
REMEDY = "remove the cell from cross.cells: instead of `each`, list the cells that are meant"


def asks_classes(study: Study, model: str) -> bool:
    """Whether a model answers with classes, as methods do; a dimensional one does not."""
    task = study.models[model].task
    readings = tasks.build(study.tasks[task], task, ANY).readings
    return any(reading.seen and reading.kind == "probabilities" for reading in readings)


def kept(study: Study, corpus: str) -> list[str]:
    """The classes of a corpus in the cross scheme."""
    return labels.classes(study.cross_scheme, corpus, corpora.get(corpus).native_labels)


def classes_of(study: Study) -> tuple[str, ...]:
    """The classes that any corpus of the study has in the cross scheme, in alphabetical order."""
    return tuple(sorted({name for one in study.corpora for name in kept(study, one)}))


def require_common(study: Study, source: str, target: str) -> None:
    """Raise ZooError if a source and a target have fewer than two classes in common."""
    own = {name for one in study.members(source) for name in kept(study, one)}
    if len(common := sorted(own & {*kept(study, target)})) < 2:
        what = f"have the class {common[0]} alone" if common else "have no class"
        raise ZooError(
            f"cross.cells: {source} and {target} {what} in common in {study.cross_scheme}",
            f"choose another cross_scheme (`zoo labels` lists them), or {REMEDY}",
            WRONG_USAGE,
        )


def require_other_people(study: Study, source: str, target: str) -> None:
    """Raise ZooError if a target has the people of a source: its speakers were trained on."""
    for one in study.members(source):
        if _people(one) == _people(target):
            raise ZooError(
                f"cross.cells: the people of {target} are those of {one}, which models of {source} are trained on",
                f"pool both corpora, in which a person counts once; or {REMEDY}",
                WRONG_USAGE,
            )


def _people(corpus: str) -> str:
    return corpora.get(corpus).people or corpus


def require_unheard(release: Release, samples: frozenset[str], target: str, rows: pl.DataFrame) -> None:
    """Raise ZooError if some of the target is among the samples that a release, or what it started from, has heard.

    rows: of the target's MANIFEST. Copies with other samples are looked for by `zoo data verify`: fingerprints depend
    on the processor.
    """
    start = release.start.sha256_samples if release.start else ()
    columns = rows.select("path", "speaker_id", "sha256_samples").iter_rows()
    asked = [Utterance(PurePosixPath(path), speaker, own, b"") for path, speaker, own in columns]
    found = compare(Known(samples.union(start), None, {}), asked, target)
    if number := found.count("samples"):
        first = next(one.path for one, evidence in zip(asked, found.evidence, strict=True) if evidence)
        raise ZooError(
            f"{release.name} was trained on {number} of the {len(asked)} utterances of {target}, such as {first}: "
            f"a score on {target} is not a result",
            "remove the copies from one of the two corpora, or leave one of them out of the study",
            REFUSED,
        )


def require_enough(where: str, method: Method, target: str, per_class: Sequence[int], num_speakers: int) -> None:
    """Raise ZooError if a method needs more of a target than there is.

    where: the method's place in the study, for messages. per_class: utterances of each class that the target has.
    num_speakers: 0 where nobody knows who speaks.
    """
    sights, number = method.sights, sum(per_class)
    wanted = method.fewest if sights.utterances == "all" else 1
    if number < wanted:
        raise ZooError(
            f"{where}: it needs {wanted} utterances of {target} to see, and there are {number}",
            f"remove the method, or {REMEDY}",
            WRONG_USAGE,
        )
    if (sights.speakers or sights.labels) and num_speakers == 0:
        raise ZooError(
            f"{where}: it needs to know who speaks, and {target} names no speakers",
            f"remove the method, or {REMEDY}",
            WRONG_USAGE,
        )
    if sights.labels and num_speakers < 2:
        raise ZooError(
            f"{where}: {target} has one speaker, and who is labelled is not tested",
            f"remove the method, or {REMEDY}",
            WRONG_USAGE,
        )
    if sights.labels and min(per_class) < sights.labels:
        raise ZooError(
            f"{where}: it needs {sights.labels} labelled utterances of each class of {target}, and a class has "
            f"{min(per_class)}",
            f"label fewer (`labels` of the method), or {REMEDY}",
            WRONG_USAGE,
        )
