"""`zoo publish`: a study's models become releases."""

from typing import Annotated

import typer

from zoo.cli.of_models import print_notes
from zoo.terminal import say


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
        bool,
        typer.Option(
            "--force",
            help="Publish all the same what is worse than the release that it would supersede, of code that is not "
            "committed, speaker-dependent, or of an input that cannot be exported; its card says so.",
        ),
    ] = False,
    upgrade: Annotated[
        bool,
        typer.Option("--upgrade", help="Release what is in the catalogue anew as this version of zoo writes it."),
    ] = False,
    embeddings: Annotated[
        bool,
        typer.Option(
            "--embeddings",
            help="Add what the networks make of their training data, so that others can adapt the models without it.",
        ),
    ] = False,
    reindex: Annotated[
        bool, typer.Option("--reindex", help="Write only the catalogue's index anew, from its cards.")
    ] = False,
) -> None:
    """Publish a study's models in a catalogue. Published content is not published again; releases never change."""
    from zoo.errors import WRONG_USAGE, ZooError, unknown
    from zoo.project import require, shown
    from zoo.releases import parse_version, tag_of
    from zoo.releases.catalogue import SHIPPED, Catalogue
    from zoo.releases.publish import commit_of
    from zoo.releases.publish import publish as publish_candidates
    from zoo.releases.reindex import reindex as write_index_anew
    from zoo.releases.upgrade import upgrade as upgrade_releases

    project = require()
    catalogue = Catalogue(shown(project / SHIPPED)) if to in (SHIPPED, f"{SHIPPED}/") else Catalogue(to)
    if reindex:
        if study or version or model or force or upgrade or embeddings:
            raise ZooError("--reindex takes --to alone", "leave the others out", WRONG_USAGE)
        say(f"wrote the index of {catalogue.address} anew: {write_index_anew(catalogue)} releases")
        return
    if upgrade:
        if version or model or force:
            raise ZooError("--upgrade takes none of --version, --model and --force", "leave them out", WRONG_USAGE)
        done = upgrade_releases(catalogue, study or "*", commit_of(project), embeddings)
    else:
        studies = {path.parent.name for path in (project / "derived").glob("*/zoo")}
        if study not in studies:
            raise unknown("study with candidates", study, studies)
        if version:
            parse_version(version)
        folder = project / "derived" / study / "zoo"
        notes: list[str] = []
        commit = commit_of(project)
        done = publish_candidates(folder, catalogue, model, version or None, commit, force, notes, embeddings)
        print_notes(notes)
    for item in done:
        synthetic = " (SYNTHETIC)" if item.version.startswith("0.") else ""
        status = "published in" if item.is_new else "unchanged, already in"
        say(f"{item.name}:{item.version}{synthetic} {status} {catalogue.address}")
    if new := [tag_of(item.name, item.version) for item in done if item.is_new]:
        say(f"git tags of the commit that has them, as GTO names them: {' '.join(new)}")
