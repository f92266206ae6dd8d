"""`zoo report`: a study's results in the terminal and as a page."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zoo.cli.in_project import in_project
from zoo.cli.of_models import print_notes
from zoo.terminal import say

if TYPE_CHECKING:
    from zoo.reporting.results import Results

app = typer.Typer(no_args_is_help=True, help="The results of a study.")
STUDY = Annotated[str, typer.Argument(help="Name of the study (default: the current one).")]


@app.callback()
def group() -> None:
    """The results of a study."""


@app.command()
@in_project
def show(study: STUDY = "") -> None:
    """Print the leaderboard of every corpus, and the path of the full report.

    Nothing needs to have run here: what reports/STUDY holds is enough, and git keeps it.
    """
    from zoo.reporting import terminal

    found = _results(study)
    terminal.show(found, found.study.reports / "index.html")


@app.command()
@in_project
def build(study: STUDY = "") -> None:
    """Make the page of a study again, from what reports/STUDY holds.

    Recordings can be heard, and corpora are described as they were found, where the pipeline has run for the study.
    """
    from zoo.reporting import page

    found = _results(study)
    had = _num_recordings(found.study.reports / page.NAME)
    path = page.write(found, found.study.reports)
    say(f"The report: {path}")
    if _num_recordings(path) < had:
        note = f"the page had {had} recordings, of which some are not here; `git checkout {path}` brings them back"
        print_notes([note])


def _num_recordings(path: Path) -> int:
    return path.read_text(encoding="utf-8").count("<audio") if path.is_file() else 0


def _results(name: str) -> "Results":
    from zoo.errors import ZooError
    from zoo.reporting import results
    from zoo.study import params

    study = params.load()
    if name and name != study.study:
        study = params.load_preset(name)
    if not (study.reports / "scores.csv").exists():
        kept = sorted(path.parent.name for path in study.reports.parent.glob("*/scores.csv"))
        others = f"; {study.reports.parent}/ has {', '.join(kept)}" if kept else ""
        raise ZooError(f"the study {study.study} has no results yet", f"run `make repro STUDY={study.study}`{others}")
    return results.read(study)
