"""What a card says of the data: the facts of a corpus, or of several pooled, under the strictest of all terms.

Those of the encoders that have a part in a model count as well as those of its data.
"""

from collections.abc import Iterable, Sequence

from zoo import corpora
from zoo.encoders.licences import allows_commerce
from zoo.releases.card import Card, Data
from zoo.runtime.release import Base, Release


def data_of(names: Sequence[str], earlier: Sequence[str] = ()) -> Data:
    """The facts of corpora. Commercial use is allowed where all allow it.

    earlier: other corpora, on which what a model started from was trained: their terms hold too.

    The licence is that of the strictest: where some forbid commercial use, only theirs count, since they forbid most of
    what the others may; where several different ones are left, all of them hold.
    """
    own = [corpora.get(name) for name in names]
    known = own + [corpora.get(name) for name in earlier if name not in names]
    strictest = [one for one in known if not one.commercial_use] or known
    return Data(
        title=_listed([one.title for one in own]),
        citation=" ".join(one.citation for one in known),
        licence=_listed(list(dict.fromkeys(one.licence for one in strictest))),
        terms=known[0].terms if len(known) == 1 else " ".join(f"{one.title}: {one.terms}" for one in known),
        obtain=known[0].obtain if len(known) == 1 else " ".join(f"{one.title}: {one.obtain}" for one in known),
        commercial_use=all(one.commercial_use for one in known),
        language=", ".join(dict.fromkeys(one.language for one in own)),
    )


def bases_of(release: Release) -> list[Base]:
    """The encoders that have a part in a model: its own, its teacher's, and those of what it started from."""
    teacher, start = release.teacher, release.start
    found = (release.base, teacher.base if teacher else None, *(start.bases if start else ()))
    return [base for base in found if base is not None]


def under(data: Data, bases: Iterable[Base]) -> Data:
    """The same, under the terms of encoders too.

    One whose licence allows commercial use takes nothing away. One whose licence forbids it makes its licence one of
    the strictest, as in `data_of`; one whose licence zoo does not know leaves open what is allowed. Done twice, it is
    the same as once.
    """
    for base in sorted(bases, key=lambda one: allows_commerce(one.licence) is None):  # first what is known
        allowed = allows_commerce(base.licence)
        if allowed:
            continue
        licence = _name(base)
        # of what may be used commercially, nothing is left that a stricter licence does not say
        own = [] if allowed is False and data.commercial_use else [data.licence]
        told = f"The encoder {base.name}: {_says(base, allowed)}"
        data = data.model_copy(
            update={
                "licence": data.licence if licence in data.licence else _listed([*own, licence]),
                "terms": data.terms if told in data.terms else f"{data.terms} {told}",
                "commercial_use": False if False in (data.commercial_use, allowed) else None,
            }
        )
    return data


def data_on(card: Card) -> Data:
    """What a card says of the data, under the terms of its encoders: older cards state those of the data alone."""
    return under(card.data, bases_of(card.release))


def _name(base: Base) -> str:
    if base.licence is None:
        return f"the unstated licence of {base.name}"
    return base.licence.upper() if base.licence.startswith("cc") else base.licence


def _says(base: Base, allowed: bool | None) -> str:
    if base.licence is None:
        return "it states no licence; ask its authors before any other use than research."
    if allowed is False:
        return f"{_name(base)}, no commercial use; what is trained on it is bound by that too."
    return f"{_name(base)}; read it to know what it allows."


def _listed(words: list[str]) -> str:
    return " and ".join(words) if len(words) < 3 else f"{', '.join(words[:-1])} and {words[-1]}"
