"""`zoo data`: what corpora there are, and how they come in, are checked, and go."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="Recorded corpora: list, info, fetch, add, verify, remove.")

Name = Annotated[str, typer.Argument(help="The corpus, as `zoo data list` names it: emodb, ravdess, iemocap, …")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List the known corpora: here, recorded in data.dvc, or absent; verified or not; licence, size and access."""
    from zoo.cli import show_corpora
    from zoo.library.entries import entries

    found = entries()
    typer.echo(show_corpora.listing_json(found) if as_json else show_corpora.listing(found))


@app.command()
def info(name: Name, as_json: AsJson = False) -> None:
    """Say what is known of a corpus: citation, licence, limits, speakers, classes, defects, how it is had."""
    from zoo.cli import show_corpora
    from zoo.corpora import get

    corpus = get(name)
    typer.echo(show_corpora.facts_json(corpus) if as_json else show_corpora.facts(corpus))


@app.command()
def fetch(name: Name) -> None:
    """Download a corpus from its official address, check and unpack it, and add it; goes on where it broke off."""
    from zoo.corpora import get
    from zoo.library import fetch

    corpus = get(name)
    typer.echo(f"licence: {corpus.licence}. {corpus.terms}")
    for sentence in fetch.fetch(name):
        typer.echo(sentence)
    typer.echo(f"`zoo data verify {name}` checks each file")


@app.command()
def add(
    name: Name,
    path: Annotated[Path, typer.Argument(help="The folder with the corpus as its authors ship it.")],
) -> None:
    """Recognise a corpus, copy it to data/NAME, and record it in data.dvc."""
    from zoo.corpora import get
    from zoo.library import add

    for sentence in add.add(name, path):
        typer.echo(sentence)
    corpus = get(name)
    typer.echo(f"licence: {corpus.licence}. {corpus.terms}")
    typer.echo(f"`zoo data verify {name}` checks each file")


@app.command()
def verify(name: Name, as_json: AsJson = False) -> None:
    """Check a corpus in data/: counts, hashes, missing and unexpected files, duplicates, audio that cannot be used.

    Ends with 3 where something is wrong that is not known of this corpus.
    """
    from zoo.cli import show_corpora
    from zoo.errors import REFUSED
    from zoo.library import verify

    found = verify.verify(name)
    typer.echo(show_corpora.verification_json(found) if as_json else show_corpora.verification(found))
    if found.num_new:
        raise typer.Exit(REFUSED)


@app.command()
def remove(name: Name) -> None:
    """Take a corpus out of data/ and data.dvc; DVC's cache keeps its copy until `dvc gc`."""
    from zoo.library import remove

    for sentence in remove.remove(name):
        typer.echo(sentence)
