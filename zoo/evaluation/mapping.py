"""A model's probabilities in another label scheme, without retraining.

The probabilities of classes that merge are summed; those of classes that the other scheme leaves out are dropped and
the rest renormalised. This is the model's posterior, given that one of the remaining classes is correct.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from zoo.errors import ZooError


def map_probabilities(
    probabilities: NDArray[np.floating[Any]], classes: Sequence[str], class_mapping: Mapping[str, str | None]
) -> tuple[NDArray[np.float64], list[str]]:
    """Probabilities (N, C) of `classes` as probabilities (N, C') of the classes they map to.

    class_mapping: where each class goes, None where it is left out.
    Returns them with the C' classes in alphabetical order; rows sum to 1, and are uniform where no probability remains.
    Raises ZooError when no class remains.
    """
    wanted = sorted({class_mapping[name] or "" for name in classes} - {""})
    if not wanted:
        raise ZooError(f"none of the classes {', '.join(classes)} has a class in the other scheme")
    moves = np.zeros((len(classes), len(wanted)))
    for row, name in enumerate(classes):
        if (place := class_mapping[name]) is not None:
            moves[row, wanted.index(place)] = 1.0
    mapped = np.asarray(probabilities, np.float64) @ moves
    sums = mapped.sum(axis=1, keepdims=True)
    uniform = np.full_like(mapped, 1.0 / len(wanted))
    return np.divide(mapped, sums, out=uniform, where=sums > 0), wanted


def map_predictions(predictions: pl.DataFrame, class_mapping: Mapping[str, str | None], scheme: str) -> pl.DataFrame:
    """A corpus's predictions in another scheme; utterances whose label it leaves out are dropped.

    class_mapping: where each class of the present scheme goes (see zoo.labels.class_mapping); its classes in
    alphabetical order are the order of the probabilities. Raises ZooError when their numbers differ.
    """
    classes = sorted(class_mapping)
    wanted = sorted({place for place in class_mapping.values() if place is not None})
    lengths = predictions["probabilities"].list.len().unique().to_list()
    if lengths != [len(classes)]:
        raise ZooError(
            f"{predictions['source'][0]}: predictions hold {lengths} probabilities, the scheme {len(classes)} classes",
            "the scheme changed since the training; run `dvc repro` to make them again",
        )
    places = pl.DataFrame(
        {"label": classes, "place": [class_mapping[name] for name in classes]},
        schema={"label": pl.String, "place": pl.String},
    )
    kept = predictions.join(places, on="label", how="left", maintain_order="left").filter(pl.col("place").is_not_null())
    mapped = _mapped(kept["probabilities"], classes, class_mapping)
    best = np.asarray(wanted, dtype=object)[mapped.argmax(axis=1)] if len(kept) else []
    return kept.with_columns(
        pl.lit(scheme).alias("scheme"),
        pl.col("place").alias("label"),
        pl.Series("predicted", best, dtype=pl.String),
        pl.Series("probabilities", mapped.astype(np.float32)).cast(pl.List(pl.Float32)),
        *_mapped_truth(kept, classes, class_mapping),
        pl.lit(None, dtype=pl.List(pl.Float32)).alias("logits"),  # there are none in another scheme
    ).drop("place")


def _mapped(lists: pl.Series, classes: list[str], class_mapping: Mapping[str, str | None]) -> NDArray[np.float64]:
    values = lists.explode().to_numpy().reshape(len(lists), len(classes))
    return map_probabilities(values, classes, class_mapping)[0]


def _mapped_truth(kept: pl.DataFrame, classes: list[str], class_mapping: Mapping[str, str | None]) -> list[pl.Series]:
    """The raters' distribution in the other scheme, where there is one: votes for what it leaves out do not count."""
    if "truth" not in kept or (known := kept["truth"].drop_nulls()).is_empty():
        return []
    mapped = iter(_mapped(known, classes, class_mapping).astype(np.float32).tolist())
    rows = [None if row is None else next(mapped) for row in kept["truth"].is_not_null().replace(False, None)]
    return [pl.Series("truth", rows, dtype=pl.List(pl.Float32))]
