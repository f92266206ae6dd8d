"""`zoo gate`: are the new predictions worse than the committed ones?"""

import os
import re
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zoo.errors import REFUSED, WRONG_USAGE, ZooError
from zoo.terminal import escaped, say

if TYPE_CHECKING:
    import polars as pl

    from zoo.evaluation.gate import Verdict
    from zoo.study.study import Study

_MARKUP = re.compile(r"[\\`*_{}\[\]<>#!|&~@$]|://|(?<=www)\.")
COLUMNS = ("model", "tested on", "metric", "old", "new", "change", "interval", "detectable", "verdict")


def gate(
    study: Annotated[str, typer.Argument(help="Name of the study (default: the current one).")] = "",
    against: Annotated[
        str, typer.Option(help="What to compare with: a git revision, or a predictions.parquet.", metavar="REV|FILE")
    ] = "HEAD",
    summary: Annotated[
        Path | None,
        typer.Option(help="Append the table as Markdown to this file too ($GITHUB_STEP_SUMMARY where that is set)."),
    ] = None,
) -> None:
    """Compare new predictions with the committed ones; exit 3 if a model is significantly worse.

    The comparison is the paired difference per speaker, by the headline metric of each task (UAR for classes). For each
    model the table has the change, its interval, and the smallest change that would be detected in four of five cases.
    """
    from zoo.project import entered

    with entered() as moved:
        _gate(study, str(moved(against)) if Path(against).is_file() else against, summary and moved(summary))


def _gate(study: str, against: str, summary: Path | None) -> None:
    from zoo.evaluation.gate import compare
    from zoo.tables.predictions import PREDICTIONS

    settings = _settings(study)
    path = settings.reports / "predictions.parquet"
    new = PREDICTIONS.read(path)
    old = _old_predictions(against, path)
    verdicts = compare(old, new, settings.evaluate.confidence, settings.nested, settings.sources)
    headline, remarks = _headline(verdicts, settings, against), _remarks(verdicts, settings)
    _print(headline, remarks, verdicts)
    target = summary or (Path(os.environ["GITHUB_STEP_SUMMARY"]) if os.environ.get("GITHUB_STEP_SUMMARY") else None)
    if target is not None:
        with target.open("a", encoding="utf-8") as file:
            file.write(_markdown(headline, remarks, verdicts))
    failed = [verdict for verdict in verdicts if verdict.fails]
    if failed:
        first = failed[0]
        more = f" and {len(failed) - 1} more" if len(failed) > 1 else ""
        raise ZooError(
            f"{first.name} on {first.target}: {first.outcome}{more}",
            f"if that is intended, commit the new {path.parent} and state the reason",
            REFUSED,
        )


def _settings(name: str) -> "Study":
    from zoo.study import params

    current = params.load()
    if name in ("", current.study):
        return current
    return params.load_preset(name)


def _old_predictions(against: str, path: Path) -> "pl.DataFrame":
    from zoo.tables.predictions import PREDICTIONS

    if Path(against).is_file():
        return PREDICTIONS.read(Path(against))
    if against.endswith(".parquet"):
        raise ZooError(f"{against} is missing", "pass a git revision or a predictions.parquet", WRONG_USAGE)
    if not _git("rev-parse", "--git-dir"):
        raise ZooError(
            f"there is no git repository here that could have {path} at '{against}'",
            "work in a clone (git clone), or pass a predictions.parquet with --against",
            WRONG_USAGE,
        )
    content = _git("show", f"{against}:./{path.as_posix()}")
    if content is None:
        raise ZooError(
            f"git has no {path} at '{against}'",
            "commit the predictions of a study first, or pass another revision or file with --against",
            WRONG_USAGE,
        )
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / f"{path.name} at {against.replace('/', '_')}"
        copy.write_bytes(content)
        return PREDICTIONS.read(copy)


def _git(*words: str) -> bytes | None:
    """What git prints; None where it fails, or is not installed."""
    try:
        found = subprocess.run(["git", *words], capture_output=True, check=False, stdin=subprocess.DEVNULL)
    except FileNotFoundError:
        return None
    return None if found.returncode else found.stdout


def _headline(verdicts: list["Verdict"], settings: "Study", against: str) -> str:
    notice = "SYNTHETIC speech · " if any(verdict.synthetic for verdict in verdicts) else ""
    return f"{notice}{settings.study}: new predictions against {against}"


def _remarks(verdicts: list["Verdict"], settings: "Study") -> list[str]:
    changed = [v for v in verdicts if v.outcome in ("worse", "not worse")]
    remarks = [f"{v.name} on {v.target}: {v.note}" for v in verdicts if v.note]
    if changed:
        share = f"{100 * settings.evaluate.confidence:g} %"
        remarks.append(
            f"{len(changed)} of {len(verdicts)} changed; their intervals cover jointly with {share} confidence."
        )
    else:
        remarks.append("No model with enough speakers to compare has changed.")
    remarks.append("Detectable: the smallest change that such a comparison detects in four of five cases.")
    if any(v.synthetic for v in verdicts):
        remarks.append("The speech is SYNTHETIC: these figures test the program and say nothing about people.")
    return remarks


def _cells(verdict: "Verdict") -> list[str]:
    change = verdict.change
    interval = detectable = "–"
    if change is not None and change.detectable is not None:
        detectable = f"{'≤ ' if verdict.outcome == 'same' else ''}{change.detectable:.3f}"
    if change is not None and change.low is not None and change.high is not None and verdict.outcome != "same":
        interval = f"{change.low:+.3f} to {change.high:+.3f}"
    return [
        verdict.name,
        verdict.target,
        verdict.metric,
        "–" if verdict.old is None else f"{verdict.old:.3f}",
        "–" if verdict.new is None else f"{verdict.new:.3f}",
        "–" if change is None else f"{change.value:+.3f}",
        interval,
        detectable,
        verdict.outcome,
    ]


def _print(headline: str, remarks: list[str], verdicts: list["Verdict"]) -> None:
    from rich.console import Console

    from zoo import terminal

    styles = {
        at: "bold red" if one.fails else "dim" for at, one in enumerate(verdicts) if one.fails or one.outcome == "same"
    }
    terminal.show(Console(), COLUMNS, map(_cells, verdicts), right=range(3, 8), title=headline, styles=styles)
    for remark in remarks:
        say(remark)


def _markdown(headline: str, remarks: list[str], verdicts: list["Verdict"]) -> str:
    """The table as GitHub's Markdown; failures are bold. Names are those of a file that anybody may have made."""
    lines = [
        f"### {_literal(headline)}",
        "",
        f"| {' | '.join(COLUMNS)} |",
        "| --- | --- | --- | ---: | ---: | ---: | ---: | ---: | --- |",
    ]
    for verdict in verdicts:
        *cells, outcome = map(_literal, _cells(verdict))
        lines.append(f"| {' | '.join([*cells, f'**{outcome}**' if verdict.fails else outcome])} |")
    return "\n".join([*lines, "", *(f"{_literal(remark)}  " for remark in remarks), "", ""])


def _literal(text: str) -> str:
    """Text that Markdown shows as it is: no markup, HTML, links, mentions or cells of its own."""
    return _MARKUP.sub(lambda found: "".join(f"&#{ord(sign)};" for sign in found[0]), escaped(text))
