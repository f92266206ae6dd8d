"""Search for every architecture on every corpus: python stages/tune.py."""

from _run import run


def main() -> None:
    """Write derived/<study>/tuned/<corpus>/<architecture>.json and trials.parquet."""
    from zoo import study
    from zoo.tuning.search import search

    search(study.load())


if __name__ == "__main__":
    run(main)
