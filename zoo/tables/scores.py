"""The scores (scores.csv): one figure per row, with its interval and what it was computed on."""

from pathlib import Path

import polars as pl

from zoo.errors import ZooError
from zoo.files import whole_file
from zoo.tables.table import Column, Table

TEXT, REAL, WHOLE = pl.String(), pl.Float64(), pl.Int64()

SCORES = Table(
    name="scores",
    row="a figure",
    key=("study", "model", "source", "target", "scheme", "mode", "protocol", "task", "metric", "group"),
    columns={
        "study": Column(TEXT, "name of the study"),
        "model": Column(TEXT, "name of the model; 'chance' and 'majority' are baselines"),
        "source": Column(TEXT, "corpus or pool that the model was trained on"),
        "target": Column(TEXT, "corpus that it was tested on; a pool, where each of its corpora was left out in turn"),
        "scheme": Column(TEXT, "label scheme of the score"),
        "trained_scheme": Column(TEXT, "label scheme of the training"),
        "mode": Column(
            TEXT, "trained in the scheme, or mapped to it by summing probabilities", allowed=("trained", "mapped")
        ),
        "protocol": Column(TEXT, "fold protocol, or 'release' for the model of all speakers"),
        "task": Column(TEXT, "what was asked: categorical, soft, dimensional"),
        "metric": Column(
            TEXT, "name of the metric, such as uar: a file of zoo/metrics says what it is; or temperature"
        ),
        "group": Column(TEXT, "'all', 'class=…', 'speaker=…', 'sex=…' or, of a pool, 'corpus=…'"),
        "value": Column(REAL, "the figure", nullable=True),
        "low": Column(REAL, "lower end of the interval", nullable=True),
        "high": Column(REAL, "upper end of the interval", nullable=True),
        "interval": Column(TEXT, "how the interval was made, or why there is none"),
        "num_utterances": Column(WHOLE, "utterances that the figure is computed on"),
        "num_speakers": Column(WHOLE, "their speakers"),
        "num_seeds": Column(WHOLE, "seeds averaged over"),
        "exploration": Column(TEXT, "what choices have seen of the test speakers; empty: nothing", nullable=True),
        "source_origin": Column(TEXT, "recorded or synthetic"),
        "target_origin": Column(TEXT, "recorded or synthetic"),
    },
)


def write_csv(frame: pl.DataFrame, path: Path) -> None:
    """Check and write scores.csv, sorted by key, figures with six decimals."""
    frame = SCORES.check(frame, str(path))
    with whole_file(path) as part:
        frame.write_csv(part, float_precision=6)


def read_csv(path: Path) -> pl.DataFrame:
    """Read and check a scores.csv. Raises ZooError when it is missing."""
    if not Path(path).exists():
        raise ZooError(f"{path} is missing", "run `dvc repro` to make it")
    return SCORES.check(pl.read_csv(path, schema=SCORES.schema), str(path))
