"""Answer about other corpora by every method, with a model's embeddings: python stages/adapt.py MODEL."""

from _run import run


def main(model: str) -> None:
    """Write derived/<study>/adapted/<model>/: predictions.parquet and counts.parquet."""
    from zoo.scoring.adapt import adapt
    from zoo.study import params

    adapt(params.load(), model)


if __name__ == "__main__":
    run(main)
