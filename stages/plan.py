"""Write what every stage depends on to files, so that DVC reruns stale stages: python stages/plan.py."""

from _run import run


def main() -> None:
    """Write derived/STUDY/plan/, and into it the releases that models start from."""
    from functools import partial

    from zoo.dependencies import plan
    from zoo.releases.start import bring
    from zoo.study import params

    study = params.load()
    plan.write(study, partial(bring, study))


if __name__ == "__main__":
    run(main)
