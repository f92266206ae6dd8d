"""`zoo gate`: are the new predictions worse than the committed ones?"""

import os
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zoo.errors import REFUSED, WRONG_USAGE, ZooError

if TYPE_CHECKING:
    import polars as pl

    from zoo.evaluation.gate import Verdict
    from zoo.study.study import Study

COLUMNS = ("model", "tested on", "old UAR", "new UAR", "change", "interval", "could have seen", "verdict")


def gate(
    study: Annotated[str, typer.Argument(help="Name of the study; the current one if none is named.")] = "",
    against: Annotated[
        str, typer.Option(help="What to compare with: a git revision, or a predictions.parquet.", metavar="REV|FILE")
    ] = "HEAD",
    summary: Annotated[
        Path | None,
        typer.Option(help="Append the table as Markdown to this file too ($GITHUB_STEP_SUMMARY where that is set)."),
    ] = None,
) -> None:
    """Compare new predictions with the committed ones; exit 3 where a UAR is worse than chance variation allows.

    The comparison is the paired difference per speaker. The table says for each model how much the UAR changed, the
    interval of that change, and the smallest change that would have been found in four of five cases.
    """
    from zoo.evaluation.gate import compare
    from zoo.tables.predictions import PREDICTIONS

    settings = _settings(study)
    path = settings.reports / "predictions.parquet"
    new = PREDICTIONS.read(path)
    old = _baseline(against, path)
    verdicts = compare(old, new, settings.evaluate.confidence, settings.architectures, settings.corpora)
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
            f"{first.architecture}@{first.source} on {first.target}: {first.word}{more}",
            f"if that is meant, commit the new {path.parent} as the baseline and say why",
            REFUSED,
        )


def _settings(name: str) -> "Study":
    from zoo.study import params

    current = params.load()
    if name in ("", current.study):
        return current
    presets = {path.stem for path in params.PRESETS.glob("*.yaml")}
    if name not in presets:
        from zoo.errors import unknown

        raise unknown("study", name, {current.study, *presets})
    return params.load_preset(name)


def _baseline(against: str, path: Path) -> "pl.DataFrame":
    from zoo.tables.predictions import PREDICTIONS

    if Path(against).is_file():
        return PREDICTIONS.read(Path(against))
    if against.endswith(".parquet"):
        raise ZooError(f"{against} is not here", "name a git revision or a predictions.parquet", WRONG_USAGE)
    found = subprocess.run(
        ["git", "show", f"{against}:./{path.as_posix()}"], capture_output=True, check=False, stdin=subprocess.DEVNULL
    )
    if found.returncode:
        raise ZooError(
            f"git has no {path} at '{against}'",
            "commit the predictions of a study first, or name another revision or file with --against",
            WRONG_USAGE,
        )
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / f"{path.name} at {against.replace('/', '_')}"
        copy.write_bytes(found.stdout)
        return PREDICTIONS.read(copy)


def _headline(verdicts: list["Verdict"], settings: "Study", against: str) -> str:
    notice = "SYNTHETIC speech · " if any(verdict.synthetic for verdict in verdicts) else ""
    return f"{notice}{settings.study}: new predictions against {against}"


def _remarks(verdicts: list["Verdict"], settings: "Study") -> list[str]:
    changed = [v for v in verdicts if v.word in ("worse", "not worse")]
    remarks = [f"{v.architecture}@{v.source} on {v.target}: {v.note}" for v in verdicts if v.note]
    if changed:
        share = f"{100 * settings.evaluate.confidence:g} %"
        remarks.append(f"{len(changed)} of {len(verdicts)} changed; their intervals hold together with {share}.")
    else:
        remarks.append("No prediction that can be judged has changed.")
    remarks.append("Could have seen: the smallest change of the UAR that four of five such comparisons find.")
    if any(v.synthetic for v in verdicts):
        remarks.append("The speech is SYNTHETIC: these figures guard the program and say nothing about people.")
    return remarks


def _cells(verdict: "Verdict") -> list[str]:
    change = verdict.change
    interval = seen = "–"
    if change is not None and change.detectable is not None:
        seen = f"{'≤ ' if verdict.word == 'same' else ''}{change.detectable:.3f}"
    if change is not None and change.low is not None and change.high is not None and verdict.word != "same":
        interval = f"{change.low:+.3f} to {change.high:+.3f}"
    return [
        f"{verdict.architecture}@{verdict.source}",
        verdict.target,
        "–" if verdict.old is None else f"{verdict.old:.3f}",
        "–" if verdict.new is None else f"{verdict.new:.3f}",
        "–" if change is None else f"{change.value:+.3f}",
        interval,
        seen,
        verdict.word,
    ]


def _print(headline: str, remarks: list[str], verdicts: list["Verdict"]) -> None:
    from zoo import terminal

    styles = {
        at: "bold red" if one.fails else "dim" for at, one in enumerate(verdicts) if one.fails or one.word == "same"
    }
    typer.echo(terminal.text(COLUMNS, map(_cells, verdicts), right=range(2, 7), title=headline, styles=styles))
    for remark in remarks:
        typer.echo(remark)


def _markdown(headline: str, remarks: list[str], verdicts: list["Verdict"]) -> str:
    """The table as GitHub's Markdown; what fails is bold."""
    lines = [
        f"### {headline}",
        "",
        f"| {' | '.join(COLUMNS)} |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: | --- |",
    ]
    for verdict in verdicts:
        *cells, word = _cells(verdict)
        lines.append(f"| {' | '.join([*cells, f'**{word}**' if verdict.fails else word])} |")
    return "\n".join([*lines, "", *(f"{remark}  " for remark in remarks), "", ""])
