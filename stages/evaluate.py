"""Score every prediction of the study: python stages/evaluate.py."""

from _run import run


def main() -> None:
    """Write reports/<study>: all predictions, scores.csv, differences.csv, gain.csv, costs.csv, selection_debt.csv,
    metrics.json; and of methods methods.csv, method_differences.csv, method_ranks.csv and method_tests.csv."""
    from zoo.evaluation.study import write_scores
    from zoo.study import params

    write_scores(params.load())


if __name__ == "__main__":
    run(main)
