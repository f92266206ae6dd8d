"""Commands about models: list, pull, show, predict, evaluate, publish."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from zoo.releases.load import Model
    from zoo.releases.pull import Pulled

Name = Annotated[str, typer.Argument(metavar="NAME", help="model@corpus or model@corpus:version.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def list_(
    pattern: Annotated[str, typer.Argument(metavar="[PATTERN]", help="Names to list, with wildcards: 'cnn*@*'.")] = "*",
    as_json: AsJson = False,
) -> None:
    """List the available models. Those of all known catalogues, and this clone's candidates."""
    from zoo.cli import show
    from zoo.releases.pull import everything

    found, notes = everything(pattern if "@" in pattern else f"{pattern}*")
    _print_notes(notes)
    typer.echo(show.listing_json(found) if as_json else show.listing(found, pattern))


def pull(name: Name) -> None:
    """Fetch a model and verify it. Models of recorded speech come before synthetic ones."""
    pulled = _pull(name)
    typer.echo(f"{_which(pulled)} is in {pulled.folder}")


def show(name: Name, as_json: AsJson = False) -> None:
    """Show a model's card. Its classes, scores, training data and their licence."""
    from zoo.releases import CARD
    from zoo.releases.card import read
    from zoo.releases.readme import card_in_words

    pulled = _pull(name)
    card = read(pulled.folder / CARD)
    if as_json:
        typer.echo((pulled.folder / CARD).read_text(encoding="utf-8").rstrip())
        return
    typer.echo(card_in_words(card).rstrip())


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
    from zoo.cli import show
    from zoo.releases.predict import predict as predict_files

    loaded, pulled = _load(model or DEFAULT_MODEL)
    if model is None:
        _print_notes(_better())
    predictions = list(predict_files(loaded, files))
    if as_json:
        typer.echo(show.predictions_json(loaded.card, pulled.found.version, predictions))
    else:
        typer.echo(show.predictions(loaded.card, loaded.values, predictions))
    problems = [item.problem for item in predictions if item.problem is not None]
    for problem in problems:
        typer.echo(f"error: {problem.message}\nhint: {problem.hint}", err=True)
    if problems:
        raise typer.Exit(1)


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
    loaded, pulled = _load(model)
    known = fingerprints.read(loaded.card, pulled.folder)
    if known is None:
        _print_notes([f"{loaded.card.name} has no fingerprints: copies of what it was trained on are not looked for"])
    result = score(loaded, labelled, known or (), include_training_data=include_training_data)
    typer.echo(show.result_json(result, pulled.found.version) if as_json else show.result(result))


def publish(
    study: Annotated[
        str,
        typer.Argument(
            metavar="[STUDY]", help="The study whose candidates become releases; with --upgrade, names: 'cnn*@*'."
        ),
    ] = "",
    to: Annotated[str, typer.Option("--to", help="A folder or storage address.")] = "models",
    version: Annotated[str, typer.Option("--version", help="X.Y.Z (default: the next one).")] = "",
    model: Annotated[
        list[str] | None,
        typer.Option("--model", "-m", help="Publish only this model; may be repeated."),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Publish models too whose input cannot be exported, so only zoo runs them.")
    ] = False,
    upgrade: Annotated[
        bool,
        typer.Option("--upgrade", help="Release what is in the catalogue anew as this version of zoo writes it."),
    ] = False,
) -> None:
    """Publish a study's models in a catalogue. Published content is not published again; releases never change."""
    from zoo.errors import WRONG_USAGE, ZooError, unknown
    from zoo.releases import parse_version
    from zoo.releases.catalogue import SHIPPED, Catalogue, shown, top
    from zoo.releases.publish import commit_of
    from zoo.releases.publish import publish as publish_candidates
    from zoo.releases.upgrade import upgrade as upgrade_releases

    catalogue = Catalogue(shown(top() / SHIPPED)) if to in (SHIPPED, f"{SHIPPED}/") else Catalogue(to)
    if upgrade:
        if version or model or force:
            raise ZooError("--upgrade takes none of --version, --model and --force", "leave them out", WRONG_USAGE)
        done = upgrade_releases(catalogue, study or "*", commit_of(top()))
    else:
        studies = {path.parent.name for path in (top() / "derived").glob("*/zoo")}
        if study not in studies:
            raise unknown("study with candidates", study, studies)
        if version:
            parse_version(version)
        folder = top() / "derived" / study / "zoo"
        done = publish_candidates(folder, catalogue, model, version or None, commit_of(top()), force)
    for item in done:
        synthetic = " (SYNTHETIC)" if item.version.startswith("0.") else ""
        status = "published in" if item.is_new else "unchanged, already in"
        typer.echo(f"{item.name}:{item.version}{synthetic} {status} {catalogue.address}")


def _pull(name: str) -> "Pulled":
    from zoo.releases.pull import pull as fetch

    pulled = fetch(name)
    _print_notes(pulled.notes)
    return pulled


def _load(name: str) -> tuple["Model", "Pulled"]:
    from zoo.releases.load import load

    pulled = _pull(name)
    _print_notes([f"using {_which(pulled)}"])
    return load(pulled.folder), pulled


def _which(pulled: "Pulled") -> str:
    from zoo.releases import SYNTHETIC

    found = pulled.found
    kind = "this clone's unpublished candidate" if found.is_candidate else "release"
    origin = SYNTHETIC if found.entry.origin == "synthetic" else "trained on recorded speech"
    return f"{found.full_name} ({kind} from {found.where}; {origin})"


def _better() -> list[str]:
    """What is said to those who have chosen no model."""
    from zoo.releases.pull import everything

    found, _ = everything(FOR_UNKNOWN_SPEECH)
    return [
        f"{one.entry.name} knows speech of other corpora better, but not for commercial use, and needs an encoder: "
        f"`zoo show {one.entry.name}`"
        for one in found[:1]
    ]


def _print_notes(notes: tuple[str, ...] | list[str]) -> None:
    for note in notes:
        typer.echo(f"note: {note}", err=True)
