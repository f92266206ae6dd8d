"""The scheme in which a model is scored on labels, and the class of each label in it.

Which scheme is one rule, and the labels decide before the model does, so that models are compared at one task:

1. the first of core4, ekman6, ekman7 and the other schemes that has all the labels of a table, if the model has an
   answer for all of them: as its classes, or (core4, ekman6 and ekman7) as a corpus's native words for its classes;
2. otherwise the classes that the model was trained on, if they include all the labels;
3. otherwise the model's scheme across corpora, which leaves out what it has no class for.

Labels of a corpus are its native ones: those of the model's own corpus are scored in its own scheme, others in that
across corpora. A scheme that is asked for is taken instead. Labels match in any case: `Anger` is `anger`.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from zoo import corpora, labels
from zoo.errors import WRONG_USAGE, ZooError
from zoo.files import named
from zoo.releases.card import Card
from zoo.scoring.labelled import LabelledData

EMOTIONS = ("core4", "ekman6", "ekman7")  # schemes for whose classes corpora have native words of the same meaning
Classes = dict[str, str | None]  # label -> class, None where the scheme leaves the label out


@dataclass(frozen=True)
class LabelMapping:
    """The mapping of labels to classes. scheme: of the classes; why: the reason that it was taken.

    model: each class of the model -> its class in the scheme, None where it has none; mapped: whether it differs from
    the model's own, so that probabilities must be summed. classes: of each label, None if the scheme leaves it out.
    """

    scheme: str
    why: str
    model: Classes
    mapped: bool
    classes: Classes


def label_mapping(card: Card, data: LabelledData, scheme: str | None = None) -> LabelMapping:
    """The mapping of the data's labels to classes that the model can be scored on. scheme: the one that is asked for.

    Raises ZooError for an unknown scheme, for one that the model's classes cannot be mapped to, and naming the first
    label that nothing has.
    """
    found = list(dict.fromkeys(row.label for row in data.rows))
    if data.corpus is not None:
        own = data.corpus == card.release.corpus
        why = "the model's own, since it is the model's own corpus" if own else "the model's scheme across corpora"
        taken = scheme or (card.release.scheme if own else card.labels.cross_scheme)
        return _mapping(card, taken, _asked(why, scheme), labels.mapping(taken, data.corpus, found))
    if scheme is not None:
        return _mapping(card, scheme, _asked("", scheme), _classes_in(card, data, scheme, found))
    for name in (*EMOTIONS, *(other for other in labels.schemes() if other not in (*EMOTIONS, labels.NATIVE))):
        classes = _whole(name, found)
        if classes is not None and set(classes.values()) <= set((reach(card, name) or {}).values()):
            return _mapping(card, name, "the first scheme that has all the labels", classes)
    if (own_classes := _of_own(card, found)) is not None:
        return _mapping(
            card, card.release.scheme, "the model's own, since no common scheme has all the labels", own_classes
        )
    cross = card.labels.cross_scheme
    why = "the model's scheme across corpora, since it has no answer for some of the labels"
    return _mapping(card, cross, why, _classes_in(card, data, cross, found))


def reach(card: Card, scheme: str) -> Classes | None:
    """Each class of the model -> its class in a scheme; None where the model merges what the scheme distinguishes."""
    if scheme == card.release.scheme:
        return {name: name for name in card.classes}
    if scheme == card.labels.cross_scheme:
        return card.labels.cross if any(card.labels.cross.values()) else None
    found: dict[str, set[str | None]] = {}
    for word, name in card.labels.words.items():
        if name is not None:
            corpus, _, native = word.rpartition(": ")  # a pool's words are those of several corpora
            try:
                found.setdefault(name, set()).update(
                    labels.mapping(scheme, corpus or card.release.corpus, [native]).values()
                )
            except ZooError:
                return None  # a corpus that the scheme does not know
    unclear = any(len(places) > 1 for places in found.values())
    mapped = {name: next(iter(places)) for name, places in found.items()}
    return None if unclear or not any(mapped.values()) else mapped


def _asked(why: str, scheme: str | None) -> str:
    return why if scheme is None else "as asked for with --scheme"


def _mapping(card: Card, scheme: str, why: str, classes: Classes) -> LabelMapping:
    model = reach(card, scheme)
    if model is None:
        others = [name for name in labels.schemes() if name != labels.NATIVE and reach(card, name)]
        raise ZooError(
            f"the classes of {card.name} ({', '.join(card.classes)}) cannot be mapped to {scheme}",
            f"it can be scored in {', '.join(dict.fromkeys([card.release.scheme, *others]))}",
            WRONG_USAGE,
        )
    return LabelMapping(scheme, why, model, scheme != card.release.scheme, classes)


def _classes_in(card: Card, data: LabelledData, scheme: str, found: list[str]) -> Classes:
    """The class of each label in a scheme. Raises ZooError if they are neither its classes nor one corpus's words."""
    own = _of_own(card, found) if scheme == card.release.scheme else None
    classes = own or _spelled(found, _classes_of(scheme)) or _native(data.name, scheme, found)
    if classes is None:
        raise _unknown_label(card, data, scheme)
    return classes


def _whole(scheme: str, found: list[str]) -> Classes | None:
    """The class of each label in a scheme that leaves none of them out; None for other schemes."""
    if (classes := _spelled(found, _classes_of(scheme))) is not None or scheme not in EMOTIONS:
        return classes
    natives = [classes for _, classes in _natives(scheme, found) if None not in classes.values()]
    return natives[0] if natives and all(classes == natives[0] for classes in natives) else None


def _of_own(card: Card, found: list[str]) -> Classes | None:
    """The class of each label in the model's own scheme, by its classes or its corpus's native words."""
    if (classes := _spelled(found, card.classes)) is not None:
        return classes
    words = {word.rpartition(": ")[2]: name for word, name in card.labels.words.items()}
    spelled = _spelled(found, words)
    return spelled and {label: words[str(word)] for label, word in spelled.items()}


def _native(data: str, scheme: str, found: list[str]) -> Classes | None:
    """The class of each label as a native one of some corpus. Raises ZooError where corpora disagree."""
    candidates = list(_natives(scheme, found))
    if any(classes != candidates[0][1] for _, classes in candidates):
        raise ZooError(
            f"{data}: these labels have different classes in {' and '.join(name for name, _ in candidates)}",
            f"use the classes of {scheme} as labels: {', '.join(_classes_of(scheme))}",
        )
    return candidates[0][1] if candidates else None


def _natives(scheme: str, found: list[str]) -> Iterator[tuple[str, Classes]]:
    """The corpora whose native labels include all, and the classes of these; those spelled alike, if there are any."""
    spelled = {name: words for name in corpora.names() if (words := _spelled(found, corpora.get(name).native_labels))}
    exact = {name: words for name, words in spelled.items() if all(label == word for label, word in words.items())}
    for name, words in (exact or spelled).items():
        try:
            classes = labels.mapping(scheme, name, [str(word) for word in words.values()])
        except ZooError:
            continue  # a corpus that the scheme does not know
        yield name, {label: classes[str(word)] for label, word in words.items()}


def _spelled(found: Iterable[str], words: Collection[str]) -> Classes | None:
    """Each label as the words spell it, in any case; None if one of them is no word."""
    lower = {word.casefold(): word for word in words}
    spelled: Classes = {}
    for label in found:
        if label not in words and label.casefold() not in lower:
            return None
        spelled[label] = label if label in words else lower[label.casefold()]
    return spelled


@cache
def _classes_of(scheme: str) -> tuple[str, ...]:
    """The classes of a scheme on any corpus. Raises ZooError for an unknown scheme."""
    found: set[str] = set()
    labels.alternatives(scheme)  # an unknown scheme
    for name in corpora.names() if scheme != labels.NATIVE else ():
        try:
            found.update(labels.classes(scheme, name, corpora.get(name).native_labels))
        except ZooError:
            continue  # a corpus that the scheme does not know
    return tuple(sorted(found))


def _unknown_label(card: Card, data: LabelledData, scheme: str) -> ZooError:
    words = {*card.classes, *card.labels.words, *_classes_of(scheme)}
    words |= {label for name in corpora.names() for label in corpora.get(name).native_labels}
    known = {word.casefold() for word in words}
    unknown = next((row for row in data.rows if row.label.casefold() not in known), None)
    other = f"; those of {scheme}: {', '.join(_classes_of(scheme))}" if scheme != card.release.scheme else ""
    choices = f"the model's classes are {', '.join(card.classes)}{other}"
    if unknown is None:
        return ZooError(f"{data.name} mixes labels of several corpora", choices)
    return ZooError(f"{unknown.where}: unknown label '{named(unknown.label)}'", choices, WRONG_USAGE)
