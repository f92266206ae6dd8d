"""Write what every stage depends on to files, so that DVC reruns stale stages: python stages/plan.py."""

from _run import run


def main() -> None:
    """Write derived/STUDY/plan/, and into it the releases that models start from and what is known of encoders."""
    from pathlib import Path

    from zoo.dependencies import plan
    from zoo.inputs import encoders_of_study
    from zoo.releases import start
    from zoo.study import params

    study = params.load()

    def bring(folder: Path) -> None:
        start.bring(study, folder / plan.STARTS)
        encoders_of_study.bring(study, folder / plan.ENCODERS)

    plan.write(study, bring)


if __name__ == "__main__":
    run(main)
