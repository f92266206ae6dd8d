"""`zoo score`: the figures of anybody's predictions, with intervals over speakers."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zoo.errors import WRONG_USAGE, ZooError
from zoo.terminal import json_text, say

if TYPE_CHECKING:
    from zoo.evaluation.file_scores import FileScore, Scores

NOTICE = "SYNTHETIC: the speech is made up by a program, so these figures say nothing about people"


def score(
    predictions: Annotated[
        Path,
        typer.Argument(
            metavar="PREDICTIONS", help="A table (CSV, JSON, Parquet, …): utterance, speaker, label, predicted."
        ),
    ],
    against: Annotated[
        Path | None,
        typer.Option(help="Compare with another file of predictions for the same utterances.", metavar="OTHER"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    latex: Annotated[bool, typer.Option("--latex", help="Print a LaTeX table (booktabs).")] = False,
    confidence: Annotated[float, typer.Option(help="Of the intervals, between 0 and 1.")] = 0.95,
) -> None:
    """Score anybody's predictions. UAR and macro F1 with intervals over speakers; with --against, also the difference.

    The difference is paired, speaker by speaker on the same utterances, with its interval and p-value.
    """
    if as_json and latex:
        raise ZooError("--json and --latex exclude each other", "pass one of them", WRONG_USAGE)
    from zoo.evaluation.file_scores import score as score_files

    found = score_files(predictions, against, confidence)
    say(_json(found) if as_json else _latex(found) if latex else _text(found))


def _titles() -> dict[str, str]:
    from zoo.evaluation.file_scores import METRICS

    return {metric.name: metric.title for metric in METRICS}


def _text(found: "Scores") -> str:
    from zoo import terminal

    lines = [NOTICE] if any(one.synthetic for one in found.files) else []
    lines += [f"{one.path}: {_facts(one)}" for one in found.files]
    head, rows = _cells(found, plus="+")
    lines += ["", terminal.text(head, rows, right=range(1, len(head))), ""]
    return "\n".join([*lines, *_hows(found)])


def _hows(found: "Scores") -> list[str]:
    """How the intervals of the UAR and its difference were made, or why there are none; each once."""
    hows = [f"interval of {one.path}: {one.figures['uar'].how}" for one in found.files]
    return hows + [f"interval of the difference: {one.how}" for name, one in found.differences.items() if name == "uar"]


def _facts(one: "FileScore") -> str:
    who = "unknown speakers" if one.num_speakers is None else f"{one.num_speakers} speakers"
    seeds = f", mean of {one.num_seeds} seeds" if one.num_seeds > 1 else ""
    absent = f"; predicted but never a label: {', '.join(one.absent)}" if one.absent else ""
    named = f"{len(one.classes)} classes ({', '.join(one.classes)})"
    return f"{one.num_utterances} utterances of {who}, {named}{seeds}{absent}"


def _cells(found: "Scores", plus: str) -> tuple[list[str], list[list[str]]]:
    """The table: a row a metric, a column a file, then the difference and p."""
    compared = bool(found.differences)
    names = [Path(one.path).name for one in found.files]
    heads = names if len(set(names)) == len(names) else [one.path for one in found.files]
    head = ["metric", *heads, *(["difference", "p"] if compared else [])]
    absent = sorted({name for one in found.files for name in one.absent})
    rows = []
    for name, title in _titles().items():
        if absent and name == "uar":
            number = len(found.first.classes)
            title += f" over {number} of {number + len(absent)} classes"
        figures = [one.figures[name] for one in found.files]
        row = [title, *(_figure(one.value, one.low, one.high, "") for one in figures)]
        if compared:
            one = found.differences.get(name)
            row += ["–", "–"] if one is None else [_figure(one.value, one.low, one.high, plus), _p(one.p)]
        rows.append(row)
    return head, rows


def _figure(value: float | None, low: float | None, high: float | None, plus: str) -> str:
    if value is None:
        return "–"
    text = f"{value:{plus}.3f}"
    return text if low is None or high is None else f"{text} [{low:{plus}.3f}, {high:{plus}.3f}]"


def _p(p: float | None) -> str:
    return "–" if p is None else "< 0.001" if p < 0.001 else f"{p:.3f}"


def _json(found: "Scores") -> str:
    """Everything, unrounded."""
    from dataclasses import asdict

    content = {
        "confidence": found.confidence,
        **({"note": NOTICE} if any(one.synthetic for one in found.files) else {}),
        "files": [asdict(one) for one in found.files],
        "differences": {name: asdict(one) for name, one in found.differences.items()},
    }
    return json_text(content)


def _latex(found: "Scores") -> str:
    r"""A table for a paper, which needs \usepackage{booktabs}; how the intervals were made is in comments."""
    head, rows = _cells(found, plus="+")
    lines = [f"% {NOTICE}"] if any(one.synthetic for one in found.files) else []
    lines += [f"% {one.path}: {_facts(one)}" for one in found.files]
    lines += [f"% {how}" for how in _hows(found)]
    minus = re.compile(r"(?<![\w.])-(?=\d)")
    body = [" & ".join(_escaped(cell) for cell in head)]
    body += [" & ".join([row[0], *(minus.sub("$-$", _escaped(cell)) for cell in row[1:])]) for row in rows]
    body = [rf"{line} \\" for line in body]
    return "\n".join(
        [
            *lines,
            rf"\begin{{tabular}}{{l{'r' * (len(head) - 1)}}}",
            r"\toprule",
            body[0],
            r"\midrule",
            *body[1:],
            r"\bottomrule",
            r"\end{tabular}",
        ]
    )


def _escaped(text: str) -> str:
    special = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "–": "--", "<": "$<$"}
    special |= {character: f"\\{character}" for character in "&%$#_{}"}
    return "".join(special.get(character, character) for character in text)
