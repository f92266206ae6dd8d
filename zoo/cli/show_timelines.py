"""The output of `zoo predict --timeline`: a table for each recording, JSON, and a picture."""

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from zoo import terminal
from zoo.cli.show_predictions import Known, rounded
from zoo.errors import WRONG_USAGE, ZooError
from zoo.files import named, whole_file
from zoo.releases import SYNTHETIC
from zoo.releases.timeline import Window, mean

PICTURES = (".png", ".svg", ".pdf")
_SILENCE = "(no speech)"


@dataclass(frozen=True)
class Timeline:
    """A recording's windows, or its problem."""

    name: str
    windows: list[Window]
    problem: ZooError | None


def tables(known: Known, lines: list[Timeline], lengths: tuple[float, float]) -> str:
    """For each recording: its windows in seconds, their class, its probability and that of every class; the mean.

    lengths: of a window and of a step, in seconds.
    """
    head = ("start", "end", *(("label", "probability", *known.classes) if known.classes else ()), *known.values)
    texts = [SYNTHETIC] if known.is_synthetic else []
    for line in lines:
        if line.problem is not None:
            continue
        spoken = mean(line.windows)
        rows = [_row(known, f"{one.start_s:.2f}", f"{one.end_s:.2f}", one) for one in line.windows]
        if len(rows) > 1:
            rows.append(_row(known, "mean", "", Window(0, 0, spoken)))
        title = f"{terminal.escaped(line.name)}: windows of {lengths[0]:g} s every {lengths[1]:g} s"
        right = [0, 1, *range(3 if known.classes else 2, len(head))]
        texts.append(title + "\n" + terminal.text(head, rows, right=right))
    return "\n\n".join(texts) if texts else "no recording could be used"


def _row(known: Known, start: str, end: str, window: Window) -> tuple[str, ...]:
    answer = window.answer
    if answer is None:
        missing = ["-"] * (len(known.classes) + len(known.values) + bool(known.classes))
        return (start, end, *([_SILENCE] if known.classes else []), *missing)
    shares = answer.probabilities
    cells = [f"{share:.3f}" for share in (max(shares.values()), *shares.values())] if shares else []
    return (
        start,
        end,
        *([answer.label or ""] if shares else []),
        *cells,
        *(f"{v:.3f}" for v in answer.values.values()),
    )


def tables_json(known: Known, lines: list[Timeline], lengths: tuple[float, float]) -> str:
    """The same as JSON; a window without speech has no label, a recording that could not be used has an `error`."""
    rows: list[dict[str, Any]] = []
    for line in lines:
        if line.problem is not None:
            rows.append({"file": line.name, "error": line.problem.message})
            continue
        spoken = mean(line.windows)
        rows.append(
            {
                "file": line.name,
                "mean": _answer(Window(0, 0, spoken)),
                "windows": [
                    {"start_s": round(one.start_s, 4), "end_s": round(one.end_s, 4), **_answer(one)}
                    for one in line.windows
                ],
            }
        )
    stated = {"window_s": lengths[0], "step_s": lengths[1], "timelines": rows}
    return terminal.json_text({**known.about, **stated})


def _answer(window: Window) -> dict[str, Any]:
    answer = window.answer
    if answer is None:
        return {"label": None, "probabilities": None}
    found: dict[str, Any] = {"label": answer.label, "probabilities": rounded(answer.probabilities) or None}
    return found | ({"values": rounded(answer.values)} if answer.values else {})


def require_picture(path: Path) -> None:
    """Raise ZooError for a file that no picture can be written to."""
    if path.suffix.lower() not in PICTURES:
        raise ZooError(f"{named(path)} is no picture", f"name a file that ends in {', '.join(PICTURES)}", WRONG_USAGE)
    if not path.parent.is_dir():
        raise ZooError(f"{named(path.parent)} is not a folder", "make it first", WRONG_USAGE)


def draw(known: Known, lines: list[Timeline], path: Path) -> None:
    """Draw the probabilities of the classes, or the values, over time: a panel for each recording."""
    import matplotlib

    matplotlib.use("Agg")
    import numpy as np
    from matplotlib import pyplot

    names = known.classes or known.values
    colours = [pyplot.get_cmap("tab10" if len(names) <= 10 else "tab20")(index) for index in range(len(names))]
    height = 0.9 + 2.2 * len(lines)
    figure, panels = pyplot.subplots(len(lines), 1, figsize=(10, height), squeeze=False, layout="constrained")
    for panel, line in zip(panels[:, 0], lines, strict=True):
        edges, shares = _steps(line.windows, known)
        if known.classes:
            bottom = np.zeros(len(shares))
            for name, colour, share in zip(names, colours, shares.T, strict=True):
                panel.stairs(bottom + share, edges, baseline=bottom, fill=True, color=colour, label=name)
                bottom = bottom + share
        else:
            for name, colour, value in zip(names, colours, shares.T, strict=True):
                panel.stairs(value, edges, baseline=None, color=colour, label=name)
        panel.set(xlim=(edges[0], edges[-1]), ylim=(0, 1), ylabel="probability" if known.classes else "value")
        panel.set_title(terminal.escaped(line.name)[-90:], fontsize=9, loc="left", parse_math=False)
        panel.spines[["top", "right"]].set_visible(False)
    panels[-1, 0].set_xlabel("seconds; blank where there is no speech")
    handles, labels = panels[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside right upper", frameon=False, fontsize=9)
    figure.suptitle(known.title, fontsize=10)
    with whole_file(path) as part:
        figure.savefig(part, format=path.suffix.lower().lstrip("."), dpi=130)
    pyplot.close(figure)


def _steps(windows: list[Window], known: Known) -> tuple[Any, Any]:
    """Edges (N+1,) in seconds and what is drawn between them (N, classes or values): the answer of the window whose
    middle is nearest; NaN where it holds no speech."""
    import numpy as np

    middles = [(one.start_s + one.end_s) / 2 for one in windows]
    between = [(left + right) / 2 for left, right in pairwise(middles)]
    nothing = [np.nan] * len(known.classes or known.values)
    rows = [
        nothing
        if one.answer is None
        else list((one.answer.probabilities if known.classes else one.answer.values).values())
        for one in windows
    ]
    return np.array([windows[0].start_s, *between, windows[-1].end_s]), np.array(rows, float)
