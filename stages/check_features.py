"""Check every corpus's features before anything is trained on them: python stages/check_features.py."""

from _run import run


def main() -> None:
    """Write derived/<study>/sound/<corpus>; exit 3 when a check fails."""
    from zoo.checks.features import require_sound
    from zoo.study import params

    require_sound(params.load())


if __name__ == "__main__":
    run(main)
