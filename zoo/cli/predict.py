"""`zoo predict`: the emotion in audio files."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zoo.cli.of_models import AsJson, loaded, print_notes
from zoo.terminal import say, say_error, with_bar

if TYPE_CHECKING:
    from zoo.cli.show_timelines import Timeline
    from zoo.errors import ZooError
    from zoo.releases.load import Model
    from zoo.releases.predict import Source

# EmoDB: recorded speech of several speakers that may be used freely; it needs no encoder, so nothing is fetched
DEFAULT_MODEL = "cnn@emodb"
# of several corpora, some of which forbid commercial use
FOR_UNKNOWN_SPEECH = "whisper_base@pooled"
# Utterances of the corpora of acted speech last about 3 s; with half of it as overlap, every moment is heard twice.
WINDOW_S, STEP_S = 3.0, 1.5


def predict(
    files: Annotated[
        list[str],
        typer.Argument(metavar="FILE…", help="Audio files of any sampling rate, folders of them, or - for stdin."),
    ],
    model: Annotated[
        str | None,
        typer.Option(
            "--model", "-m", help="model@corpus[:version], or an adapted one's folder.", show_default=DEFAULT_MODEL
        ),
    ] = None,
    timeline: Annotated[bool, typer.Option("--timeline", help="Answer window by window.")] = False,
    window: Annotated[float, typer.Option(help="Length of a window of the timeline in seconds.")] = WINDOW_S,
    step: Annotated[float, typer.Option(help="From the start of a window to that of the next in seconds.")] = STEP_S,
    picture: Annotated[
        Path | None, typer.Option(help="Draw the timeline into a png, svg or pdf file.", metavar="FILE")
    ] = None,
    speaker: Annotated[
        str | None, typer.Option(help="Who speaks in all of them, for a model that was adapted speaker by speaker.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Predict the emotion in audio files. Prints a label for each, and the probability of every class; or values.

    What is known about the model's answers on other speech, and what is unusual about a recording, goes to stderr.
    """
    from zoo.cli import show_predictions, show_timelines
    from zoo.cli.recordings import recordings
    from zoo.releases import doubts
    from zoo.releases.predict import predict as predict_files
    from zoo.releases.timeline import require_lengths

    if timeline or picture:
        require_lengths(window, step)
    if picture:
        show_timelines.require_picture(picture)
    sources, notes = recordings(files)
    network, found = loaded(model or DEFAULT_MODEL)
    if speaker is not None:
        network = _of(network, speaker)
    print_notes([*notes, *doubts.of_model(network.card), *(_better() if model is None else [])])
    known = show_predictions.Known.of(network, found.found.version)
    problems: list[ZooError] = []
    if timeline or picture:
        lines = list(_timelines(network, sources, window, step))
        problems = [line.problem for line in lines if line.problem is not None]
        tables = show_timelines.tables_json if as_json else show_timelines.tables
        say(tables(known, lines, (window, step)))
        if picture and len(problems) < len(lines):
            show_timelines.draw(known, [line for line in lines if line.windows], picture)
    else:
        predictions = list(with_bar(predict_files(network, sources), "predicting", len(sources)))
        problems = [item.problem for item in predictions if item.problem is not None]
        say((show_predictions.table_json if as_json else show_predictions.table)(known, predictions))
        for item in predictions:
            print_notes(f"{item.name} {note}" for note in show_predictions.notes(network.card, item))
    for problem in problems:
        say_error(problem)
    if problems:
        raise typer.Exit(1)


def _timelines(model: "Model", sources: "list[Source]", window_s: float, step_s: float) -> "Iterator[Timeline]":
    """One recording in memory at a time."""
    from zoo.cli.show_timelines import Timeline
    from zoo.releases.predict import heard
    from zoo.releases.timeline import timeline

    for source in sources:
        one = heard(source, whole=False)
        if one.heard is None:
            yield Timeline(one.name, [], one.problem)
            continue
        windows = timeline(model, one.heard.samples, one.name, window_s, step_s)
        total = int(max(1, -(-(one.heard.duration_s - window_s) // step_s) + 1))
        yield Timeline(one.name, list(with_bar(windows, one.name, total)), None)


def _of(model: "Model", speaker: str) -> "Model":
    from zoo.errors import WRONG_USAGE, ZooError
    from zoo.scoring.adapted import AdaptedModel

    if isinstance(model, AdaptedModel) and model.asks_speaker:
        return model.of(speaker)
    raise ZooError("--speaker is for a model that was adapted speaker by speaker", "leave it out", WRONG_USAGE)


def _better() -> list[str]:
    """What is said to those who have chosen no model."""
    return [
        f"{FOR_UNKNOWN_SPEECH} knows speech of other corpora better, but not for commercial use, and needs an encoder: "
        f"`zoo show {FOR_UNKNOWN_SPEECH}`"
    ]
