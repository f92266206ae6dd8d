"""The test predictions behind a release's figure: a file of it, or those of its study if they give the same figure."""

import io
import subprocess
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from zoo import metrics
from zoo.errors import ZooError
from zoo.evaluation import gate
from zoo.files import whole_file
from zoo.releases import PREDICTIONS
from zoo.releases.card import Card, Score, described
from zoo.releases.catalogue import top
from zoo.tables import predictions as table
from zoo.tables.predictions import RELEASE

_DIFFERENCE = 1e-5  # figures on cards have six digits


def added(card: Card, folder: Path) -> Card:
    """The card of a candidate with a file of its test predictions, where its study has them; else as it is."""
    if PREDICTIONS in card.files or (found := of_study(card)) is None:
        return card
    with whole_file(folder / PREDICTIONS) as part:
        # logits are of no use to a comparison, and sex is nobody's business here
        empty = [pl.lit(None, table.PREDICTIONS.schema[name]).alias(name) for name in ("logits", "sex")]
        found.with_columns(empty).write_parquet(part, compression="zstd")
    return card.model_copy(update={"files": card.files | described({PREDICTIONS: folder / PREDICTIONS})})


def of_release(card: Card, folder: Path) -> pl.DataFrame | None:
    """Those in a release's folder; else those of its study in this clone, None where there are none."""
    if PREDICTIONS not in card.files:
        return of_study(card)
    try:
        return _of(card, pl.read_parquet(folder / PREDICTIONS, n_rows=5_000_000))
    except (pl.exceptions.PolarsError, OSError):
        return None


def of_study(card: Card) -> pl.DataFrame | None:
    """Those in the reports of the study, as they are or as the last commit has them, that give the card's figure."""
    return next((mine for found in _reports(card.study) if (mine := _of(card, found)) is not None), None)


def headline(card: Card) -> Score | None:
    """The figure that releases of its kind are compared by, within its corpus."""
    name = metrics.HEADLINE.get(card.release.task.task_type, "uar")
    return next((score for score in card.scores.within if score.metric == name), card.uar)


def _of(card: Card, found: pl.DataFrame) -> pl.DataFrame | None:
    """The rows of a model that was tested within its corpus, if their figure is the card's."""
    release, score = card.release, headline(card)
    try:
        mine = found.filter(
            pl.col("fold") != RELEASE,
            model=release.model,
            source=release.corpus,
            target=release.corpus,
            scheme=release.scheme,
            task=score.task if score else "",
        )
        if score is None or score.value is None or mine.is_empty():
            return None
        figure = gate.figure(mine)
    except (pl.exceptions.PolarsError, ZooError):  # of a table that another version of zoo wrote
        return None
    return mine if figure is not None and abs(figure - score.value) < _DIFFERENCE else None


def _reports(study: str) -> Iterator[pl.DataFrame]:
    relative = f"reports/{study}/{PREDICTIONS}"
    for content in (_present, _committed):
        try:
            found = pl.read_parquet(io.BytesIO(content(relative)))
        except (pl.exceptions.PolarsError, OSError, subprocess.CalledProcessError):
            continue
        yield found


def _present(relative: str) -> bytes:
    return (top() / relative).read_bytes()


def _committed(relative: str) -> bytes:
    command = ["git", "-C", str(top()), "show", f"HEAD:./{relative}"]
    return subprocess.run(command, capture_output=True, check=True).stdout
