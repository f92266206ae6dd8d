"""`zoo report`: the current study's results in the terminal."""

import typer

from zoo.cli.in_project import in_project

app = typer.Typer(no_args_is_help=True, help="The current study's results.")


@app.callback()
def group() -> None:
    """The current study's results."""


@app.command()
@in_project
def show() -> None:
    """Print the leaderboard of every corpus, and the path of the full report."""
    from zoo.errors import ZooError
    from zoo.reporting import results, terminal
    from zoo.study import params

    settings = params.load()
    page = settings.reports / "index.html"
    if not page.exists():
        raise ZooError(f"{page} is missing", "run `dvc repro` to make it")
    terminal.show(results.read(settings), page)
