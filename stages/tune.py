"""Search hyperparameters for every model on every corpus: python stages/tune.py."""

from _run import run


def main() -> None:
    """Write derived/<study>/tuned/<model>/<corpus>.json, trials.parquet and best.json."""
    from zoo.study import params
    from zoo.tuning.run import run_trials
    from zoo.tuning.search import search

    search(params.load(), run_trials)


if __name__ == "__main__":
    run(main)
