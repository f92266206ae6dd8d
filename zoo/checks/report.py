"""The outcomes of a study's checks: on the terminal, as JSON and as a page."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from zoo.checks.contract import Outcome
from zoo.files import write_text

if TYPE_CHECKING:
    from rich.console import Console

    from zoo import pages

MARKS = {"passed": "✓", "warned": "warning", "failed": "FAILED", "skipped": "–"}
_STYLES = {"passed": "green", "warned": "yellow", "failed": "bold red", "skipped": "dim"}
_SHOWN = 8  # findings shown for each check
_LISTED = 200  # findings on the page for each check, including collapsed ones

TABLES = {
    "manifest": "Manifest: speakers, sentences, labels and audio",
    "folds": "Folds: speakers, sentences and labels in train, dev and test",
}


def print_table(outcomes: Sequence[Outcome], console: "Console") -> None:
    """A row per check with a column per corpus, then the findings."""
    from rich.text import Text

    from zoo import terminal

    names = list(dict.fromkeys(one.corpus for one in outcomes))
    for word in TABLES:
        rows = [
            (title, *(Text(MARKS[states[name]], _STYLES[states[name]]) if name in states else "" for name in names))
            for title, states in _by_title(outcomes, word)
        ]
        terminal.show(console, ("expected", *names), rows, title=f"checks of the {word}")
        console.print()
    for one in outcomes:
        if one.state in ("warned", "failed"):
            text = f"{one.corpus} {one.table}: violated: {one.title}"
            console.print(Text(text, _STYLES[one.state]), soft_wrap=True)
            for finding in one.findings[:_SHOWN]:
                console.print(Text(f"  {finding}"), soft_wrap=True)
            if len(one.findings) > _SHOWN:
                console.print(f"  and {len(one.findings) - _SHOWN} more")
    console.print(summary(outcomes), soft_wrap=True)


def summary(outcomes: Sequence[Outcome]) -> str:
    """How many checks passed, warned, failed and did not apply, in a sentence."""
    number = {state: sum(one.state == state for one in outcomes) for state in MARKS}
    return (
        f"{number['passed']} checks passed, {number['warned']} warned, {number['failed']} failed, "
        f"{number['skipped']} did not apply"
    )


def write(outcomes: Sequence[Outcome], study: str, synthetic: Sequence[str], folder: Path) -> None:
    """Write `results.json`, `index.html`, and `passed/CORPUS` for every corpus without a failed check.

    synthetic: the corpora that are stand-ins. Equal outcomes give equal bytes. Later stages of a corpus depend on its
    `passed/CORPUS`, whose content is constant: a finding about another corpus, or a warning, does not make them stale.
    """
    from zoo import pages

    content = {
        "study": study,
        "passed": all(one.state != "failed" for one in outcomes),
        "synthetic": sorted(synthetic),
        "checks": [asdict(one) for one in outcomes],
    }
    write_text(folder / "results.json", json.dumps(content, indent=1, ensure_ascii=False) + "\n")
    failed = {one.corpus for one in outcomes if one.state == "failed"}
    for name in {one.corpus for one in outcomes}:
        (folder / "passed" / name).unlink(missing_ok=True)
        if name not in failed:
            write_text(folder / "passed" / name, "passed\n")
    notice = ""
    if synthetic:
        notice = (
            f"SYNTHETIC: {', '.join(synthetic)} here are computed stand-ins, not recorded speech. They are not "
            "expected to have official counts and durations."
        )
    pages.write(
        folder / "index.html",
        f"Checks of the study {study}",
        _sections(outcomes),
        notice=notice,
        lead=summary(outcomes) + ".",
    )


def _by_title(outcomes: Sequence[Outcome], table: str) -> list[tuple[str, dict[str, str]]]:
    titles: dict[str, dict[str, str]] = {}
    for one in outcomes:
        if one.table == table:
            titles.setdefault(one.title, {})[one.corpus] = one.state
    return list(titles.items())


def found(outcomes: "Sequence[Outcome]", with_corpus: bool = True) -> "pages.Section":
    """Checks that warned or failed, with their findings; the first ones expanded."""
    from zoo import pages

    blocks = []
    for one in sorted(outcomes, key=lambda one: one.state != "failed"):
        if one.state not in ("warned", "failed"):
            continue
        where = f"{one.corpus}, {one.table}" if with_corpus else one.table
        blocks.append(
            pages.subtitle(f"{MARKS[one.state]}: {where}: violated: {one.title}", failed=one.state == "failed")
        )
        blocks += [pages.paragraph(finding) for finding in one.findings[:_SHOWN]]
        if rest := [pages.paragraph(finding) for finding in one.findings[_SHOWN:_LISTED]]:
            beyond = len(one.findings) - _LISTED
            more = [pages.paragraph(f"and {beyond} more: see `results.json`")] if beyond > 0 else []
            blocks.append(pages.folded(f"{len(one.findings) - _SHOWN} more", [*rest, *more]))
    return pages.Section("Findings", blocks or [pages.paragraph("None: every check passed.")])


def expectations(outcomes: "Sequence[Outcome]") -> "list[pages.Section]":
    """Every expectation, one row each, and an explanation."""
    from zoo import pages

    names = list(dict.fromkeys(one.corpus for one in outcomes))
    sections = []
    for table, title in TABLES.items():
        rows: list[list[str | None]] = [
            [text, *(MARKS[states[name]] if name in states else None for name in names)]
            for text, states in _by_title(outcomes, table)
        ]
        failing = [index for index, row in enumerate(rows) if MARKS["failed"] in row]
        sections.append(pages.Section(title, [pages.table(["expected", *names], rows, failed=failing)]))
    how = (
        "Every row is an expectation checked with Great Expectations before anything is trained. FAILED stops the "
        "pipeline; a warning is a property to keep in mind when reading results; – means that it does not apply to the "
        "corpus. The file `results.json` next to this page has every finding and the name of each expectation."
    )
    return [*sections, pages.Section("How to read this", [pages.paragraph(how)])]


def _sections(outcomes: Sequence[Outcome]) -> "list[pages.Section]":
    from zoo import pages

    names = list(dict.fromkeys(one.corpus for one in outcomes))
    numbers = [
        [sum(one.corpus == name and one.state == state for one in outcomes) for state in MARKS] for name in names
    ]
    rows = [[pages.link(name, f"{name}.html"), *number] for name, number in zip(names, numbers, strict=True)]
    failing = [index for index, row in enumerate(numbers) if row[list(MARKS).index("failed")]]
    columns = ["corpus", "passed", "warned", "failed", "did not apply"]
    corpora = pages.Section("Corpora", [pages.table(columns, rows, failed=failing)])
    return [corpora, found(outcomes), *expectations(outcomes)]
