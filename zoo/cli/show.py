"""The output of `zoo predict` and `zoo evaluate`: plain text for terminals and pipes, and JSON."""

import json
from typing import Any

from zoo import terminal
from zoo.releases import SYNTHETIC
from zoo.releases.card import Card
from zoo.releases.predict import Prediction
from zoo.scoring.evaluate import Result


def as_json(value: Any) -> str:
    """JSON with indentation."""
    return json.dumps(value, indent=2, ensure_ascii=False)


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
        lines.append(f"NOT A RESULT: the model was trained on {score.overlap} of this data")
    uar = score.uar
    lines += [
        f"{score.model} on {score.data}: {score.num_utterances} utterances of {score.num_speakers} speakers",
        f"UAR {interval(uar.value, uar.low, uar.high)} ({uar.how})",
        f"classes of {score.scheme}"
        + (", mapped from the model's own by summing probabilities" if score.mapped else ""),
    ]
    if score.left_out:
        lines.append("left out by the scheme: " + ", ".join(f"{label} {n}" for label, n in score.left_out.items()))
    rows = [(name, *[str(count) for count in row]) for name, row in zip(score.classes, score.matrix, strict=True)]
    head = ("label \\ predicted", *score.classes)
    return "\n".join([*lines, "", terminal.text(head, rows, right=range(1, len(head)))])


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
            "includes_training_data": bool(score.overlap),
            "training_utterances": score.overlap.num_utterances,
            "training_copies": score.overlap.num_copies,
            "training_speakers": list(score.overlap.speakers),
        }
    )


def _about(name: str, version: str, origin: str) -> dict[str, Any]:
    about = {"model": name, "version": version, "origin": origin}
    return {**about, "note": SYNTHETIC} if origin == "synthetic" else about


def interval(value: float | None, low: float | None, high: float | None) -> str:
    """A figure with its interval, such as `0.712 [0.650, 0.774]`."""
    if value is None:
        return "-"
    return f"{value:.3f}" if low is None or high is None else f"{value:.3f} [{low:.3f}, {high:.3f}]"
