"""Write the synthetic version of a corpus: `python stages/synth.py NAME`."""

from pathlib import Path

from _run import run

SYNTHETIC = Path("derived/synthetic")


def main(name: str) -> None:
    """Make `derived/synthetic/NAME`; never anything in `data/`."""
    from zoo import synthetic
    from zoo.files import whole_folder

    with whole_folder(SYNTHETIC / name) as folder:
        synthetic.write(name, folder)


if __name__ == "__main__":
    run(main)
