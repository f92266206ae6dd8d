"""`zoo evaluate`: a model's score on labelled speech."""

from typing import Annotated

import typer

from zoo.cli.of_models import AsJson, loaded, print_notes
from zoo.terminal import say


def evaluate(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="model@corpus[:version].")],
    data: Annotated[str, typer.Argument(metavar="DATA", help="A corpus, its folder, or a CSV of path,label,speaker.")],
    include_training_data: Annotated[
        bool, typer.Option("--include-training-data", help="Score even if the model was trained on some of the data.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Score a model on labelled speech. Prints UAR with its interval, and the confusion matrix."""
    from zoo.cli import show
    from zoo.releases import fingerprints
    from zoo.scoring.evaluate import evaluate as score
    from zoo.scoring.labelled import find

    labelled = find(data)
    network, found = loaded(model)
    known = fingerprints.read(network.card, found.folder)
    if known is None:
        print_notes([f"{network.card.name} has no fingerprints: copies of what it was trained on are not looked for"])
    result = score(network, labelled, known or (), include_training_data=include_training_data)
    say(show.result_json(result, found.found.version) if as_json else show.result(result))
