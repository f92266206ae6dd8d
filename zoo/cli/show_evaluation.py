"""The output of `zoo evaluate`: plain text for terminals and pipes, and JSON."""

from zoo import terminal
from zoo.cli.of_models import about, interval
from zoo.scoring.evaluate import Result
from zoo.scoring.training_data import Overlap


def result(score: Result) -> str:
    """UAR with its interval and the confusion matrix."""
    lines = []
    if score.is_synthetic:
        lines.append("SYNTHETIC: it involves made-up stand-ins for speech, so this score says nothing about people")
    lines += overlapping(score.overlap)
    uar = score.uar
    lines += [
        f"{score.model} on {score.data}: {score.num_utterances} utterances of "
        + ("unknown speakers" if score.num_speakers is None else f"{score.num_speakers} speakers"),
        f"UAR {interval(uar.value, uar.low, uar.high)}{_over(score)} ({uar.how.replace('none: ', 'no interval: ')})",
        f"classes of {score.scheme} ({score.why})"
        + (", mapped from the model's own by summing probabilities" if score.mapped else ""),
    ]
    if score.saw is not None:
        lines.append(f"before, it saw of the speech that it was adapted to: {score.saw}")
    if score.labels:
        lines.append("labels: " + ", ".join(f"{label} is {name}" for label, name in score.labels.items()))
    if score.left_out:
        lines.append("left out by the scheme: " + ", ".join(f"{label} {n}" for label, n in score.left_out.items()))
    rows = [(name, *[str(count) for count in row]) for name, row in zip(score.classes, score.matrix, strict=True)]
    head = ("label \\ predicted", *score.classes)
    return "\n".join([*lines, "", terminal.text(head, rows, right=range(1, len(head)))])


def overlapping(overlap: Overlap) -> list[str]:
    """What the model was trained on, of the data, and what is not certain about that."""
    return [*([_training_data(overlap)] if overlap else []), *(f"note: {note}" for note in overlap.notes)]


def _training_data(overlap: Overlap) -> str:
    """What the model was trained on, and what that means for the score."""
    if overlap.left_out:
        return (
            f"what the model was trained on is left out: {overlap} of this data. {overlap.verdict}; "
            f"scored on the {overlap.num_new} new ones by speakers that it was not trained on"
        )
    return f"NOT A RESULT: the model was trained on {overlap} of this data. {overlap.verdict}"


def _over(score: Result) -> str:
    if not score.absent:
        return ""
    number = len(score.classes)
    return f" over {number - len(score.absent)} of {number} classes, as no utterance is {', '.join(score.absent)}"


def result_json(score: Result, version: str) -> str:
    """The same as JSON."""
    uar = score.uar
    return terminal.json_text(
        {
            **about(score.model.partition(":")[0].removesuffix(" (candidate)"), version, score.model_origin),
            "data": score.data,
            "data_origin": score.data_origin,
            "sights": score.sights,
            "saw": score.saw,
            "scheme": score.scheme,
            "scheme_reason": score.why,
            "mapped": score.mapped,
            "labels": score.labels,
            "uar": {
                **{"value": uar.value, "low": uar.low, "high": uar.high, "interval": uar.how},
                "absent_classes": score.absent,
            },
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
