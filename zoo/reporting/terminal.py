"""The leaderboards in the terminal."""

from pathlib import Path

from zoo import terminal
from zoo.reporting import marks
from zoo.reporting.leaderboard import columns, leaderboard, tasks_of
from zoo.reporting.methods import means
from zoo.reporting.page import notice
from zoo.reporting.results import Results, tested
from zoo.reporting.selection_debt import HEAD, debts


def show(results: Results, page: Path) -> None:
    """Print every corpus's leaderboard, what is owed to selections as published, and the path of the page."""
    from rich.console import Console
    from rich.text import Text

    console = Console()
    shown: list[str] = []
    for corpus in results.study.sources:
        origin = "SYNTHETIC speech" if corpus in results.synthetic else "recorded speech"
        for task in tasks_of(results, corpus):
            lines, head = leaderboard(results, corpus, task), columns(task)
            shown += [cell for line in lines for cell in line.cells]
            asked = "" if task == "categorical" else f", task {task}"
            terminal.show(
                console,
                head,
                [line.cells for line in lines],
                right=range(1, len(head) - 1),
                title=f"{corpus}, {tested(results, corpus)} ({origin}){asked}",
                styles={
                    at: "bold green" if one.is_best else "dim"
                    for at, one in enumerate(lines)
                    if one.is_best or one.is_baseline
                },
            )
            console.print()
    for title, cells, marked in debts(results):
        rows = [line[:-1] for line in cells]
        shown += [cell for line in rows for cell in line]
        terminal.show(console, HEAD[:-1], rows, right=(1, 2), title=f"Selection debt: {title}", styles={marked: "bold"})
        console.print()
    found = results.methods
    for sights in found.by_sights:
        figures = means(found, sights)
        shown += [cell for line in figures for cell in line]
        head = ("method", "rung", *found.models)
        title = f"Across corpora, mean UAR of the cells, sees {sights}"
        terminal.show(console, head, figures, right=range(2, len(head)), title=title)
        console.print()
    for legend in marks.legends(shown):
        console.print(Text(legend), soft_wrap=True)
    if warning := notice(results):
        console.print(Text(warning, style="bold yellow"), soft_wrap=True)
    console.print(Text(f"The report: {page}"), soft_wrap=True)
