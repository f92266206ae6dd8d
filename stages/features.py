"""Compute an input of a corpus: python stages/features.py CORPUS INPUT."""

from pathlib import Path

from _run import run


def main(corpus: str, name: str) -> None:
    """Write derived/<study>/features/<corpus>/<input>/."""
    from zoo.inputs import spec
    from zoo.inputs.extract import extract
    from zoo.study import params
    from zoo.tables.manifest import MANIFEST

    current = params.load()
    manifest = MANIFEST.read(current.derived / "manifest" / f"{corpus}.parquet")
    folder = current.derived / "features" / corpus / name
    extract(manifest, Path(current.data) / corpus, folder, spec(name, current.inputs[name]), f"inputs.{name}")


if __name__ == "__main__":
    run(main)
