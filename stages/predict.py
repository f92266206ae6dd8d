"""Predict every other corpus with every release: python stages/predict.py."""

from _run import run


def main() -> None:
    """Write derived/<study>/cross.parquet."""
    from zoo.scoring.cross_corpus import predict_cross_corpus
    from zoo.study import params

    predict_cross_corpus(params.load())


if __name__ == "__main__":
    run(main)
