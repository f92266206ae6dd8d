"""Train an architecture on a corpus: python stages/train.py CORPUS ARCHITECTURE."""

from _run import run


def main(corpus: str, architecture: str) -> None:
    """Write derived/<study>/trained/<corpus>/<architecture>/: test predictions of all folds, and the release model."""
    from zoo import study
    from zoo.training.corpus import train_corpus

    train_corpus(study.load(), corpus, architecture)


if __name__ == "__main__":
    run(main)
