"""Cut a corpus into folds: python stages/folds.py CORPUS."""

from _run import run


def main(corpus: str) -> None:
    """Write derived/<study>/folds/<corpus>.parquet, and print what the protocol leaves out."""
    from zoo.folds.cut import cut, labelled, remarks
    from zoo.study import params
    from zoo.tables.folds import FOLDS
    from zoo.tables.manifest import MANIFEST

    current = params.load()
    manifest = current.derived / "manifest" / f"{corpus}.parquet"
    utterances = MANIFEST.read(manifest)
    folds = cut(utterances, corpus, current.labels[corpus], current.folds[corpus])
    FOLDS.write(folds, current.derived / "folds" / f"{corpus}.parquet", made_from={"manifest": manifest})
    for sentence in remarks(folds, len(labelled(utterances, corpus, current.labels[corpus]))):
        print(sentence)


if __name__ == "__main__":
    run(main)
