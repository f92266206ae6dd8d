"""The leaderboard as it is printed at the end of a run."""

from pathlib import Path

from zoo.reporting.leaderboard import COLUMNS, leaderboard
from zoo.reporting.page import notice
from zoo.reporting.results import Results


def show(results: Results, page: Path) -> None:
    """Print every corpus's leaderboard and where the page is."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    if not console.is_terminal:  # a log has no edge to wrap at
        console = Console(width=110)
    for corpus in results.study.corpora:
        origin = "SYNTHETIC speech" if corpus in results.synthetic else "recorded speech"
        table = Table(title=f"{corpus}, new speakers ({origin})", title_justify="left", header_style="bold")
        for at, column in enumerate(COLUMNS):
            table.add_column(column, justify="left" if at in (0, 3) else "right")
        for line in leaderboard(results, corpus):
            style = "bold green" if line.is_best else "dim" if line.is_floor else ""
            table.add_row(*(Text(cell) for cell in line.cells), style=style)
        console.print(table)
    if warning := notice(results):
        console.print(Text(warning, style="bold yellow"))
    console.print(Text(f"The report: {page}"))
