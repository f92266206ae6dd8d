"""Compute a corpus's features: python stages/features.py CORPUS."""

from pathlib import Path

from _run import run


def main(corpus: str) -> None:
    """Write derived/<study>/features/<corpus>/<front-end>/ for every front-end; exit 3 if one is not sound.

    The checks are part of the stage, so that nothing is trained on features that have not passed them.
    """
    from zoo import checks, study
    from zoo.inputs.extract import extract
    from zoo.tables.manifest import MANIFEST

    current = study.load()
    manifest = MANIFEST.read(current.derived / "manifest" / f"{corpus}.parquet")
    folder = current.derived / "features" / corpus
    extract(manifest, Path(current.data) / corpus, folder, current.features.front_ends, current.features.dtype)
    checks.require_sound_features(current, corpus)


if __name__ == "__main__":
    run(main)
