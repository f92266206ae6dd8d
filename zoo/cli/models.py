"""`zoo list`, `zoo pull` and `zoo show`: which models there are, and their cards."""

from typing import Annotated

import typer

from zoo.cli.of_models import AsJson, print_notes, pulled, which
from zoo.terminal import say

Name = Annotated[str, typer.Argument(metavar="NAME", help="model@corpus or model@corpus:version.")]


def list_(
    pattern: Annotated[str, typer.Argument(metavar="[PATTERN]", help="Names to list, with wildcards: 'cnn*@*'.")] = "*",
    as_json: AsJson = False,
) -> None:
    """List the available models. Those of all known catalogues, and this clone's candidates."""
    from zoo.cli import show_models
    from zoo.releases.pull import everything

    found, notes = everything(pattern if "@" in pattern else f"{pattern}*")
    print_notes(notes)
    say(show_models.listing_json(found) if as_json else show_models.listing(found, pattern))


def pull(name: Name) -> None:
    """Fetch a model and verify it. Models of recorded speech come before synthetic ones."""
    found = pulled(name)
    say(f"{which(found)} is in {found.folder}")


def show(name: Name, as_json: AsJson = False) -> None:
    """Show a model's card. Its classes, scores, training data and their licence."""
    from zoo.releases import CARD
    from zoo.releases.card import read
    from zoo.releases.readme import card_in_words

    found = pulled(name)
    card = read(found.folder / CARD)
    if as_json:
        say((found.folder / CARD).read_text(encoding="utf-8").rstrip())
        return
    say(card_in_words(card).rstrip())
