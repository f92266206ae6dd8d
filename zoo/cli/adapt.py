"""`zoo adapt`: a model adapted to recordings of one's own, by a method that states what it sees of them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zoo.cli.of_models import loaded, print_notes
from zoo.terminal import say

if TYPE_CHECKING:
    from zoo.scoring.labelled import Labelled


def adapt(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="model@corpus[:version].")],
    recordings: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[RECORDINGS…]", help="Without labels: audio files, folders of them, or a table: path, speaker."
        ),
    ] = None,
    method: Annotated[
        str, typer.Option("--method", help="Of zoo/methods, such as by_corpus or few_shot.", show_default=False)
    ] = ...,  # type: ignore[assignment]  # typer: it must be given
    to: Annotated[Path, typer.Option("--to", help="The folder to write.", show_default=False)] = ...,  # type: ignore[assignment]
    labels: Annotated[
        str | None, typer.Option("--labels", metavar="TABLE", help="Labelled recordings: path, label, speaker.")
    ] = None,
    scheme: Annotated[
        str | None, typer.Option(help="Of the classes; by default the model's across corpora, such as core4.")
    ] = None,
    other_speakers: Annotated[
        bool,
        typer.Option(
            "--other-speakers",
            help="The speakers are other people than those of its training data with the same names.",
        ),
    ] = False,
) -> None:
    """Adapt a model to recordings of one's own. `zoo predict --model FOLDER` and `zoo evaluate FOLDER` use it.

    The folder's README.md states what was seen of the recordings. Whoever is labelled is never scored.
    """
    from zoo.errors import WRONG_USAGE, ZooError
    from zoo.releases import fingerprints
    from zoo.scoring.adapted import AdaptedModel
    from zoo.scoring.adapting import Wanted
    from zoo.scoring.adapting import adapt as write
    from zoo.scoring.labelled import find
    from zoo.scoring.with_methods import declared

    _, entry = declared(method)
    wanted = Wanted(entry.pop("method_type"), entry)
    unlabelled, notes = _unlabelled(recordings or [])
    labelled = None if labels is None else find(labels)
    network, found = loaded(model)
    print_notes([*notes, *(labelled.notes if labelled else ())])
    if isinstance(network, AdaptedModel):
        raise ZooError(f"{model} is adapted already", f"pass {network.facts.base}", WRONG_USAGE)
    facts = write(
        network,
        found.folder,
        wanted,
        unlabelled,
        labelled,
        to,
        trained_on=fingerprints.read(network.card, found.folder),
        scheme=scheme,
        other_speakers=other_speakers,
    )
    say(f"wrote {to}: {facts.base} adapted by {facts.method}, which saw {facts.ledger.text}")
    say(f"`zoo predict --model {to} FILE` and `zoo evaluate {to} TABLE` use it")


def _unlabelled(names: list[str]) -> tuple[list["Labelled"], list[str]]:
    """The recordings that are named, one by one, in folders or in tables, each once, and notes.

    Raises ZooError for one that two speakers are said to speak in.
    """
    from zoo.cli.recordings import recordings
    from zoo.errors import WRONG_USAGE, ZooError
    from zoo.listings.formats import SUFFIXES
    from zoo.releases.predict import STDIN
    from zoo.scoring.labelled import Labelled, unlabelled

    found, notes = [], []
    if STDIN in names:
        raise ZooError(
            "a model is not adapted to standard input", "name audio files, folders of them, or a table", WRONG_USAGE
        )
    for name in names:
        if Path(name).suffix.lower() in SUFFIXES:
            found += unlabelled(Path(name))
            continue
        files, more = recordings([name])
        found += [Labelled(path, "", None, str(path)) for path in files if isinstance(path, Path)]
        notes += more
    once = _each_once(found)
    if len(once) < len(found):
        notes.append(f"{len(found) - len(once)} recordings are named again, and seen once")
    return once, notes


def _each_once(found: list["Labelled"]) -> list["Labelled"]:
    """Without repeats of a file, of which the first that says who speaks counts."""
    from zoo.errors import WRONG_USAGE, ZooError

    kept: dict[Path, Labelled] = {}
    for row in found:
        place = row.path.resolve()
        first = kept.setdefault(place, row)
        if first.speaker is None:
            kept[place] = row
        elif row.speaker not in (None, first.speaker):
            raise ZooError(
                f"{row.path} is said to be spoken by {first.speaker} ({first.where}) and by {row.speaker} "
                f"({row.where})",
                "keep one of the two",
                WRONG_USAGE,
            )
    return list(kept.values())
