"""Ask every release about every other corpus: python stages/predict.py."""

from _run import run


def main() -> None:
    """Write derived/<study>/cross.parquet."""
    from zoo import study
    from zoo.releases.cross_corpus import predict_cross_corpus

    predict_cross_corpus(study.load())


if __name__ == "__main__":
    run(main)
