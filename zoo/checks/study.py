"""The checks of a study: read each table as leniently as can be, so that one fault does not hide the others."""

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

_WHOLE = Check("the table has its columns, types, keys and words", "fail", "Table.read")
_BELONGS = Check("the folds were made from this manifest", "fail", "Table.read")


def check(study: Study) -> list[Outcome]:
    """What every check says of every corpus of the study, in the study's order; nothing is written or raised.

    Reads `derived/STUDY/manifest/*.parquet` and `derived/STUDY/folds/*.parquet`; a table that cannot be read is a
    failed check.
    """
    return [one for name in study.corpora for one in _corpus(study, name)]


def run(study: Study, console: "Console") -> None:
    """Make the checks, print them, and write `derived/STUDY/checks/`: `index.html`, `results.json`, `passed/CORPUS`,
    and a page a corpus, `CORPUS.html`.

    Raises ZooError (exit code 3) naming the first failures, after everything is written.
    """
    outcomes = check(study)
    folder = study.derived / "checks"
    report.write(outcomes, study.study, synthetic_corpora(study), folder)
    write_pages(study, outcomes, folder)
    report.print_table(outcomes, console)
    console.print(f"the page: {folder / 'index.html'}", highlight=False, soft_wrap=True)
    if (error := failure(outcomes, f"mend the data, or read {folder / 'index.html'}, then dvc repro")) is not None:
        raise error


def synthetic_corpora(study: Study) -> list[str]:
    """The corpora of the study that hold stand-ins, as far as their manifests can be read."""
    found = []
    for name in study.corpora:
        utterances, _ = _read(MANIFEST, study.derived / "manifest" / f"{name}.parquet")
        if utterances is not None and "synthetic" in utterances["origin"].to_list():
            found.append(name)
    return found


def write_pages(study: Study, outcomes: Sequence[Outcome], folder: Path) -> None:
    """A page a corpus, as far as its tables can be read."""
    for name in study.corpora:
        utterances, _ = _read(MANIFEST, study.derived / "manifest" / f"{name}.parquet")
        cut, _ = _read(FOLDS, study.derived / "folds" / f"{name}.parquet")
        own = [one for one in outcomes if one.corpus == name]
        corpus_page.write(corpora.get(name), utterances, cut, own, folder)


def _corpus(study: Study, name: str) -> list[Outcome]:
    from zoo.checks.suite import validate

    path = study.derived / "manifest" / f"{name}.parquet"
    utterances, problem = _read(MANIFEST, path)
    outcomes = [outcome(name, "manifest", _WHOLE, _said(problem))]
    if utterances is None:
        return outcomes
    synthetic = "synthetic" in utterances["origin"].to_list()
    schemes = [study.labels[name], study.cross_scheme]
    rules = manifest.checks(corpora.get(name), schemes, synthetic, study.label_sources.get(name))
    outcomes += validate(name, "manifest", utterances, "utterance_id", rules)

    path_of_folds = study.derived / "folds" / f"{name}.parquet"
    cut, problem = _read(FOLDS, path_of_folds)
    outcomes.append(outcome(name, "folds", _WHOLE, _said(problem)))
    if cut is None:
        return [*outcomes, skipped(name, "folds", _BELONGS, "the folds cannot be read")]
    _, problem = _read(FOLDS, path_of_folds, {"manifest": path})
    stale = problem if problem is not None and problem.kind == "stale" else None
    outcomes.append(outcome(name, "folds", _BELONGS, _said(stale)))
    rules = folds.checks(name, study.folds[name], study.labels[name], utterances)
    found = validate(name, "folds", cut, "utterance_id", rules)
    again = folds.recut(name, study.folds[name], study.labels[name], utterances)
    if any(one.state == "failed" for one in [*outcomes, *found]):
        return [*outcomes, *found, skipped(name, "folds", again, "other checks failed")]
    return [*outcomes, *found, *validate(name, "folds", cut, "utterance_id", [again])]


def _said(problem: ZooError | None) -> list[str]:
    return [] if problem is None else [problem.message]


def _read(
    table: Table, path: Path, made_from: Mapping[str, Path] | None = None
) -> tuple[pl.DataFrame | None, ZooError | None]:
    """The table and what is wrong with it; none when it lacks columns or is no such file."""
    try:
        return table.read(path, made_from), None
    except ZooError as error:
        problem = error
    try:
        frame = pl.read_parquet(path)
    except (pl.exceptions.PolarsError, OSError):
        return None, problem
    return (frame if dict(frame.schema) == table.schema else None), problem
