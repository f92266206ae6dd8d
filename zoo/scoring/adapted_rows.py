"""A method's answers as rows of the tables ADAPTED and COUNTS."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from zoo.methods.contract import Method
from zoo.scoring import cells
from zoo.scoring.adaptation import Answered
from zoo.scoring.cells import Target, Trained
from zoo.study.study import Study
from zoo.tables.adapted import ADAPTED, COUNTS

PART = ("speaker_id", "sex", "elicitation", "language")  # what utterances that are counted together have in common


def shared_of(
    study: Study, name: str, method: Method, known: Trained, source: str, target: str, heard: Target
) -> dict[str, Any]:
    """The columns that are the same in all rows of a method in a cell. name: the method's in the study."""
    source_origin, target_origin = origins_of(study, source, heard)
    return {
        "model": known.release.model,
        "source": source,
        "target": target,
        "method": name,
        "rung": method.rung,
        "control": method.control,
        "sights": method.sights.text,
        "scheme": study.cross_scheme,
        "source_origin": source_origin,
        "target_origin": target_origin,
    }


def origins_of(study: Study, source: str, heard: Target) -> tuple[str, str]:
    """Whether the source and the target are recorded speech or synthetic stand-ins."""
    return cells.labelled_rows(study, study.members(source)[0])["origin"][0], heard.rows["origin"][0]


def prediction_rows(found: Answered, heard: Target, classes: Sequence[str], shared: dict[str, Any]) -> pl.DataFrame:
    """The ADAPTED rows of one draw. shared: columns that are the same in all rows."""
    rows: pl.DataFrame = heard.rows.select("utterance_id", "speaker_id", "sex", "label")[found.rows.tolist()]
    best = found.probabilities.argmax(axis=1)
    described = rows.with_columns(
        pl.Series("predicted", [classes[number] for number in best], dtype=pl.String),
        pl.Series("probabilities", found.probabilities.astype(np.float32).tolist(), dtype=pl.List(pl.Float32)),
        pl.lit(found.condition.draw, dtype=pl.Int64).alias("draw"),
        *_constants(shared, ADAPTED.schema),
    )
    return described.select(list(ADAPTED.columns))


def count_rows(found: Answered, heard: Target, classes: Sequence[str], shared: dict[str, Any]) -> pl.DataFrame:
    """The COUNTS rows of one draw. shared: columns that are the same in all rows."""
    rows = heard.rows.select(PART).with_columns(pl.col("sex").drop_nulls().first().over("speaker_id"))
    parts = rows.unique().sort(PART)
    place = rows.join(parts.with_row_index("part"), on=PART, nulls_equal=True, maintain_order="left")
    numbers = place["part"].to_numpy()[found.rows].astype(np.int64)
    size = len(classes)
    counts = np.zeros((len(parts), size, size), np.int64)
    np.add.at(counts, (numbers, heard.labels[found.rows], found.probabilities.argmax(axis=1)), 1)
    asked = np.unique(numbers)
    described: pl.DataFrame = parts[asked.tolist()].with_columns(
        pl.Series("counts", counts[asked].reshape(len(asked), -1).tolist(), dtype=pl.List(pl.Int64)),
        pl.lit(found.condition.draw, dtype=pl.Int64).alias("draw"),
        pl.lit(found.condition.name).alias("condition"),
        pl.Series("classes", [list(classes)] * len(asked), dtype=pl.List(pl.String)),
        *_constants(shared, COUNTS.schema),
    )
    return described.select(list(COUNTS.columns))


def _constants(shared: dict[str, Any], schema: dict[str, Any]) -> list[pl.Expr]:
    return [pl.lit(value, dtype=schema[name]).alias(name) for name, value in shared.items()]
