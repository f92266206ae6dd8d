"""What models are trained on: a corpus, or several pooled, as the stages have written them."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from zoo.study.study import POOLS, Study
from zoo.tables.folds import FOLDS
from zoo.tables.manifest import MANIFEST

# in the folder of a training: those that the release was trained on; here, so that to read them needs no trainer
UTTERANCES = "utterances.txt"


@dataclass(frozen=True)
class Source:
    """The MANIFEST and FOLDS rows of a corpus or pool, and the files that they are from."""

    manifest: pl.DataFrame
    folds: pl.DataFrame
    files: dict[str, Path]


def read(study: Study, name: str) -> Source:
    """Read a corpus or pool of a study. Raises ZooError if a table is missing or they do not belong together."""
    folder = study.derived / POOLS if name in study.unions else study.derived
    files = {stage: folder / stage / f"{name}.parquet" for stage in ("manifest", "folds")}
    folds = FOLDS.read(files["folds"], made_from={"manifest": files["manifest"]})
    return Source(MANIFEST.read(files["manifest"]), folds, files)
