"""The price of a leak (leak.csv): what a split adds to figures by having heard the test speaker, or the sentence.

Never ranked and never released: three of its four cells are answers about speakers or sentences that were heard.
"""

from pathlib import Path

import polars as pl

from zoo.errors import ZooError
from zoo.files import whole_file
from zoo.tables.predictions import ORIGIN
from zoo.tables.table import Column, Table

TEXT, REAL, WHOLE = pl.String(), pl.Float64(), pl.Int64()
NEITHER, SPEAKER, SENTENCE, BOTH = CELLS = ("neither", "speaker", "sentence", "both")
# the difference that each price is, as the weight of each cell
PRICES = {
    "price of the speaker": {SPEAKER: 1, NEITHER: -1},
    "price of the sentence": {SENTENCE: 1, NEITHER: -1},
    "price of both": {BOTH: 1, NEITHER: -1},
    "interaction": {BOTH: 1, SPEAKER: -1, SENTENCE: -1, NEITHER: 1},
}

LEAK = Table(
    name="leak",
    row="the UAR of one of four trainings, or a price: a difference of them; for reading, never ranked",
    key=("study", "model", "corpus", "name"),
    columns={
        "study": Column(TEXT, "name of the study"),
        "model": Column(TEXT, "name of the model, at its defaults: no search was made"),
        "corpus": Column(TEXT, "corpus that it was trained and tested on"),
        "scheme": Column(TEXT, "label scheme"),
        "name": Column(TEXT, "what had been heard, or the price of it", allowed=(*CELLS, *PRICES)),
        "value": Column(REAL, "UAR, or a difference of UAR", nullable=True),
        "low": Column(REAL, "lower end of the interval over speakers", nullable=True),
        "high": Column(REAL, "upper end of the interval over speakers", nullable=True),
        "how": Column(TEXT, "how the interval was made, or why there is none"),
        "num_speakers": Column(WHOLE, "speakers that it is over"),
        "num_utterances": Column(WHOLE, "that were tested, the same in all cells"),
        "num_trained": Column(REAL, "utterances of a training, the same in all cells; the mean over tests"),
        "speaker_share": Column(REAL, "of a training, that of the test speaker where it is heard; the mean over tests"),
        "sentence_share": Column(
            REAL, "of a training, that of the test sentence where it is heard; the mean over tests"
        ),
        "origin": Column(TEXT, "recorded speech, or synthetic stand-ins", allowed=ORIGIN),
    },
)


def write_csv(frame: pl.DataFrame, path: Path) -> None:
    """Check and write leak.csv, sorted by key, figures with six decimals."""
    frame = LEAK.check(frame, str(path))
    with whole_file(path) as part:
        frame.write_csv(part, float_precision=6)


def read_csv(path: Path) -> pl.DataFrame:
    """Read and check a leak.csv. Raises ZooError when it is missing."""
    if not Path(path).exists():
        raise ZooError(f"{path} is missing", "run `python benchmarks/price_of_a_leak.py MODEL CORPUS` to make it")
    return LEAK.check(pl.read_csv(path, schema=LEAK.schema), str(path))
