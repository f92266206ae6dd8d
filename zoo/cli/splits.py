"""`zoo splits`: audit the splits of fold files."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zoo.errors import FAILURE, REFUSED
from zoo.terminal import json_text, say

if TYPE_CHECKING:
    from zoo.audit.audit import Audit, Crossing

app = typer.Typer(no_args_is_help=True, help="Train, dev and test splits: audit them.")
_NAMED = 5  # files listed in a warning
_FOLDS = 10  # folds listed in a warning


@app.callback()
def splits() -> None:
    """Train, dev and test splits: audit them."""


@app.command()
def audit(
    files: Annotated[
        list[Path],
        typer.Argument(help="Fold files (FOLDS tables, CSV, JSON, JSON lines) of one corpus, or folders of them."),
    ],
    corpus: Annotated[
        str | None,
        typer.Option(help="The corpus; inferred from the files by default. Rows about others are left out."),
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Shared sentences are leaks too.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Find speakers, takes, sentences and identical audio that cross splits.

    Exits with 1 if something leaks, and with 3 if no leak is found but some recordings are unknown.

    Split and fold are obtained from columns or keys in a file, or from the names of file and folder. Speakers,
    sentences and takes are those of the manifest or of data/CORPUS; without them, names and published hashes are used.
    Of a corpus that zoo does not know, they are those that the files state.
    """
    from zoo.audit.audit import audit_files

    found = audit_files(files, corpus, strict)
    say(_as_json(found) if as_json else _text(found))
    if found.leaks:
        raise typer.Exit(FAILURE)
    if found.unknown:
        raise typer.Exit(REFUSED)


def _as_json(found: "Audit") -> str:
    from dataclasses import asdict

    content: dict[str, Any] = {**asdict(found), "warnings": _warnings(found), "verdict": found.verdict}
    for fold, rows in zip(found.folds, content["folds"], strict=True):
        rows["verdict"] = fold.verdict
    content["by_stated_speakers"] = content.pop("stated")
    return json_text(content)


def _text(found: "Audit") -> str:
    from zoo import terminal
    from zoo.audit.crossing import SPLITS

    rows = [(fold.fold, *(str(fold.sizes[split]) for split in SPLITS), fold.verdict) for fold in found.folds]
    what = "speakers" if found.stated else "speakers, takes and sentences"
    lines = [f"{found.corpus}: {what} by {found.known_by}", ""]
    lines += [terminal.text(("fold", *SPLITS, "verdict"), rows, right=(1, 2, 3)), ""]
    for fold in found.folds:
        lines += [f"fold {fold.fold}: {_sentence(crossing)}" for crossing in fold.crossings if crossing.leak]
    lines += [f"warning: {sentence}" for sentence in _warnings(found)]
    return "\n".join([*lines, f"verdict: {found.verdict}"])


def _sentence(crossing: "Crossing") -> str:
    first, second = crossing.splits
    example = crossing.examples[0]
    named = f"{example.value}: " if crossing.kind in ("speakers", "takes") else ""
    return (
        f"{second} shares {crossing.shared} of its {crossing.values} {crossing.kind} with {first} "
        f"({crossing.recordings} of {crossing.of_recordings} recordings), such as {named}"
        f"{_short(example.first)} in {first}, {_short(example.second)} in {second}"
    )


def _short(listed: str) -> str:
    """The last two parts of a path: in some corpora the folder names the speaker."""
    return "/".join(listed.replace("\\", "/").split("/")[-2:])


def _warnings(found: "Audit") -> list[str]:
    """Warnings, each once for all folds."""
    messages = []
    mild = [crossing for fold in found.folds for crossing in fold.crossings if not crossing.leak]
    milder = {(one.kind, one.splits): one for one in sorted(mild, key=lambda one: one.shared)}
    for crossing in milder.values():
        first, second = crossing.splits
        messages.append(
            f"{second} shares up to {crossing.shared} of its {crossing.values} {crossing.kind} with {first}; "
            f"not a leak, since {crossing.why}"
        )
    for what, names in (
        (
            "files without a speaker, which may share speakers: add a column speaker, or name the corpus with --corpus"
            if found.stated
            else "unknown files, which may share speakers, takes or sentences",
            found.unknown,
        ),
        (f"files not in {found.known_by}, identified by their names", _all(fold.by_name for fold in found.folds)),
        ("files considered copies of recordings, by their names", _all(fold.copies for fold in found.folds)),
    ):
        if names:
            messages.append(f"{what}: {len(names)} ({_abbreviated(names, _NAMED)})")
    if found.stated:
        messages.append(
            "the corpus is unknown to zoo, so this rests on what the files state, whether it is true or not; identical "
            "audio and takes are not looked for"
        )
        if found.namesakes:
            one, other = found.namesakes[0]
            messages.append(
                f"file names that are in two splits, in other folders: {len(found.namesakes)}, such as {one} and "
                f"{other}: if they are the same recordings, these splits leak"
            )
        for name, number in found.coincidences.items():
            messages.append(f"{number} names are like those of {name}, too few for it to be it; else --corpus {name}")
    if found.left_out:
        messages.append(f"{found.left_out} rows about other corpora are left out")
    if repeated := sum(fold.repeated for fold in found.folds):
        messages.append(f"{repeated} rows repeat a recording of their split")
    messages += [f"fold {fold.fold} has only one split" for fold in found.folds if not fold.comparable]
    without_dev = [fold for fold in found.folds if fold.sizes["train"] and fold.sizes["test"] and not fold.sizes["dev"]]
    if without_dev:
        where = (
            ""
            if len(without_dev) == len(found.folds)
            else f" in fold {_abbreviated([fold.fold for fold in without_dev], _FOLDS)}"
        )
        messages.append(
            f"no dev split{where}: users of these splits have to draw it from the training speakers or from test"
        )
    wrong, stated = found.wrong_speakers
    if wrong:
        messages.append(f"the files state the wrong speaker for {wrong} of {stated} recordings; it was not used here")
    return messages


def _all(names: Iterable[tuple[str, ...]]) -> list[str]:
    return sorted({name for part in names for name in part})


def _abbreviated(names: Sequence[str], limit: int) -> str:
    return ", ".join(names[:limit]) + (", …" if len(names) > limit else "")
