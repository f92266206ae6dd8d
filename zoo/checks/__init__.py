"""Is any of this wrong? Great Expectations over every corpus's manifest and folds, before anything is trained."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from zoo.checks.contract import Outcome
    from zoo.study import Study


def check_study(study: "Study") -> "list[Outcome]":
    """What every check says of every corpus of the study, in the study's order; nothing is written or raised.

    Reads `derived/STUDY/manifest/*.parquet` and `derived/STUDY/folds/*.parquet`; a table that cannot be read is a
    failed check.
    """
    from zoo.checks.study import check

    return check(study)


def check_features(study: "Study", corpus: str) -> "list[Outcome]":
    """What every check says of a corpus's features of all front-ends of the study.

    Raises ZooError for features that cannot be read.
    """
    from zoo.checks.study import of_features

    return of_features(study, corpus)


def require_sound_features(study: "Study", corpus: str) -> None:
    """Check a corpus's features. Raises ZooError (exit code 3) naming the first failures."""
    from zoo.checks import report

    folder = study.derived / "features" / corpus
    if (error := report.failure(check_features(study, corpus), f"dvc repro makes {folder} again")) is not None:
        raise error


def run(study: "Study", console: "Console") -> None:
    """Make the checks, print them, and write `derived/STUDY/checks/`: `index.html`, `results.json`, `passed/CORPUS`,
    and a page a corpus, `CORPUS.html`.

    Raises ZooError (exit code 3) naming the first failures, after everything is written.
    """
    from zoo.checks import report
    from zoo.checks.study import check, synthetic_corpora, write_pages

    outcomes = check(study)
    folder = study.derived / "checks"
    report.write(outcomes, study.study, synthetic_corpora(study), folder)
    write_pages(study, outcomes, folder)
    report.print_table(outcomes, console)
    console.print(f"the page: {folder / 'index.html'}", highlight=False, soft_wrap=True)
    if (
        error := report.failure(outcomes, f"mend the data, or read {folder / 'index.html'}, then dvc repro")
    ) is not None:
        raise error
