"""The output of `zoo evaluate --method`: plain text for terminals and pipes, and JSON."""

from typing import Any

from zoo import terminal
from zoo.cli.of_models import about, interval
from zoo.cli.show_evaluation import overlapping
from zoo.scoring.with_methods import ByMethod, Scores

_RUNGS = "methods that see different things of the speech are not to be ranked with each other"


def scores(found: Scores) -> str:
    """A line for each method: what it sees, its UAR, and the difference to the model's own answers."""
    lines = []
    if "synthetic" in (found.model_origin, found.data_origin):
        lines.append("SYNTHETIC: it involves made-up stand-ins for speech, so this score says nothing about people")
    asked = found.asked
    lines += overlapping(asked.overlap)
    who = "unknown speakers" if found.num_speakers is None else f"{found.num_speakers} speakers"
    lines += [
        f"{found.model} on {found.data}: {len(asked.rows)} utterances of {who}",
        f"classes of {asked.mapping.scheme} ({asked.mapping.why}): {', '.join(found.classes)}",
    ]
    if asked.left_out:
        lines.append("left out by the scheme: " + ", ".join(f"{label} {n}" for label, n in asked.left_out.items()))
    head = ("rung", "method", "sees of the speech", "UAR", "minus its own answers", "p (Holm)", "scored")
    rows = [_cells(one) for one in found.by_method]
    first = found.by_method[0].uar
    lines += ["", terminal.text(head, rows, right=[0, 5, 6]), ""]
    lines += [f"intervals: {first.how}; {_RUNGS}"]
    if drawn := [one for one in found.by_method if one.num_draws > 1]:
        lines.append(
            f"{', '.join(one.method for one in drawn)}: the mean of {drawn[0].num_draws} draws of the utterances seen; "
            "speakers of labelled ones, and those that are enrolled, are not scored"
        )
    return "\n".join(lines)


def _cells(one: ByMethod) -> tuple[str, ...]:
    uar, apart = one.uar, one.difference
    scored = f"{one.num_scored:g}" if one.num_draws == 1 else f"{one.num_scored:.0f} a draw"
    name = f"{one.method} (control)" if one.control else one.method
    own = (str(one.rung), name, one.sights, interval(uar.value, uar.low, uar.high))
    if apart is None:
        return (*own, "-", "-", scored)
    between = f" [{apart.low:+.3f}, {apart.high:+.3f}]" if apart.low is not None and apart.high is not None else ""
    p = "-" if one.p_holm is None else "< 0.001" if one.p_holm < 0.001 else f"{one.p_holm:.3f}"
    return (*own, f"{apart.value:+.3f}{between}", p, scored)


def scores_json(found: Scores, version: str) -> str:
    """The same as JSON."""
    asked = found.asked
    return terminal.json_text(
        {
            **about(found.model.partition(":")[0].removesuffix(" (candidate)"), version, found.model_origin),
            "data": found.data,
            "data_origin": found.data_origin,
            "scheme": asked.mapping.scheme,
            "scheme_reason": asked.mapping.why,
            "classes": list(found.classes),
            "num_utterances": len(asked.rows),
            "num_speakers": found.num_speakers,
            "left_out": asked.left_out,
            "includes_training_data": bool(asked.overlap) and not asked.overlap.left_out,
            "leaves_out_training_data": asked.overlap.left_out,
            "methods": [_json(one) for one in found.by_method],
        }
    )


def _json(one: ByMethod) -> dict[str, Any]:
    uar, apart = one.uar, one.difference
    return {
        "method": one.method,
        "rung": one.rung,
        "control": one.control,
        "sights": one.sights,
        "num_draws": one.num_draws,
        "num_scored": one.num_scored,
        "uar": {"value": uar.value, "low": uar.low, "high": uar.high, "interval": uar.how},
        "difference": None
        if apart is None
        else {name: getattr(apart, name) for name in ("value", "low", "high", "p", "how")} | {"p_holm": one.p_holm},
    }
