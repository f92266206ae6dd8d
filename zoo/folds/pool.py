"""Several corpora as one: pools, of which each corpus is tested by models of the others, and what only cells train on,
of which a fifth of the speakers is tested.

A person of two corpora is one speaker.
"""

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from zoo import corpora as facts
from zoo.files import whole_folder
from zoo.folds.cut import usable
from zoo.folds.speakers import balanced_fifth, speakers_of
from zoo.study.cross import LEAVE_ONE_CORPUS_OUT
from zoo.study.study import HELD_OUT_SPEAKERS, POOLS, Study
from zoo.tables.folds import FOLDS
from zoo.tables.manifest import MANIFEST


def write(study: Study) -> None:
    """Write derived/STUDY/pools/: manifest/NAME.parquet and folds/NAME.parquet of all corpora that are trained on
    together; nothing without any.

    Names of utterances, speakers, sentences and groups of takes begin with their corpus, as in emodb/03, those of
    speakers with the corpus whose people they are. The classes are those of the cross scheme.
    """
    with whole_folder(study.derived / POOLS) as folder:
        for name, corpora in study.unions.items():
            _write(name, {one: study.derived / "manifest" / f"{one}.parquet" for one in corpora}, study, folder)


def _write(name: str, paths: Mapping[str, Path], study: Study, folder: Path) -> None:
    manifests = {corpus: MANIFEST.read(path) for corpus, path in paths.items()}
    manifest = folder / "manifest" / f"{name}.parquet"
    MANIFEST.write(pl.concat(_named(frame, one, name) for one, frame in manifests.items()), manifest, paths)
    cut = leave_one_corpus_out if name in study.pools else held_out_speakers
    FOLDS.write(cut(name, manifests, study.cross_scheme), folder / "folds" / f"{name}.parquet", {"manifest": manifest})


def held_out_speakers(name: str, manifests: Mapping[str, pl.DataFrame], scheme: str) -> pl.DataFrame:
    """The FOLDS rows of corpora together: a balanced fifth of the speakers of each is test, a fifth of the others dev.

    manifests: by corpus, MANIFEST rows. A person of several corpora is in one split: the last of test, dev and train
    that any of them would have.
    """
    frames, serves = [], dict[str, str]()
    for corpus, manifest in manifests.items():
        own = _named(usable(manifest, corpus, scheme), corpus, name)
        speakers = speakers_of(own.with_columns(pl.lit(corpus).alias("corpus")))
        test = balanced_fifth(speakers, seed=0)
        dev = balanced_fifth(speakers.without(set(test)), seed=0)
        for person in speakers.names:
            split = "test" if person in test else "dev" if person in dev else "train"
            serves[person] = min(split, serves.get(person, split), key=("test", "dev", "train").index)
        frames.append(own)
    rows = pl.concat(frames).with_columns(
        pl.col("speaker_id").replace_strict(serves).alias("split"),
        pl.lit(HELD_OUT_SPEAKERS).alias("protocol"),
        pl.lit(0, dtype=pl.Int64()).alias("fold"),
        pl.lit(None, dtype=pl.Int64()).alias("text_set"),
    )
    return rows.select(list(FOLDS.columns))


def leave_one_corpus_out(pool: str, manifests: Mapping[str, pl.DataFrame], scheme: str) -> pl.DataFrame:
    """The FOLDS rows of a pool: every corpus is tested once, by what was trained on the others. A balanced fifth of the
    speakers of each of these is dev.

    Who speaks in the tested corpus is trained on in no other. manifests: by corpus, MANIFEST rows.
    """
    labelled = {corpus: usable(frame, corpus, scheme) for corpus, frame in manifests.items()}
    rows = []
    for fold, tested in enumerate(labelled):
        parts = []
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
            parts.append(_named(described, corpus, pool).select(list(FOLDS.columns)))
        whole = pl.concat(parts)
        people = whole.filter(pl.col("split") == "test")["speaker_id"].unique().to_list()
        rows.append(whole.filter((pl.col("split") == "test") | ~pl.col("speaker_id").is_in(people)))
    return pl.concat(rows)


def _named(frame: pl.DataFrame, corpus: str, pool: str) -> pl.DataFrame:
    """The rows of a corpus as those of a pool, in which names are unique."""
    names = ("utterance_id", "path", "text_id", "take_group")
    named = [pl.format(f"{corpus}/{{}}", one).alias(one) for one in names]
    people = facts.get(corpus).people or corpus
    named.append(pl.format(f"{people}/{{}}", pl.col("speaker_id")).alias("speaker_id"))
    return frame.with_columns(pl.lit(pool).alias("corpus"), *named)
