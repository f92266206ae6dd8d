"""`zoo list`, `zoo pull` and `zoo show`: which models there are, and their cards."""

from typing import Annotated

import typer

from zoo.cli.of_models import AsJson, print_notes, pulled, terminal_width, which
from zoo.terminal import say

Name = Annotated[str, typer.Argument(metavar="NAME", help="model@corpus or model@corpus:version.")]


def list_(
    pattern: Annotated[str, typer.Argument(metavar="[PATTERN]", help="Names to list, with wildcards: 'cnn*@*'.")] = "*",
    commercial: Annotated[bool, typer.Option("--commercial", help="Only those that may be used commercially.")] = False,
    language: Annotated[str, typer.Option("--language", help="Trained on speech in this language: de, en, …")] = "",
    max_mb: Annotated[float | None, typer.Option("--max-mb", help="At most so large, with the encoder.")] = None,
    min_uar: Annotated[float | None, typer.Option("--min-uar", help="At least so good, 0 to 1.")] = None,
    sort: Annotated[str, typer.Option("--sort", help="name, uar, left-out or size.")] = "name",
    as_json: AsJson = False,
) -> None:
    """List the available models, and which to take for what. All catalogues, and this clone's candidates."""
    from zoo.cli import show_models
    from zoo.releases.choice import chosen
    from zoo.releases.pull import everything

    found, notes = everything(pattern if "@" in pattern else f"{pattern}*")
    print_notes(notes)
    fitting = chosen(found, commercial, language, max_mb, min_uar, sort)
    if as_json:
        say(show_models.listing_json(fitting))
    elif fitting:
        say(show_models.listing(fitting, terminal_width()))
    else:
        say(show_models.nothing(pattern, filtered=bool(found)))


def pull(name: Name) -> None:
    """Fetch a model and verify it. Models of recorded speech come before synthetic ones."""
    found = pulled(name)
    say(f"{which(found)} is in {found.folder}")


def show(name: Name, as_json: AsJson = False) -> None:
    """Show a model's card. Its classes, scores, training data and their licence."""
    from zoo.releases import CARD
    from zoo.releases.card import read
    from zoo.releases.readme import card_in_words

    found = pulled(name, encoder=False)
    card = read(found.folder / CARD)
    if as_json:
        say((found.folder / CARD).read_text(encoding="utf-8").rstrip())
        return
    say(card_in_words(card).rstrip())
