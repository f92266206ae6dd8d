"""Choosing among releases: by what they allow and cost and how good they are; and which to take for what."""

from collections.abc import Callable, Iterable
from statistics import fmean

from zoo.errors import WRONG_USAGE, ZooError, unknown
from zoo.releases.index import Entry
from zoo.releases.pull import Found
from zoo.study.cross import LEAVE_ONE_CORPUS_OUT

_MOST_CORPORA = 6  # a line of advice for each


def left_out(entry: Entry) -> float | None:
    """UAR on corpora none of which had a part in the training, by leaving out each in turn; None without such a test.

    Of models that were trained in the same way as the release.
    """
    return entry.uar if entry.protocol == LEAVE_ONE_CORPUS_OUT else None


def across(entry: Entry) -> float | None:
    """The mean UAR on other corpora, however they were tested; None if it was tested on none."""
    if (figure := left_out(entry)) is not None:
        return figure
    return fmean(one.uar for one in entry.across) if entry.across else None


SORTS: dict[str, Callable[[Found], tuple[object, ...]]] = {
    "name": lambda item: (),
    "uar": lambda item: (-_or(item.entry.uar),),
    "left-out": lambda item: (-_or(left_out(item.entry)), -_or(across(item.entry))),
    "size": lambda item: (item.entry.num_bytes,),
}


def chosen(
    found: Iterable[Found],
    commercial: bool = False,
    language: str = "",
    max_mb: float | None = None,
    min_uar: float | None = None,
    sort: str = "name",
) -> list[Found]:
    """Those that fit all wishes, in the order of `sort` (see SORTS), and else in the order that they come in.

    commercial: only those whose licences are known to allow it. language: that it was trained on, such as `de`.
    max_mb: 1e6 bytes, with the encoder. min_uar: 0 to 1, of its own protocol.
    Raises ZooError for values that nothing can fit.
    """
    if sort not in SORTS:
        raise unknown("order", sort, SORTS)
    if min_uar is not None and not 0 <= min_uar <= 1:
        raise ZooError(f"--min-uar {min_uar:g} is not between 0 and 1", "a UAR of 70 % is 0.7", WRONG_USAGE)
    if max_mb is not None and not max_mb > 0:
        raise ZooError(f"--max-mb {max_mb:g} is no size", "pass MB, such as --max-mb 5", WRONG_USAGE)
    fitting = [
        item
        for item in found
        if (not commercial or item.entry.commercial_use is True)
        and (not language or language.casefold() in languages(item.entry))
        and (max_mb is None or item.entry.num_bytes <= max_mb * 1e6)
        and (min_uar is None or _or(item.entry.uar) >= min_uar)
    ]
    return sorted(fitting, key=SORTS[sort])


def languages(entry: Entry) -> list[str]:
    """Those that it was trained on: `en-us` is `en` too."""
    listed = [one.strip().casefold() for one in (entry.language or "").split(",") if one.strip()]
    return [*listed, *(one.split("-")[0] for one in listed)]


def advice(found: Iterable[Found]) -> list[tuple[str, Found]]:
    """(purpose, release): which to take for what, by the figures of the index; the newest version of each model.

    Figures on different corpora are not compared: for a corpus that a model was trained on there is one line each.
    """
    newest: dict[str, Found] = {}
    for item in found:  # the newest comes first
        if item.entry.origin == "recorded" and not item.is_candidate:
            newest.setdefault(item.entry.name, item)
    releases = sorted(newest.values(), key=lambda item: item.entry.num_bytes)  # of equally good ones, the smallest
    scored = [item for item in releases if item.entry.uar is not None]
    lines = []
    known = [item for item in scored if left_out(item.entry) is None]
    corpora = sorted({item.entry.name.partition("@")[2] for item in known})
    for corpus in corpora[:_MOST_CORPORA]:
        own = [item for item in known if item.entry.name.endswith(f"@{corpus}")]
        lines.append((f"speech as in {corpus}", max(own, key=lambda item: _or(item.entry.uar))))
    tested = [item for item in releases if across(item.entry) is not None]
    # leaving out corpora is a test on several; a figure on one other corpus says less
    strict = [item for item in tested if left_out(item.entry) is not None] or tested
    if strict:
        lines.append(("unknown speech", max(strict, key=lambda item: _or(across(item.entry)))))
    free = [item for item in tested if item.entry.commercial_use] or [i for i in scored if i.entry.commercial_use]
    if free:
        best = max(free, key=lambda item: (_or(across(item.entry)), _or(item.entry.uar)))
        lines.append(("commercial use", best))
    if scored:  # without a figure on new speakers, as of speaker-dependent models, nothing speaks for it
        lines.append(("smallest", scored[0]))
    return lines


def _or(value: float | None) -> float:
    return -1.0 if value is None else value
