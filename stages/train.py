"""Train a model on every corpus and pool of the study: python stages/train.py MODEL."""

from _run import run


def main(model: str) -> None:
    """Write derived/<study>/trained/<model>/<corpus>/: test predictions of all folds, and the release model."""
    from zoo.execute.settings import settings_of
    from zoo.study import params
    from zoo.training.corpus import prepare
    from zoo.training.model import train
    from zoo.tuning.selection import read_selection

    study = params.load()
    sources = study.sources_of(model)
    trainings = [prepare(study, source, model, read_selection(study, source, model)) for source in sources]
    scratch = study.derived.parent / "scratch" / "trainings"
    train(trainings, settings_of(study, "train"), scratch, f"train {model}")


if __name__ == "__main__":
    run(main)
