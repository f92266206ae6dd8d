"""Train an architecture on every corpus of the study: python stages/train.py ARCHITECTURE."""

from _run import run


def main(architecture: str) -> None:
    """Write derived/<study>/trained/<architecture>/<corpus>/: test predictions of all folds, and the release model."""
    from zoo.study import params
    from zoo.training.model import train_model
    from zoo.tuning.selection import read_selection

    study = params.load()
    train_model(study, architecture, {corpus: read_selection(study, corpus, architecture) for corpus in study.corpora})


if __name__ == "__main__":
    run(main)
