"""Check every corpus's manifest and folds before anything is trained: `python stages/check.py`."""

from _run import run


def main() -> None:
    """Write `derived/STUDY/checks/`; exit 3 when a check fails."""
    from rich.console import Console

    from zoo.checks.study import run as check
    from zoo.study import params

    check(params.load(), Console())


if __name__ == "__main__":
    run(main)
