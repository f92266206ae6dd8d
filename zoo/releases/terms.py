"""What a card says of the data: the facts of a corpus, or of several pooled, under the strictest of their terms."""

from collections.abc import Sequence

from zoo import corpora
from zoo.releases.card import Data


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


def _listed(words: list[str]) -> str:
    return " and ".join(words) if len(words) < 3 else f"{', '.join(words[:-1])} and {words[-1]}"
