"""Compute a corpus's features: python stages/features.py CORPUS."""

from pathlib import Path

from _run import run


def main(corpus: str) -> None:
    """Write derived/<study>/features/<corpus>/<front-end>/ for every front-end."""
    from zoo.inputs.extract import extract
    from zoo.study import params
    from zoo.tables.manifest import MANIFEST

    current = params.load()
    manifest = MANIFEST.read(current.derived / "manifest" / f"{corpus}.parquet")
    folder = current.derived / "features" / corpus
    extract(manifest, Path(current.data) / corpus, folder, current.features.front_ends, current.features.dtype)


if __name__ == "__main__":
    run(main)
