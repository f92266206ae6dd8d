"""`zoo evaluate`: a model's score on labelled speech."""

from typing import Annotated

import typer

from zoo.cli.of_models import AsJson, loaded, print_notes
from zoo.errors import WRONG_USAGE, ZooError
from zoo.terminal import say


def evaluate(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="model@corpus[:version], or an adapted one's folder.")],
    data: Annotated[
        str, typer.Argument(metavar="DATA", help="A corpus, its folder, or a table: path, label, speaker.")
    ],
    include_training_data: Annotated[
        bool, typer.Option("--include-training-data", help="Score even if the model was trained on some of the data.")
    ] = False,
    leave_out_training_data: Annotated[
        bool,
        typer.Option(
            "--leave-out-training-data",
            help="Score only what the model was not trained on, neither the recordings nor their speakers.",
        ),
    ] = False,
    other_speakers: Annotated[
        bool,
        typer.Option(
            "--other-speakers",
            help="The speakers are other people than those of its training data with the same names.",
        ),
    ] = False,
    scheme: Annotated[
        str | None,
        typer.Option(help="Of the classes, such as core4, or the model's own; chosen by the labels by default."),
    ] = None,
    method: Annotated[
        list[str] | None,
        typer.Option(
            "--method",
            help="Score it by this method against the difference between corpora too, such as by_corpus or "
            "few_shot:labels=5; may be repeated.",
        ),
    ] = None,
    labels_per_class: Annotated[
        int | None, typer.Option(min=1, help="Labelled utterances of each class, for methods that see some.")
    ] = None,
    draws: Annotated[int, typer.Option(min=1, help="How often these utterances are drawn.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Score a model on labelled speech. Prints UAR with its interval, and the confusion matrix.

    With --method, prints the model's own score and that of each method, with what it sees of the data.

    Exits with 3 if the model was trained on some of the data: recordings with the same samples, copies by their sound,
    or the same speakers.
    A table is CSV, TSV, JSON, JSON lines or Parquet; without a column of speakers there is no interval.
    """
    from zoo.cli import show_evaluation, show_methods
    from zoo.releases import fingerprints
    from zoo.scoring.evaluate import evaluate as score
    from zoo.scoring.labelled import find
    from zoo.scoring.training_data import Choice

    if include_training_data and leave_out_training_data:
        raise ZooError(
            "--include-training-data and --leave-out-training-data contradict each other", "pass one", WRONG_USAGE
        )
    labelled = find(data)
    network, found = loaded(model)
    known = fingerprints.read(network.card, found.folder)
    choice: Choice = "include" if include_training_data else "leave out" if leave_out_training_data else "refuse"
    if known is None:
        unseen = "copies of its training data that sound alike are not looked for"
        print_notes([f"{network.card.name} has no fingerprints: {unseen}"])
    print_notes(labelled.notes)
    version = found.found.version
    if method:
        from zoo.scoring import with_methods
        from zoo.scoring.adapted import AdaptedModel

        if isinstance(network, AdaptedModel):
            raise ZooError(f"{model} is adapted already", f"pass {network.facts.base} with --method", WRONG_USAGE)

        scores = with_methods.score(
            network,
            found.folder,
            labelled,
            dict(with_methods.declared(text, labels_per_class) for text in method),
            known,
            draws=draws,
            training_data=choice,
            scheme=scheme,
            other_speakers=other_speakers,
        )
        say(show_methods.scores_json(scores, version) if as_json else show_methods.scores(scores))
        return
    if labels_per_class is not None:
        raise ZooError("--labels-per-class is of a method that sees labels", "pass --method too", WRONG_USAGE)
    result = score(network, labelled, known, training_data=choice, scheme=scheme, other_speakers=other_speakers)
    say(show_evaluation.result_json(result, version) if as_json else show_evaluation.result(result))
