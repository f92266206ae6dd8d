"""The checks of a study. Tables are read as leniently as possible, so that one problem does not hide the others."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from zoo import corpora
from zoo.checks import corpus_page, folds, manifest, report
from zoo.checks.contract import Check, Outcome, failure, outcome, skipped
from zoo.errors import ZooError
from zoo.study.study import Study
from zoo.tables.folds import FOLDS
from zoo.tables.manifest import MANIFEST
from zoo.tables.table import Table

if TYPE_CHECKING:
    from rich.console import Console

_VALID = Check("the table has the expected columns, types, keys and values", "fail", "Table.read")
_CURRENT = Check("the folds were made from this manifest", "fail", "Table.read")


def check(study: Study) -> list[Outcome]:
    """The outcome of every check of every corpus, in the study's order; nothing is written or raised.

    Reads `derived/STUDY/manifest/*.parquet` and `derived/STUDY/folds/*.parquet`; a table that cannot be read is a
    failed check.
    """
    return [one for name in study.corpora for one in _corpus(study, name)]


def run(study: Study, console: "Console") -> None:
    """Run the checks, print the outcomes, and write `derived/STUDY/checks/`: `index.html`, `results.json`,
    `passed/CORPUS`, and a page per corpus, `CORPUS.html`.

    Raises ZooError (exit code 3) naming the first failures, after everything is written.
    """
    outcomes = check(study)
    folder = study.derived / "checks"
    report.write(outcomes, study.study, synthetic_corpora(study), folder)
    write_pages(study, outcomes, folder)
    report.print_table(outcomes, console)
    console.print(f"page: {folder / 'index.html'}", highlight=False, soft_wrap=True)
    if (error := failure(outcomes, f"see {folder / 'index.html'}, fix the data, then dvc repro")) is not None:
        raise error


def synthetic_corpora(study: Study) -> list[str]:
    """The corpora of the study that are stand-ins, as far as their manifests can be read."""
    found = []
    for name in study.corpora:
        utterances, _ = _read(MANIFEST, study.derived / "manifest" / f"{name}.parquet")
        if utterances is not None and "synthetic" in utterances["origin"].to_list():
            found.append(name)
    return found


def write_pages(study: Study, outcomes: Sequence[Outcome], folder: Path) -> None:
    """Write a page per corpus, as far as its tables can be read."""
    for name in study.corpora:
        utterances, _ = _read(MANIFEST, study.derived / "manifest" / f"{name}.parquet")
        cut, _ = _read(FOLDS, study.derived / "folds" / f"{name}.parquet")
        own = [one for one in outcomes if one.corpus == name]
        corpus_page.write(corpora.get(name), utterances, cut, own, folder)


def _corpus(study: Study, name: str) -> list[Outcome]:
    from zoo.checks.suite import validate

    path = study.derived / "manifest" / f"{name}.parquet"
    utterances, problem = _read(MANIFEST, path)
    outcomes = [outcome(name, "manifest", _VALID, _findings(problem))]
    if utterances is None:
        return outcomes
    synthetic = "synthetic" in utterances["origin"].to_list()
    schemes = [study.labels[name], study.cross_scheme]
    others = {other: _read(MANIFEST, study.derived / "manifest" / f"{other}.parquet")[0] for other in study.corpora}
    known = {other: frame for other, frame in others.items() if other != name and frame is not None}
    rules = manifest.checks(corpora.get(name), schemes, synthetic, study.label_sources.get(name), known)
    outcomes += validate(name, "manifest", utterances, "utterance_id", rules)

    path_of_folds = study.derived / "folds" / f"{name}.parquet"
    cut, problem = _read(FOLDS, path_of_folds)
    outcomes.append(outcome(name, "folds", _VALID, _findings(problem)))
    if cut is None:
        return [*outcomes, skipped(name, "folds", _CURRENT, "the folds cannot be read")]
    _, problem = _read(FOLDS, path_of_folds, {"manifest": path})
    stale = problem if problem is not None and problem.kind == "stale" else None
    outcomes.append(outcome(name, "folds", _CURRENT, _findings(stale)))
    rules = folds.checks(name, study.folds[name], study.labels[name], utterances)
    found = validate(name, "folds", cut, "utterance_id", rules)
    again = folds.recut(name, study.folds[name], study.labels[name], utterances)
    if any(one.state == "failed" for one in [*outcomes, *found]):
        return [*outcomes, *found, skipped(name, "folds", again, "other checks failed")]
    return [*outcomes, *found, *validate(name, "folds", cut, "utterance_id", [again])]


def _findings(problem: ZooError | None) -> list[str]:
    return [] if problem is None else [problem.message]


def _read(
    table: Table, path: Path, made_from: Mapping[str, Path] | None = None
) -> tuple[pl.DataFrame | None, ZooError | None]:
    """The table and its problem, if any; no table when it lacks columns or is not a parquet file."""
    try:
        return table.read(path, made_from), None
    except ZooError as error:
        problem = error
    try:
        frame = pl.read_parquet(path)
    except (pl.exceptions.PolarsError, OSError):
        return None, problem
    return (frame if dict(frame.schema) == table.schema else None), problem
