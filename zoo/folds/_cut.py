"""A manifest, a label scheme and a protocol make the folds of a corpus."""

import polars as pl

from zoo import corpora, folds, labels
from zoo.errors import ZooError
from zoo.folds._speakers import num_dev_speakers, resembling_subset, speakers_of


def labelled(manifest: pl.DataFrame, corpus: str, scheme: str) -> pl.DataFrame:
    """The utterances that the scheme keeps, with their class in the column label."""
    classes = labels.mapping(scheme, corpus, list(corpora.get(corpus).native_labels))
    frame = manifest.with_columns(
        pl.col("native_label").replace_strict(classes, default=None, return_dtype=pl.String()).alias("label"),
        pl.lit(scheme).alias("scheme"),
    )
    return frame.filter(pl.col("label").is_not_null())


def cut(manifest: pl.DataFrame, corpus: str, scheme: str, protocol: str) -> pl.DataFrame:
    """The FOLDS rows: in every fold the protocol's test speakers, dev speakers that resemble the rest, and the rest.

    Raises ZooError when there are too few speakers for a train, a dev and a test split.
    """
    utterances = labelled(manifest, corpus, scheme)
    speakers = speakers_of(utterances)
    if len(speakers) < 3:
        raise ZooError(
            f"{corpus} has {len(speakers)} speakers; train, dev and test need one each",
            "use it as a target of cross-corpus tests instead",
        )
    rows = []
    for fold, test in enumerate(folds.get(protocol).test_sets(speakers)):
        others = speakers.without(set(test))
        if len(others) < 2:
            raise ZooError(
                f"fold {fold} of {protocol} leaves {len(others)} speaker of {corpus}; train and dev need one each",
                "use leave_one_speaker_out in params.yaml (folds)",
            )
        dev = resembling_subset(others, num_dev_speakers(len(others)), seed=fold)
        split = dict.fromkeys(others.names, "train") | dict.fromkeys(dev, "dev") | dict.fromkeys(test, "test")
        rows.append(
            utterances.select(
                "corpus",
                pl.lit(protocol).alias("protocol"),
                pl.lit(fold, dtype=pl.Int64()).alias("fold"),
                "utterance_id",
                "speaker_id",
                "sex",
                pl.col("speaker_id").replace_strict(split).alias("split"),
                "scheme",
                "label",
            )
        )
    return pl.concat(rows)
