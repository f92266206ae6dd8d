"""`zoo study`: which study is current."""

from typing import TYPE_CHECKING, Annotated

import typer

from zoo.cli.in_project import in_project
from zoo.terminal import say, say_error

if TYPE_CHECKING:
    from zoo.errors import ZooError
    from zoo.study.study import Study

app = typer.Typer(no_args_is_help=True, help="The current study: params.yaml, a copy of one of studies/.")


@app.command()
@in_project
def use(
    name: Annotated[str, typer.Argument(help="A study in studies/, such as embedded or acted.")],
    force: Annotated[bool, typer.Option("--force", help="Overwrite an edited params.yaml.")] = False,
) -> None:
    """Make another study current: params.yaml becomes studies/NAME.yaml. Refuses to overwrite edits."""
    from zoo.errors import ZooError
    from zoo.files import whole_file
    from zoo.study.params import PARAMS, PRESETS, load_preset, presets

    load_preset(name)  # raises an error if there is none, or if it is not valid
    known = presets()
    wanted = known[name].read_bytes()
    present = PARAMS.read_bytes() if PARAMS.is_file() else wanted
    if present == wanted and PARAMS.is_file():
        say(f"{name} is already the current study")
        return
    if not force and present not in {path.read_bytes() for path in known.values()}:
        raise ZooError(
            f"{PARAMS} has edits that are in no file of {PRESETS}/",
            f"keep them as a study: set `study: NEW_NAME` in {PARAMS} and cp {PARAMS} {PRESETS}/NEW_NAME.yaml; "
            "or overwrite them with --force",
        )
    with whole_file(PARAMS) as part:
        part.write_bytes(wanted)
    say(f"{name} is now the current study; `dvc repro` (or make repro) runs its missing stages")


@app.command()
@in_project
def check() -> None:
    """Check the current study before running it. Finds unknown names, settings that do not fit, missing corpora."""
    from zoo.cli.study_problems import problems
    from zoo.study.params import load_all

    study, found = load_all()
    if study is not None:
        found += problems(study)
    _raise_all(found)
    assert study is not None  # otherwise there are mistakes
    say(f"study {study.study}: {_described(study)}")


def _raise_all(found: "list[ZooError]") -> None:
    """Raise the last of the problems, after printing the others."""
    for problem in found[:-1]:
        say_error(problem)
    if found:
        raise found[-1]


@app.command()
@in_project
def new(
    name: Annotated[str, typer.Argument(help="Name of the study, such as mine; writes studies/NAME.yaml.")],
    corpora: Annotated[str, typer.Option("--corpora", help="Names with commas between them.")],
    models: Annotated[
        str, typer.Option("--models", help="ARCHITECTURE, ARCHITECTURE:INPUT or ARCHITECTURE:INPUT:TASK, with commas.")
    ],
    synthetic: Annotated[bool, typer.Option("--synthetic", help="Small synthetic corpora under these names.")] = False,
) -> None:
    """Write a study, complete and with comments, to begin with."""
    from zoo.cli.study_new import text, understood
    from zoo.cli.study_problems import problems
    from zoo.errors import WRONG_USAGE, ZooError
    from zoo.files import write_text
    from zoo.study.params import PRESETS, parse, presets

    wanted, found = understood(name, _listed(corpora), _listed(models), synthetic)
    path = PRESETS / f"{wanted.name}.yaml"
    if there := presets().get(wanted.name if wanted.name == name else ""):
        found.append(ZooError(f"{there} is there already", "choose another name, or edit it", WRONG_USAGE))
    study, content = None, ""
    if wanted.corpora and wanted.models:  # what is understood may not fit either
        content = text(wanted)
        study, unfit = parse(content, path)
        found += unfit
    if study is not None:
        found += [problem for problem in problems(study, path) if problem.kind != "missing"]  # may be added later
    _raise_all(found)
    assert study is not None  # otherwise there are mistakes
    write_text(path, content)
    say(f"{path}: {_described(study)}\nlook through it, then: zoo study use {name}")


def _listed(names: str) -> list[str]:
    return [name.strip() for name in names.split(",") if name.strip()]


@app.command("list")
@in_project
def list_() -> None:
    """List the studies; a star marks the current one."""
    from zoo.errors import ZooError
    from zoo.study.params import PARAMS, PRESETS, load, presets

    present = PARAMS.read_bytes() if PARAMS.is_file() else None
    known = presets()
    if not known:
        raise ZooError(f"there is no study in {PRESETS}/", "run this in the project's top folder")
    for name, path in known.items():
        say(f"{'*' if path.read_bytes() == present else ' '} {name}  {_described(load(path))}")
    if present is not None and present not in {path.read_bytes() for path in known.values()}:
        say(f"* {PARAMS} (edited)  {_described(load(PARAMS))}")


def _described(study: "Study") -> str:
    synthetic = " (SYNTHETIC)" if study.synthetic else ""
    return f"{', '.join(study.corpora)}{synthetic}; {', '.join(study.models)}"
