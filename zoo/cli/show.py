"""The output of the commands about models: plain text for terminals and pipes, and JSON."""

import json
from typing import Any

from zoo import terminal
from zoo.errors import ZooError
from zoo.releases import CARD, SYNTHETIC
from zoo.releases.card import Card, read
from zoo.releases.predict import Prediction
from zoo.releases.pull import Found
from zoo.releases.terms import data_on
from zoo.scoring.evaluate import Result
from zoo.scoring.training_data import Overlap


def as_json(value: Any) -> str:
    """JSON with indentation."""
    return json.dumps(value, indent=2, ensure_ascii=False)


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
            _interval(item.entry.uar, item.entry.low, item.entry.high)
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
    return as_json(
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


def predictions(card: Card, values: tuple[str, ...], found: list[Prediction]) -> str:
    """One line for each file: the predicted class, its probability and that of every class; then the values, if any.

    values: their names.
    """
    classes = card.classes if _has_classes(found) else []
    head = ("file", *(("label", "probability", *classes) if classes else ()), *values)
    rows = []
    for item in found:
        cells = [str(item.path)]
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


def predictions_json(card: Card, version: str, found: list[Prediction]) -> str:
    """The same as JSON; a file that could not be used has an `error`."""
    rows: list[dict[str, Any]] = []
    for item in found:
        row: dict[str, Any] = {"file": str(item.path), "label": None, "probabilities": None}
        if item.answer is None:
            row["error"] = item.problem.message if item.problem else ""
        else:
            row |= {"label": item.answer.label, "probabilities": _rounded(item.answer.probabilities) or None}
            if item.answer.values:
                row["values"] = _rounded(item.answer.values)
        rows.append(row)
    return as_json({**_about(card.name, version, card.origin), "predictions": rows})


def _rounded(numbers: dict[str, float]) -> dict[str, float]:
    return {name: round(number, 6) for name, number in numbers.items()}


def result(score: Result) -> str:
    """UAR with its interval and the confusion matrix."""
    lines = []
    if score.is_synthetic:
        lines.append("SYNTHETIC: it involves made-up stand-ins for speech, so this score says nothing about people")
    if score.overlap:
        lines.append(_training_data(score.overlap))
    lines += [f"note: {note}" for note in score.overlap.notes]
    uar = score.uar
    lines += [
        f"{score.model} on {score.data}: {score.num_utterances} utterances of {score.num_speakers} speakers",
        f"UAR {_interval(uar.value, uar.low, uar.high)} ({uar.how})",
        f"classes of {score.scheme}"
        + (", mapped from the model's own by summing probabilities" if score.mapped else ""),
    ]
    if score.left_out:
        lines.append("left out by the scheme: " + ", ".join(f"{label} {n}" for label, n in score.left_out.items()))
    rows = [(name, *[str(count) for count in row]) for name, row in zip(score.classes, score.matrix, strict=True)]
    head = ("label \\ predicted", *score.classes)
    return "\n".join([*lines, "", terminal.text(head, rows, right=range(1, len(head)))])


def _training_data(overlap: Overlap) -> str:
    """What the model was trained on, and what that means for the score."""
    if overlap.left_out:
        return (
            f"what the model was trained on is left out: {overlap} of this data. {overlap.verdict}; "
            f"scored on the {overlap.num_new} new ones by speakers that it was not trained on"
        )
    return f"NOT A RESULT: the model was trained on {overlap} of this data. {overlap.verdict}"


def result_json(score: Result, version: str) -> str:
    """The same as JSON."""
    uar = score.uar
    return as_json(
        {
            **_about(score.model.partition(":")[0].removesuffix(" (candidate)"), version, score.model_origin),
            "data": score.data,
            "data_origin": score.data_origin,
            "scheme": score.scheme,
            "mapped": score.mapped,
            "uar": {"value": uar.value, "low": uar.low, "high": uar.high, "interval": uar.how},
            "num_utterances": score.num_utterances,
            "num_speakers": score.num_speakers,
            "classes": score.classes,
            "confusion_matrix": score.matrix.tolist(),
            "left_out": score.left_out,
            "includes_training_data": bool(score.overlap) and not score.overlap.left_out,
            "leaves_out_training_data": score.overlap.left_out,
            "training_verdict": score.overlap.verdict,
            "training_utterances": score.overlap.num_utterances,
            "training_copies": score.overlap.num_copies,
            "training_names": score.overlap.num_named,
            "training_share": round(score.overlap.num_trained_on / score.overlap.total, 6),
            "training_speakers": list(score.overlap.speakers),
            "new_utterances_of_training_speakers": score.overlap.num_of_speakers,
            "new_utterances": score.overlap.num_new,
            "copies_looked_for": score.overlap.sameness.copies_looked_for,
            "notes": score.overlap.notes,
        }
    )


def _about(name: str, version: str, origin: str) -> dict[str, Any]:
    about = {"model": name, "version": version, "origin": origin}
    return {**about, "note": SYNTHETIC} if origin == "synthetic" else about


def _interval(value: float | None, low: float | None, high: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:.3f}" if low is None or high is None else f"{value:.3f} [{low:.3f}, {high:.3f}]"
