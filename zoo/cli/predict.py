"""`zoo predict`: the emotion in audio files."""

from pathlib import Path
from typing import Annotated

import typer

from zoo.cli.of_models import AsJson, loaded, print_notes
from zoo.terminal import say, say_error

# EmoDB: recorded speech of several speakers that may be used freely; it needs no encoder, so nothing is fetched
DEFAULT_MODEL = "cnn@emodb"
# of several corpora, some of which forbid commercial use
FOR_UNKNOWN_SPEECH = "whisper_base@pooled"


def predict(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="wav, flac, mp3, ogg, any sampling rate.")],
    model: Annotated[
        str | None, typer.Option("--model", "-m", help="model@corpus[:version].", show_default=DEFAULT_MODEL)
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Predict the emotion in audio files. Prints a label for each, and the probability of every class; or values."""
    from zoo.cli import show_predictions
    from zoo.releases.predict import predict as predict_files

    network, found = loaded(model or DEFAULT_MODEL)
    if model is None:
        print_notes(_better())
    predictions = list(predict_files(network, files))
    if as_json:
        say(show_predictions.table_json(network.card, found.found.version, predictions))
    else:
        say(show_predictions.table(network.card, network.values, predictions))
    problems = [item.problem for item in predictions if item.problem is not None]
    for problem in problems:
        say_error(problem)
    if problems:
        raise typer.Exit(1)


def _better() -> list[str]:
    """What is said to those who have chosen no model."""
    from zoo.releases.pull import everything

    found, _ = everything(FOR_UNKNOWN_SPEECH)
    return [
        f"{one.entry.name} knows speech of other corpora better, but not for commercial use, and needs an encoder: "
        f"`zoo show {one.entry.name}`"
        for one in found[:1]
    ]
