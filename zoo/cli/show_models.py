"""The output of `zoo list`: plain text for terminals and pipes, and JSON."""

from zoo import terminal
from zoo.cli.show import interval
from zoo.errors import ZooError
from zoo.releases import CARD
from zoo.releases.card import read
from zoo.releases.pull import Found
from zoo.releases.terms import data_on


def listing(found: list[Found], pattern: str) -> str:
    """One line for each model."""
    if not found:
        return (
            f"no model matches '{pattern}'"
            if pattern != "*"
            else "no models yet; run `make repro` to make the first ones"
        )
    rows = [
        (
            item.entry.name,
            item.version,
            "SYNTHETIC" if item.entry.origin == "synthetic" else "recorded",
            interval(item.entry.uar, item.entry.low, item.entry.high)
            + (" post-exploration" if item.entry.exploration else ""),
            _commercial_use(item)[1],
            item.where,
        )
        for item in found
    ]
    note = "\nUAR: within the corpus, on test speakers of the cross-validation; `zoo show NAME` has the details."
    return terminal.text(("name", "version", "trained on", "UAR [interval]", "commercial use", "where"), rows) + note


def listing_json(found: list[Found]) -> str:
    """The same as JSON."""
    return terminal.json_text(
        [
            {
                "name": item.entry.name,
                "version": item.version,
                "origin": item.entry.origin,
                "uar": item.entry.uar,
                "low": item.entry.low,
                "high": item.entry.high,
                "exploration": item.entry.exploration,
                "identity": item.entry.identity,
                "commercial_use": _commercial_use(item)[0],
                "where": item.where,
            }
            for item in found
        ]
    )


def _commercial_use(item: Found) -> tuple[bool | None, str]:
    """Whether licences of data and encoders allow it, None where that is not known; and in a word.

    It is on the card, which only a catalogue on this machine has at hand.
    """
    if item.catalogue.local is None:
        return None, "see its card"
    try:
        allowed = data_on(read(item.catalogue.local / item.folder / CARD)).commercial_use
    except ZooError:  # using it says what is wrong with the card
        return None, "unknown"
    return allowed, "unknown" if allowed is None else "yes" if allowed else "no"
