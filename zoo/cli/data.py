"""`zoo data`: bring recorded corpora in, take them out, list them."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="Recorded corpora: add, remove, list.")


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="The corpus: emodb, ravdess, iemocap, …")],
    path: Annotated[Path, typer.Argument(help="The folder with the corpus as its authors ship it.")],
) -> None:
    """Recognise a corpus, copy it to data/NAME, and record it in data.dvc."""
    from zoo.corpora import _library, get

    for sentence in _library.add(name, path):
        typer.echo(sentence)
    corpus = get(name)
    typer.echo(f"licence: {corpus.licence}. {corpus.terms}")


@app.command()
def remove(name: Annotated[str, typer.Argument(help="The corpus to remove.")]) -> None:
    """Take a corpus out of data/ and data.dvc; DVC's cache keeps its copy until `dvc gc`."""
    from zoo.corpora import _library

    for sentence in _library.remove(name):
        typer.echo(sentence)


@app.command("list")
def list_(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """List the known corpora: here, recorded in data.dvc, or absent."""
    from zoo.corpora import _library

    found = _library.entries()
    if as_json:
        import json

        rows = [
            {
                "name": entry.corpus.name,
                "title": entry.corpus.title,
                "here": entry.here,
                "recorded": entry.recorded,
                "licence": entry.corpus.licence,
                "num_utterances": entry.num_utterances,
                "official_num_utterances": entry.corpus.num_utterances,
                "synthetic": entry.synthetic,
                "problem": entry.problem or None,
                "obtain": entry.corpus.obtain,
            }
            for entry in found
        ]
        typer.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return

    from rich.console import Console
    from rich.table import Table

    table = Table("corpus")
    table.add_column("state", no_wrap=True)
    table.add_column("utterances", justify="right")
    table.add_column("licence", no_wrap=True)
    table.add_column("what to do")
    for entry in found:
        number = str(entry.corpus.num_utterances)
        if entry.num_utterances is not None and entry.num_utterances != entry.corpus.num_utterances:
            number = f"{entry.num_utterances} of {number}"
        state, advice = _STATES[entry.here, entry.recorded]
        table.add_row(
            entry.corpus.name,
            state + (", SYNTHETIC" if entry.synthetic else ""),
            number,
            entry.corpus.licence,
            entry.problem or advice.format(name=entry.corpus.name),
        )
    Console().print(table)


# (here, recorded) -> state, what to do
_STATES = {
    (True, True): ("here", ""),
    (True, False): ("here, not recorded", "zoo data add {name} data/{name}"),
    (False, True): ("recorded, not here", "dvc pull, or zoo data add {name} PATH"),
    (False, False): ("absent", "zoo data add {name} PATH"),
}
