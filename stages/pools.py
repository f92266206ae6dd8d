"""Several corpora as one, for the study's pools: python stages/pools.py."""

from _run import run


def main() -> None:
    """Write derived/<study>/pools: manifest and folds of every pool."""
    from zoo.folds import pool
    from zoo.study import params

    pool.write(params.load())


if __name__ == "__main__":
    run(main)
