"""Fold files audited against the corpus, if it is here, or against what names and published hashes tell."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from zoo import corpora
from zoo.audit import fold_files
from zoo.audit.crossings import RECORDING, Audit, audit_fold
from zoo.audit.identified import corpus_of, identified, not_said_otherwise, one_corpus
from zoo.audit.stated_speakers import wrong_speakers
from zoo.errors import ZooError
from zoo.library.manifest import build
from zoo.study import params
from zoo.tables.folds import FOLDS
from zoo.tables.manifest import MANIFEST

DATA = Path("data")


def audit_files(paths: Sequence[Path], corpus: str | None = None, strict: bool = False) -> Audit:
    """The audit of fold files (or folders of them) of one corpus, fold by fold.

    corpus: its name; rows about others are left out then. Told by the files if None, which must all be about one.
    strict: sentences that cross are leaks too.
    Raises ZooError for files that cannot be read, tell no split, or belong to another manifest or corpus.
    """
    every = fold_files.read(paths)
    name = corpora.get(corpus).name if corpus else corpus_of(every)
    listed = not_said_otherwise(every, name)
    if not len(listed):
        raise ZooError(f"the files are not about {name}", "name the corpus that they are about with --corpus")
    manifest, known_by = _manifest_of(name, [Path(source) for source in listed["source"].unique().sort()])
    rows = identified(listed, name, manifest)
    if corpus is None:
        one_corpus(rows)
    rows = rows.filter(pl.col("corpus") == name)
    folds = tuple(
        audit_fold(fold, part, strict)
        for (fold,), part in sorted(
            rows.group_by("fold", maintain_order=True), key=lambda pair: (len(str(pair[0][0])), str(pair[0][0]))
        )
    )
    if not any(fold.comparable for fold in folds):
        only = rows["split"][0]
        raise ZooError(f"the files hold {only} only; there is nothing to compare it with", "name the other splits' too")
    recordings = rows.select(RECORDING).n_unique()
    wrong = wrong_speakers(rows, corpora.get(name).speakers)
    return Audit(name, known_by, folds, recordings, wrong, left_out=len(every) - len(rows))


def _manifest_of(corpus: str, files: Sequence[Path]) -> tuple[pl.DataFrame | None, str]:
    """The manifest to join to and where it is from: that of our folds, the current study's, or data/.

    Raises ZooError where folds of ours were made from another manifest than lies beside them.
    """
    for path in files:
        beside = path.resolve().parents[1] / "manifest" / f"{corpus}.parquet"
        if path.suffix == ".parquet" and path.parent.resolve().name == "folds" and beside.is_file():
            FOLDS.read(path, made_from={"manifest": beside})
            return MANIFEST.read(beside), f"the manifest {beside.parent.name}/{beside.name} beside {path.parent}"
    if params.PARAMS.is_file():
        path = params.load().derived / "manifest" / f"{corpus}.parquet"
        # other people's folds are of recorded speech
        if path.is_file() and (manifest := MANIFEST.read(path))["origin"][0] == "recorded":
            return manifest, str(path)
    # a folder of that name may also be the fold files' own, as EmoBox has them
    if (DATA / corpus).is_dir() and corpora.get(corpus).recognise(DATA / corpus).root == DATA / corpus:
        return build(corpus, DATA / corpus), str(DATA / corpus)
    return None, "names and published hashes, as the corpus is not here"
