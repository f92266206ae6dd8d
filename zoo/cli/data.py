"""`zoo data`: list, fetch, add, verify and remove corpora."""

from pathlib import Path
from typing import Annotated

import typer

from zoo.cli.in_project import in_project, in_project_if_any
from zoo.terminal import say

app = typer.Typer(no_args_is_help=True, help="Recorded corpora: list, info, fetch, add, verify, remove.")

ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".7z", ".rar")  # which are no tables
Name = Annotated[str, typer.Argument(help="The corpus, as `zoo data list` names it: emodb, ravdess, iemocap, …")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("list")
@in_project_if_any
def list_(as_json: AsJson = False) -> None:
    """List the known corpora: in data/, recorded in data.dvc, or absent; verified or not; licence, size and access."""
    from zoo.cli import show_corpora
    from zoo.library.entries import entries

    found = entries()
    say(show_corpora.listing_json(found) if as_json else show_corpora.listing(found))


@app.command()
def info(name: Name, as_json: AsJson = False) -> None:
    """Show what is known about a corpus: citation, licence, limits, speakers, classes, defects, how to obtain it."""
    from zoo.cli import show_corpora
    from zoo.corpora import get

    corpus = get(name)
    say(show_corpora.facts_json(corpus) if as_json else show_corpora.facts(corpus))


@app.command()
@in_project
def fetch(name: Name) -> None:
    """Download a corpus from its official address, verify, unpack and add it; an interrupted download is resumed."""
    from zoo.corpora import get
    from zoo.library import fetch

    corpus = get(name)
    say(f"licence: {corpus.licence}. {corpus.terms}")
    for message in fetch.fetch(name):
        say(message)
    say(f"`zoo data verify {name}` verifies each file")


@app.command()
@in_project
def add(
    name: Name,
    path: Annotated[
        Path, typer.Argument(help="The folder with the corpus as published, or a table of recordings of your own.")
    ],
    emotions: Annotated[
        str, typer.Option("--map", help="Emotions that labels of the table mean: wut=anger,freude=happiness.")
    ] = "",
    licence: Annotated[str, typer.Option("--licence", help="Licence of your recordings, such as CC-BY-4.0.")] = "",
    language: Annotated[str, typer.Option("--language", help="Their language, such as de or en-US.")] = "",
    title: Annotated[str, typer.Option("--title", help="What pages and cards call them.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only look at the table: nothing is written.")] = False,
) -> None:
    """Add a corpus: as published, from its folder, or your own, from a table with the columns path and label.

    It is copied to data/NAME and recorded in data.dvc. Of your own, corpora/NAME.yaml holds the facts; further columns
    (speaker, sex, age, language, text, votes, session, start, end) are used where the table has them.
    """
    from zoo.corpora import get
    from zoo.library import add

    if path.is_file() and path.suffix.lower() not in ARCHIVES:
        _add_own(name, path, emotions, licence, language, title, dry_run)
        return
    for message in add.add(name, path):
        say(message)
    corpus = get(name)
    say(f"licence: {corpus.licence}. {corpus.terms}")
    say(f"`zoo data verify {name}` verifies each file")


def _add_own(name: str, path: Path, emotions: str, licence: str, language: str, title: str, dry_run: bool) -> None:
    from zoo.cli.show_own import looked_at
    from zoo.library import add_own
    from zoo.library.own_facts import Options
    from zoo.library.places import require_project

    if not dry_run:
        require_project()
    looked = add_own.look(name, path, Options(emotions, licence, language, title))
    say(looked_at(looked))
    if dry_run:
        say("nothing was written")
        return
    for message in add_own.add(name, looked):
        say(message)
    say(f"next: zoo study new mine_{name} --corpora {name} --models statistics,cnn")


@app.command()
@in_project
def verify(name: Name, as_json: AsJson = False) -> None:
    """Verify a corpus in data/: counts, hashes, missing and unexpected files, duplicates, unusable audio.

    Exits with 3 if it finds a problem that is not a known defect of the corpus.
    """
    from zoo.cli import show_corpora
    from zoo.errors import REFUSED
    from zoo.library import verify

    found = verify.verify(name)
    say(show_corpora.verification_json(found) if as_json else show_corpora.verification(found))
    if found.num_new:
        raise typer.Exit(REFUSED)


@app.command()
@in_project
def remove(name: Name) -> None:
    """Remove a corpus from data/ and data.dvc; DVC's cache keeps its copy until `dvc gc`. corpora/NAME.yaml stays."""
    from zoo.library import remove

    for message in remove.remove(name):
        say(message)
