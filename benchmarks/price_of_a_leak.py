"""What a figure gains by a leak: the test speaker was heard in training, or the test sentence, or both.

python benchmarks/price_of_a_leak.py MODEL CORPUS

A model of the current study that is fitted at once (ridge, layer_ridge), at its defaults, on the input that
`dvc repro check_features` made. Prints the UAR of four trainings of equal sizes and class mixes on the same test
utterances, and the prices with their intervals over speakers; writes them to reports/STUDY/leak.csv, beside those of
other models and corpora. zoo/scoring/leak.py says what exactly is compared. For reading: nothing here is ranked or
released. Some minutes for corpora like EmoDB and RAVDESS.
"""

import sys

import polars as pl

from zoo.errors import WRONG_USAGE, ZooError, unknown
from zoo.scoring.leak import of_study
from zoo.study import params
from zoo.tables import leak


def main(model: str, corpus: str) -> None:
    """Print the cells and prices, and write them."""
    study = params.load()
    if model not in study.models:
        raise unknown("model of the study", model, study.models)
    if corpus not in study.corpora:
        raise unknown("corpus of the study", corpus, study.corpora)
    found = of_study(study, model, corpus)
    path = study.reports / "leak.csv"
    if path.exists():
        others = leak.read_csv(path).filter((pl.col("model") != model) | (pl.col("corpus") != corpus))
        leak.write_csv(pl.concat([others, found]), path)
    else:
        leak.write_csv(found, path)
    first = found.row(0, named=True)
    mark = "SYNTHETIC " if first["origin"] == "synthetic" else ""
    print(
        f"{mark}{model}@{corpus}, {first['num_utterances']} utterances of {first['num_speakers']} speakers; trained on "
        f"{first['num_trained']:.0f} each, of which {100 * first['speaker_share']:.1f} % are of the test speaker where "
        f"it is seen, and {100 * first['sentence_share']:.1f} % of the test sentence where that is; never ranked"
    )
    print("| | UAR or difference | interval |\n| --- | --- | --- |")
    by_name = {row["name"]: row for row in found.iter_rows(named=True)}
    for name in (*leak.CELLS, *leak.PRICES):
        row = by_name[name]
        interval = row["how"] if row["low"] is None else f"{row['low']:.3f} to {row['high']:.3f}"
        print(f"| {name} | {row['value']:.3f} | {interval} |")


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1].startswith("-"):
        print("usage: python benchmarks/price_of_a_leak.py MODEL CORPUS", file=sys.stderr)
        sys.exit(WRONG_USAGE)
    try:
        main(*sys.argv[1:])
    except ZooError as error:
        print(f"error: {error.message}; {error.hint}", file=sys.stderr)
        sys.exit(WRONG_USAGE)
