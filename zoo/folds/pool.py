"""Several corpora as one, of which each is tested by models of the others."""

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from zoo.files import whole_folder
from zoo.folds.cut import usable
from zoo.folds.speakers import balanced_fifth, speakers_of
from zoo.study.study import LEAVE_ONE_CORPUS_OUT, POOLS, Study
from zoo.tables.folds import FOLDS
from zoo.tables.manifest import MANIFEST


def write(study: Study) -> None:
    """Write derived/STUDY/pools/: manifest/POOL.parquet and folds/POOL.parquet of every pool; nothing without pools.

    Names of utterances, speakers, sentences and groups of takes begin with their corpus, as in emodb/03. The classes
    are those of the cross scheme.
    """
    with whole_folder(study.derived / POOLS) as folder:
        for pool, corpora in study.pools.items():
            _write(pool, {one: study.derived / "manifest" / f"{one}.parquet" for one in corpora}, study, folder)


def _write(pool: str, paths: Mapping[str, Path], study: Study, folder: Path) -> None:
    manifests = {corpus: MANIFEST.read(path) for corpus, path in paths.items()}
    manifest = folder / "manifest" / f"{pool}.parquet"
    MANIFEST.write(pl.concat(_named(frame, one, pool) for one, frame in manifests.items()), manifest, paths)
    folds = leave_one_corpus_out(pool, manifests, study.cross_scheme)
    FOLDS.write(folds, folder / "folds" / f"{pool}.parquet", {"manifest": manifest})


def leave_one_corpus_out(pool: str, manifests: Mapping[str, pl.DataFrame], scheme: str) -> pl.DataFrame:
    """The FOLDS rows of a pool: every corpus is tested once, by what was trained on the others. A balanced fifth of the
    speakers of each of these is dev.

    manifests: by corpus, MANIFEST rows.
    """
    labelled = {corpus: usable(frame, corpus, scheme) for corpus, frame in manifests.items()}
    rows = []
    for fold, tested in enumerate(labelled):
        for corpus, frame in labelled.items():
            if corpus == tested:
                split = pl.lit("test")
            else:
                dev = balanced_fifth(speakers_of(frame), seed=fold)
                split = pl.when(pl.col("speaker_id").is_in(dev)).then(pl.lit("dev")).otherwise(pl.lit("train"))
            described = frame.with_columns(
                split.alias("split"),
                pl.lit(LEAVE_ONE_CORPUS_OUT).alias("protocol"),
                pl.lit(fold, dtype=pl.Int64()).alias("fold"),
                pl.lit(None, dtype=pl.Int64()).alias("text_set"),
            )
            rows.append(_named(described, corpus, pool).select(list(FOLDS.columns)))
    return pl.concat(rows)


def _named(frame: pl.DataFrame, corpus: str, pool: str) -> pl.DataFrame:
    """The rows of a corpus as those of a pool, in which names are unique."""
    names = ("utterance_id", "path", "speaker_id", "text_id", "take_group")
    named = [pl.format(f"{corpus}/{{}}", one).alias(one) for one in names]
    return frame.with_columns(pl.lit(pool).alias("corpus"), *named)
