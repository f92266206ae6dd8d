"""The training data of a corpus: its folds with labels, and the features that an architecture accepts."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import polars as pl

from zoo import architectures, inputs
from zoo.errors import WRONG_USAGE, ZooError
from zoo.inputs.store import Store
from zoo.study.study import Study
from zoo.study.train import Train
from zoo.tables.folds import FOLDS
from zoo.training.batches import Examples
from zoo.training.recipe import Recipe, recipe_of


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
    architecture: str
    front_end: str
    folds: pl.DataFrame
    store: Store
    classes: tuple[str, ...]

    def recipe(
        self, config: dict[str, object], train: Train, *, epochs: int, patience: int, seed: int, refit: bool
    ) -> Recipe:
        """The recipe of a configuration of the search on this corpus."""
        front_end = inputs.get(self.front_end)
        return recipe_of(
            self.architecture,
            config,
            train,
            bands=front_end.bands,
            num_classes=len(self.classes),
            frames_per_s=front_end.frames_per_s,
            max_epochs=epochs,
            patience=patience,
            seed=seed,
            refit=refit,
        )

    def examples(self, utterances: pl.DataFrame) -> Examples:
        """The examples of utterances. utterances: rows with utterance_id and label."""
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


def load(study: Study, corpus: str, architecture: str) -> CorpusData:
    """Read the folds and open the features of a corpus."""
    front_end = front_end_of(architecture, study.features.front_ends)
    folds = FOLDS.read(study.derived / "folds" / f"{corpus}.parquet")
    store = Store(study.derived / "features" / corpus / front_end)
    classes = tuple(sorted(folds["label"].unique().to_list()))
    return CorpusData(corpus, architecture, front_end, folds, store, classes)
