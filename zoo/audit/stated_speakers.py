"""Whether the speakers that a fold file states are correct, however their names are written."""

from collections.abc import Iterable

import polars as pl

from zoo.audit.speaker_names import meant


def wrong_speakers(rows: pl.DataFrame, speakers: Iterable[str]) -> tuple[int, int]:
    """The numbers of recordings with a wrongly stated speaker, and with any stated speaker of the corpus.

    rows: identified, with stated_speaker. `1` is `01`, and `02F` is `Ses02F`. Other names are not wrong if they map
    one-to-one to speakers, or if most of them are not names of the corpus's speakers.
    """
    stated = rows.filter(pl.col("stated_speaker").is_not_null() & pl.col("speaker_id").is_not_null())
    stated = stated.unique(["listed", "stated_speaker"])
    known = meant(stated["stated_speaker"].unique().to_list(), speakers)
    renamed = None in known.values() and _one_to_one(stated)
    if renamed or 2 * sum(speaker is not None for speaker in known.values()) <= len(known):
        return 0, 0
    meant_here = stated["stated_speaker"].replace_strict(known, return_dtype=pl.String())
    return int((meant_here != stated["speaker_id"]).sum()), len(stated)


def _one_to_one(stated: pl.DataFrame) -> bool:
    pairs = stated.select("stated_speaker", "speaker_id").unique()
    return all(pairs[column].n_unique() == len(pairs) for column in pairs.columns)
