"""The output of `zoo list`: plain text for terminals and pipes, and JSON."""

import textwrap

from zoo import terminal
from zoo.cli.of_models import interval
from zoo.releases.choice import across, advice, left_out
from zoo.releases.index import Entry
from zoo.releases.pull import Found

_WIDE = 118  # columns that one line for each model takes with the names that come with zoo


def listing(found: list[Found], width: int | None = None) -> str:
    """Every model with what it takes to choose, and which to take for what.

    width: of the terminal, in columns; None: unlimited. Where a line for each model is too wide, it has two.
    """
    wide = width is None or width >= _WIDE
    head = ["name", "version", "UAR", "left out", "MB"]
    more = ["language", "classes", "licence", "commercial"]
    rows, facts = [_cells(item) for item in found], [_facts(item.entry) for item in found]
    if wide:
        every = [(*row, *fact) for row, fact in zip(rows, facts, strict=True)]
        return terminal.text([*head, *more], every, right=[3, 4]) + _notes(found, width or 120)
    # in the table, the second lines would make its first column wide
    first, *upper = terminal.text(head, rows, right=[3, 4]).split("\n")
    lines = [line for pair in zip(upper, map(_below, facts), strict=True) for line in pair]
    return "\n".join([first, *lines]) + _notes(found, width or 120)


def nothing(pattern: str, filtered: bool) -> str:
    """What is said where there is no model to list."""
    if filtered:
        return "no model fits all of these wishes"
    return f"no model matches '{pattern}'" if pattern != "*" else "no models yet; run `make repro` to make the first"


def listing_json(found: list[Found]) -> str:
    """The same as JSON, nothing rounded."""
    return terminal.json_text(
        [
            item.entry.model_dump(exclude={"files"})
            | {"left_out": left_out(item.entry), "num_bytes": item.entry.num_bytes, "where": item.where}
            for item in found
        ]
    )


def _notes(found: list[Found], width: int) -> str:
    notes = [
        "UAR: on speakers that it had never heard, with its interval. left out: on corpora none of which it was "
        "trained on. MB: with the encoder that it needs. `zoo show NAME` has the details."
    ]
    if any(item.entry.exploration for item in found):
        notes.append("*: post-exploration; choices had seen these speakers before, so the figure may flatter.")
    if any(item.entry.origin == "synthetic" for item in found):
        notes.append("SYNTHETIC: made-up stand-ins for speech; these figures say nothing about people.")
    lines = [line for note in notes for line in textwrap.wrap(note, width)]
    if advised := advice(found):
        lines += ["", "Which to take for:"]
        broad = max(len(purpose) for purpose, _ in advised) + 1
        for purpose, item in advised:
            start = f"  {f'{purpose}:':<{broad}} "
            lines += textwrap.wrap(start + _reason(purpose, item), width, subsequent_indent=" " * len(start))
        lines += textwrap.wrap("Chosen by these test figures, of which the best one flatters.", width)
    return "\n".join(["", "", *lines])


def _reason(purpose: str, item: Found) -> str:
    entry = item.entry
    figure = f"UAR {_figure(entry)}"
    if purpose in ("unknown speech", "commercial use") and (mean := across(entry)) is not None:
        others = "corpora left out" if left_out(entry) is not None else _others(entry)
        figure = f"UAR {mean:.3f}{'*' if entry.exploration else ''} on {others}"
    return f"{entry.name}, {figure}, {entry.num_bytes / 1e6:.1f} MB"


def _others(entry: Entry) -> str:
    targets = list(dict.fromkeys(one.target for one in entry.across or ()))
    return terminal.escaped(targets[0]) if len(targets) == 1 else f"{len(targets)} other corpora"


def _cells(item: Found) -> tuple[str, ...]:
    entry = item.entry
    return entry.name, _version(item), _figure(entry), _number(left_out(entry)), f"{entry.num_bytes / 1e6:.1f}"


def _facts(entry: Entry) -> tuple[str, ...]:
    return _word(entry.language), _classes(entry), _word(entry.licence), _commercial(entry)


def _version(item: Found) -> str:
    return f"{item.version} SYNTHETIC" if item.entry.origin == "synthetic" else item.version


def _figure(entry: Entry) -> str:
    mark = "*" if entry.exploration else ""
    value, _, rest = interval(entry.uar, entry.low, entry.high).partition(" ")
    return f"{value}{mark} {rest}".rstrip()


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _word(text: str | None) -> str:
    return "see card" if text is None else terminal.escaped(text)


def _classes(entry: Entry) -> str:
    if entry.classes is None:
        return "see card"
    number = str(len(entry.classes)) if entry.classes else "values"
    return number if entry.scheme in (None, "native") else f"{number} {terminal.escaped(entry.scheme)}"


def _commercial(entry: Entry) -> str:
    if entry.commercial_use is None:
        return "unknown" if entry.licence else "see card"
    return "yes" if entry.commercial_use else "no"


def _below(facts: tuple[str, ...]) -> str:
    language, classes, licence, commercial = facts
    return f"  {language} · {classes} classes · {licence} · commercial use: {commercial}"
