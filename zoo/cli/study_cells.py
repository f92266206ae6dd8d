"""What is wrong with the section `cross` of a study, as far as it can be known before anything runs."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from math import isfinite

from zoo import corpora, labels, methods, synthetic
from zoo.errors import WRONG_USAGE, ZooError
from zoo.methods.contract import Method
from zoo.scoring.pairs import asks_classes, require_common, require_enough, require_other_people
from zoo.study.study import Study

Check = tuple[str, Callable[[], object]]


def cell_checks(study: Study, known: Sequence[str]) -> Iterator[Check]:
    """Checks, each with its place in the study, that raise ZooError. known: corpora that have no mistake themselves."""
    for name in study.cross.methods:
        yield f"cross.methods.{name}", partial(_built, study, name)
    for name in study.unions:
        if name not in study.pools:
            yield "cross.cells", partial(_require_no_corpus, study, name)
    cells = [(one, to) for one, to in study.cells if {to, *study.members(one)} <= {*known}]
    for source, target in cells:
        yield "cross.cells", partial(require_other_people, study, source, target)
        yield "cross.cells", partial(_require_common, study, source, target)
    for target in dict.fromkeys(target for _, target in cells):
        for name in study.cross.methods:
            yield f"cross.methods.{name}", partial(_require_enough, study, name, target)


def _require_common(study: Study, source: str, target: str) -> None:
    if any(model.task in study.tasks and asks_classes(study, name) for name, model in study.models.items()):
        require_common(study, source, target)


def _built(study: Study, name: str) -> Method:
    for option, value in study.cross.methods[name].items():
        if isinstance(value, float) and not isfinite(value):
            raise ZooError(f"cross.methods.{name}.{option} = {value}", "write a finite number", WRONG_USAGE)
    return methods.build(name, study.cross.methods[name], f"cross.methods.{name}")


def _require_no_corpus(study: Study, name: str) -> None:
    """Raise ZooError where corpora together would be named like a corpus that the study does not even have."""
    if name not in study.corpora and corpora.has(name):
        listed = ", ".join(study.members(name))
        raise ZooError(
            f"cross.cells: {listed} together are named {name}, as a corpus is",
            f"declare a pool of {listed} under another name, which the cell then has",
            WRONG_USAGE,
        )


def _require_enough(study: Study, name: str, target: str) -> None:
    """By what is known of a corpus before it is read: as many utterances and speakers as it has at most."""
    facts = corpora.get(target)
    speakers, counts = len(facts.speakers), dict(facts.native_labels)
    if target in study.synthetic:
        takes = synthetic.get(target).content()[0]
        speakers, counts = len({take.speaker for take in takes}), dict.fromkeys(counts, len(takes))
    elif target in study.label_sources:
        counts = dict.fromkeys(counts, sum(counts.values()))  # other labels, so other numbers
    per_class: dict[str, int] = {}
    for word, found in labels.mapping(study.cross_scheme, target, counts).items():
        if found is not None:
            per_class[found] = per_class.get(found, 0) + counts[word]
    method, number = _built(study, name), sum(per_class.values())
    require_enough(f"cross.methods.{name}", method, target, [*per_class.values()], speakers)
    if number <= (enrolled := method.sights.enrolled) * speakers:
        raise ZooError(
            f"cross.methods.{name}: {enrolled} enrolled utterances of each of the {speakers} speakers of {target} "
            f"leave nothing of {number} to test",
            "enrol fewer (`utterances` of the method), or remove the method",
            WRONG_USAGE,
        )
