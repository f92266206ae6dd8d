"""Write the synthetic version of a corpus: `python stages/synth.py NAME`."""

from pathlib import Path

from _run import run


def main(name: str) -> None:
    """Make `<data>/NAME`."""
    from zoo import study
    from zoo.corpora import _synthetic
    from zoo.files import whole_folder

    with whole_folder(Path(study.load().data) / name) as folder:
        _synthetic.write(name, folder)


if __name__ == "__main__":
    run(main)
