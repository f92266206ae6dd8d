"""Write what every stage depends on to files, so that DVC reruns stale stages: python stages/plan.py."""

from _run import run


def main() -> None:
    """Write derived/STUDY/plan/."""
    from zoo.dependencies import plan
    from zoo.study import params

    plan.write(params.load())


if __name__ == "__main__":
    run(main)
