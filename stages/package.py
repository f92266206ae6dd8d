"""Package the trained models with their cards, as candidates for release."""

from _run import run


def main() -> None:
    """Write derived/STUDY/zoo/ARCHITECTURE/CORPUS/ for every model of the study."""
    from zoo.releases.package import package
    from zoo.study.params import load

    study = load()
    names = package(study, study.derived / "zoo")
    print(f"packaged {len(names)} candidates: {', '.join(names)}")


if __name__ == "__main__":
    run(main)
