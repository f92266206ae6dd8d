"""A corpus as training sees it: its folds with labels, and the features that an architecture takes."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from zoo import architectures, inputs
from zoo.errors import WRONG_USAGE, ZooError
from zoo.inputs.store import Store
from zoo.study import Study, Train
from zoo.tables.folds import FOLDS
from zoo.training.batches import Examples


def front_end_of(architecture: str, front_ends: list[str]) -> str:
    """The first front-end that the architecture accepts and the study has. Raises ZooError when there is none."""
    accepted = architectures.get(architecture).front_ends
    for name in accepted:
        if name in front_ends:
            return name
    raise ZooError(
        f"{architecture} takes {' or '.join(accepted)}, but features.front_ends has {', '.join(front_ends)}",
        "add one to features.front_ends in params.yaml",
        WRONG_USAGE,
    )


@dataclass(frozen=True)
class CorpusData:
    """Folds and features of a corpus for an architecture. classes: in alphabetical order."""

    corpus: str
    front_end: str
    frames_per_s: float
    folds: pl.DataFrame
    store: Store
    classes: tuple[str, ...]

    def suited(self, train: Train) -> Train:
        """The training's settings, without what only frequency bands can bear: coefficients are not shifted."""
        if inputs.get(self.front_end).bands:
            return train
        calm = {"warp": 0.0, "gain_db": 0.0, "frequency_mask_share": 0.0}
        return train.model_copy(update={"augmentation": train.augmentation.model_copy(update=calm)})

    def examples(self, utterances: pl.DataFrame) -> Examples:
        """Rows of utterance_id and label."""
        index = {name: number for number, name in enumerate(self.classes)}
        classes = np.array([index[label] for label in utterances["label"]], dtype=np.int64)
        return Examples(self.store, utterances["utterance_id"].to_list(), classes)

    def split(self, fold: int, split: str) -> pl.DataFrame:
        """The rows of a fold's split, in the order of utterance_id."""
        rows = (pl.col("fold") == fold) & (pl.col("split") == split)
        return self.folds.filter(rows).sort("utterance_id")

    def of_speakers(self, speakers: Collection[str] | None = None) -> pl.DataFrame:
        """Every labelled utterance once, of these speakers or of all."""
        rows = self.folds.unique("utterance_id", keep="first").sort("utterance_id")
        return rows if speakers is None else rows.filter(pl.col("speaker_id").is_in(list(speakers)))

    @property
    def fold_numbers(self) -> list[int]:
        """The folds, in order."""
        return sorted(self.folds["fold"].unique().to_list())


def load(study: Study, corpus: str, architecture: str, top: Path = Path()) -> CorpusData:
    """Read the folds and open the features of a corpus. top: the folder that holds derived/."""
    front_end = front_end_of(architecture, study.features.front_ends)
    derived = top / study.derived
    folds = FOLDS.read(derived / "folds" / f"{corpus}.parquet")
    store = Store(derived / "features" / corpus / front_end)
    classes = tuple(sorted(folds["label"].unique().to_list()))
    return CorpusData(corpus, front_end, inputs.get(front_end).frames_per_s, folds, store, classes)
