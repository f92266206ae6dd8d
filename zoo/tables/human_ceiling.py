"""The human ceiling (human_ceiling.csv): how well listeners do what models are asked to do, where there are votes."""

from pathlib import Path

import polars as pl

from zoo.files import whole_file
from zoo.tables.predictions import ORIGIN
from zoo.tables.table import Column, Table

TEXT, REAL, WHOLE = pl.String(), pl.Float64(), pl.Int64()
LABEL, OTHERS = "label", "others"  # what a listener is compared with
FILE = "human_ceiling.csv"

HUMAN_CEILING = Table(
    name="human ceiling",
    row="listeners of a corpus, compared with the label or with each other",
    key=("study", "corpus", "reference"),
    columns={
        "study": Column(TEXT, "name of the study"),
        "corpus": Column(TEXT, "name of the corpus"),
        "scheme": Column(TEXT, "the cross scheme; votes for what it leaves out do not count"),
        "listeners": Column(TEXT, "whose votes: raters, voice, face or both, as in the manifest"),
        "label_source": Column(TEXT, "where the label comes from, as in the manifest"),
        "reference": Column(
            TEXT,
            f"{LABEL}: what models are tested by, which the listener's own vote is part of if it is their majority; "
            f"{OTHERS}: the majority of the other listeners, each of several that are tied an equal part",
            allowed=(LABEL, OTHERS),
        ),
        "value": Column(REAL, "UAR of one listener, the mean over all; each utterance counts the same"),
        "low": Column(REAL, "lower end of the interval over speakers", nullable=True),
        "high": Column(REAL, "upper end of the interval", nullable=True),
        "interval": Column(TEXT, "how the interval was made, or why there is none"),
        "num_utterances": Column(WHOLE, "with a label and votes in the scheme"),
        "num_speakers": Column(WHOLE, "their speakers"),
        "origin": Column(TEXT, "recorded or synthetic", allowed=ORIGIN),
    },
)


def write_csv(frame: pl.DataFrame, path: Path) -> None:
    """Check and write human_ceiling.csv, sorted by key, figures with six decimals."""
    frame = HUMAN_CEILING.check(frame, str(path))
    with whole_file(path) as part:
        frame.write_csv(part, float_precision=6)


def read_csv(path: Path) -> pl.DataFrame:
    """Read and check a human_ceiling.csv; no rows if there is none."""
    if not path.exists():
        return HUMAN_CEILING.frame([])
    return HUMAN_CEILING.check(pl.read_csv(path, schema=HUMAN_CEILING.schema), str(path))
