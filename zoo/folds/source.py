"""What models are trained on: a corpus, or several pooled, as the stages have written them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from zoo.folds.cut import usable
from zoo.folds.speakers import balanced_fifth, speakers_of
from zoo.study.study import LEAVE_ONE_CORPUS_OUT, Study
from zoo.tables.folds import FOLDS
from zoo.tables.manifest import MANIFEST


@dataclass(frozen=True)
class Source:
    """The MANIFEST and FOLDS rows of a corpus or pool, and the files that they are from.

    Of a pool, names of utterances, speakers, sentences and groups of takes begin with their corpus, as in emodb/03; its
    classes are those of the cross scheme.
    """

    manifest: pl.DataFrame
    folds: pl.DataFrame
    files: dict[str, Path]


def read(study: Study, name: str) -> Source:
    """Read a corpus or pool of a study. Raises ZooError if a table is missing or they do not belong together."""
    if name not in study.pools:
        files = {stage: study.derived / stage / f"{name}.parquet" for stage in ("manifest", "folds")}
        folds = FOLDS.read(files["folds"], made_from={"manifest": files["manifest"]})
        return Source(MANIFEST.read(files["manifest"]), folds, files)
    paths = {corpus: study.derived / "manifest" / f"{corpus}.parquet" for corpus in study.pools[name]}
    manifests = {corpus: MANIFEST.read(path) for corpus, path in paths.items()}
    return Source(
        MANIFEST.check(pl.concat([_named(frame, one, name) for one, frame in manifests.items()]), name),
        leave_one_corpus_out(name, manifests, study.cross_scheme),
        {f"manifest {corpus}": path for corpus, path in paths.items()},
    )


def leave_one_corpus_out(pool: str, manifests: Mapping[str, pl.DataFrame], scheme: str) -> pl.DataFrame:
    """The FOLDS rows of a pool: every corpus is tested once, by what was trained on the others. A balanced fifth of the
    speakers of each of these is dev.

    manifests: by corpus, MANIFEST rows.
    """
    labelled = {corpus: usable(frame, corpus, scheme) for corpus, frame in manifests.items()}
    speakers = {corpus: speakers_of(frame) for corpus, frame in labelled.items()}
    rows = []
    for fold, tested in enumerate(labelled):
        for corpus, frame in labelled.items():
            if corpus == tested:
                split = pl.lit("test")
            else:
                dev = balanced_fifth(speakers[corpus], seed=fold)
                split = pl.when(pl.col("speaker_id").is_in(dev)).then(pl.lit("dev")).otherwise(pl.lit("train"))
            described = frame.with_columns(
                split.alias("split"),
                pl.lit(LEAVE_ONE_CORPUS_OUT).alias("protocol"),
                pl.lit(fold, dtype=pl.Int64()).alias("fold"),
                pl.lit(None, dtype=pl.Int64()).alias("text_set"),
            )
            rows.append(_named(described, corpus, pool).select(list(FOLDS.columns)))
    return FOLDS.check(pl.concat(rows), pool)


def _named(frame: pl.DataFrame, corpus: str, pool: str) -> pl.DataFrame:
    """The rows of a corpus as those of a pool, in which names are unique."""
    names = ("utterance_id", "path", "speaker_id", "text_id", "take_group")
    named = [pl.format(f"{corpus}/{{}}", one).alias(one) for one in names]
    return frame.with_columns(pl.lit(pool).alias("corpus"), *named)
