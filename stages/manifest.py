"""Write the manifest of a corpus: speaker, sentence, label and audio file of every utterance."""

from pathlib import Path

from _run import run


def main(corpus: str) -> None:
    """Read the corpus's folder and write derived/STUDY/manifest/CORPUS.parquet."""
    from zoo.labels.votes import relabelled
    from zoo.library.manifest import build
    from zoo.study import params
    from zoo.tables.manifest import MANIFEST

    current = params.load()
    frame = build(corpus, Path(current.data) / corpus)
    if corpus in current.label_sources:
        frame = relabelled(frame, current.label_sources[corpus])
    MANIFEST.write(frame, current.derived / "manifest" / f"{corpus}.parquet", made_from={})


if __name__ == "__main__":
    run(main)
