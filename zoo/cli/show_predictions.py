"""The output of `zoo predict`: plain text for terminals and pipes, and JSON."""

from typing import Any

from zoo import terminal
from zoo.cli.show import about
from zoo.releases import SYNTHETIC
from zoo.releases.card import Card
from zoo.releases.predict import Prediction


def table(card: Card, values: tuple[str, ...], found: list[Prediction]) -> str:
    """One line for each file: the predicted class, its probability and that of every class; then the values, if any.

    values: their names.
    """
    classes = card.classes if _has_classes(found) else []
    head = ("file", *(("label", "probability", *classes) if classes else ()), *values)
    rows = []
    for item in found:
        cells = [item.name]
        if item.answer is None:
            cells += ["-"] * (len(head) - 1)
        elif classes:
            shares = item.answer.probabilities
            cells += [item.answer.label or "", *(f"{share:.3f}" for share in (max(shares.values()), *shares.values()))]
        if item.answer is not None:
            cells += [f"{value:.3f}" for value in item.answer.values.values()]
        rows.append(tuple(cells))
    text = terminal.text(head, rows, right=range(2 if classes else 1, len(head)))
    return f"{SYNTHETIC}\n{text}" if card.origin == "synthetic" else text


def _has_classes(found: list[Prediction]) -> bool:
    known = [item.answer.probabilities for item in found if item.answer is not None]
    return not known or bool(known[0])


def table_json(card: Card, version: str, found: list[Prediction]) -> str:
    """The same as JSON; a file that could not be used has an `error`."""
    rows: list[dict[str, Any]] = []
    for item in found:
        row: dict[str, Any] = {"file": item.name, "label": None, "probabilities": None}
        if item.answer is None:
            row["error"] = item.problem.message if item.problem else ""
        else:
            row |= {"label": item.answer.label, "probabilities": _rounded(item.answer.probabilities) or None}
            if item.answer.values:
                row["values"] = _rounded(item.answer.values)
        rows.append(row)
    return terminal.json_text({**about(card.name, version, card.origin), "predictions": rows})


def _rounded(numbers: dict[str, float]) -> dict[str, float]:
    return {name: round(number, 6) for name, number in numbers.items()}
