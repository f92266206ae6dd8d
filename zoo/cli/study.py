"""`zoo study`: which study is current."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from zoo.corpora.contract import Corpus
    from zoo.study.study import Study

app = typer.Typer(no_args_is_help=True, help="The current study: params.yaml, a copy of one of studies/.")


@app.command()
def use(
    name: Annotated[str, typer.Argument(help="A study in studies/, such as embedded or acted.")],
    force: Annotated[bool, typer.Option("--force", help="Overwrite an edited params.yaml.")] = False,
) -> None:
    """Make another study current: params.yaml becomes studies/NAME.yaml. Refuses to overwrite edits."""
    from zoo.errors import ZooError, unknown
    from zoo.files import whole_file
    from zoo.study.params import PARAMS, PRESETS, load_preset

    presets = _presets()
    if name not in presets:
        raise unknown("study", name, presets)
    load_preset(name)  # raises an error if the preset is not valid
    wanted = presets[name].read_bytes()
    present = PARAMS.read_bytes() if PARAMS.is_file() else wanted
    if present == wanted and PARAMS.is_file():
        typer.echo(f"{name} is already the current study")
        return
    if not force and present not in {path.read_bytes() for path in presets.values()}:
        raise ZooError(
            f"{PARAMS} has edits that are in no file of {PRESETS}/",
            f"keep them as a study: set `study: NEW_NAME` in {PARAMS} and cp {PARAMS} {PRESETS}/NEW_NAME.yaml; "
            "or overwrite them with --force",
        )
    with whole_file(PARAMS) as part:
        part.write_bytes(wanted)
    typer.echo(f"{name} is now the current study; `dvc repro` (or make repro) runs its missing stages")


@app.command()
def check() -> None:
    """Check the current study before running it. Finds unknown names, settings that do not fit, missing corpora."""
    from zoo import architectures, corpora, folds, inputs, labels
    from zoo.errors import ZooError, unknown
    from zoo.study.params import load

    study = load()
    for kind, wanted, known in (
        ("corpus", [*study.corpora, *study.synthetic], corpora.names()),
        ("fold protocol", list(study.folds.values()), folds.names()),
        ("front-end", study.features.front_ends, inputs.names()),
        ("architecture", study.architectures, architectures.names()),
    ):
        for name in wanted:
            if name not in known:
                raise unknown(kind, name, known)
    for name in study.corpora:
        corpus = corpora.get(name)
        for scheme in (study.labels[name], study.cross_scheme):
            labels.table(scheme, name, corpus.native_labels)
        if name not in study.synthetic:
            _require_protocol(study.folds[name], corpus)
        if name not in study.synthetic and not (Path(study.data) / name).is_dir():
            raise ZooError(
                f"study {study.study} needs the corpus {name}, but {study.data}/{name} is missing",
                f"run `zoo data add {name} PATH`, or `dvc pull` if a remote has it; see `zoo data list`",
            )
    typer.echo(f"study {study.study}: {_described(study)}")


def _require_protocol(name: str, corpus: "Corpus") -> None:
    """Raise ZooError if a protocol is for other corpora, or for more speakers."""
    import numpy as np

    from zoo.folds import get
    from zoo.folds.speakers import Speakers

    speakers = sorted(corpus.speakers)
    get(name).test_sets(Speakers(tuple(speakers), np.ones((len(speakers), 1)), corpus.name))


@app.command("list")
def list_() -> None:
    """List the studies; a star marks the current one."""
    from zoo.study.params import PARAMS, load

    present = PARAMS.read_bytes() if PARAMS.is_file() else None
    presets = _presets()
    for name, path in presets.items():
        typer.echo(f"{'*' if path.read_bytes() == present else ' '} {name}  {_described(load(path))}")
    if present is not None and present not in {path.read_bytes() for path in presets.values()}:
        typer.echo(f"* {PARAMS} (edited)  {_described(load(PARAMS))}")


def _presets() -> dict[str, Path]:
    from zoo.errors import ZooError
    from zoo.study.params import PRESETS

    presets = {path.stem: path for path in sorted(PRESETS.glob("*.yaml"))}
    if not presets:
        raise ZooError(f"there is no study in {PRESETS}/", "run this in the project's top folder")
    return presets


def _described(study: "Study") -> str:
    synthetic = " (SYNTHETIC)" if study.synthetic else ""
    return f"{', '.join(study.corpora)}{synthetic}; {', '.join(study.architectures)}"
