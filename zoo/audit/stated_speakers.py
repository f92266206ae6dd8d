"""Whether the speakers that a fold file states are the true ones, however it writes their names."""

import re
from collections.abc import Iterable

import polars as pl


def wrong_speakers(rows: pl.DataFrame, speakers: Iterable[str]) -> tuple[int, int]:
    """For how many recordings the file states a wrong one of the corpus's `speakers`, and for how many it states any.

    rows: identified, with stated_speaker. `1` is `01`, and `02F` is `Ses02F`. Other names are not wrong where each
    stands for one speaker, or where most of them are no speakers of the corpus.
    """
    stated = rows.filter(pl.col("stated_speaker").is_not_null() & pl.col("speaker_id").is_not_null())
    stated = stated.unique(["listed", "stated_speaker"])
    meant = _meant(stated["stated_speaker"].unique().to_list(), speakers)
    renamed = None in meant.values() and _one_to_one(stated)
    if renamed or 2 * sum(speaker is not None for speaker in meant.values()) <= len(meant):
        return 0, 0
    meant_here = stated["stated_speaker"].replace_strict(meant, return_dtype=pl.String())
    return int((meant_here != stated["speaker_id"]).sum()), len(stated)


def _meant(words: Iterable[str], speakers: Iterable[str]) -> dict[str, str | None]:
    """What a file calls its speakers -> the corpus's speaker, where it is one; letters may lead on one side only."""
    plain = {_plain(speaker): speaker for speaker in speakers}
    bare: dict[str, str | None] = {}
    for name, speaker in plain.items():
        bare[_bare(name)] = None if _bare(name) in bare else speaker
    return {word: plain.get(_plain(word)) or bare.get(_plain(word)) or plain.get(_bare(_plain(word))) for word in words}


def _plain(name: str) -> str:
    """Lower-case letters and numbers, these without leading zeros; `1.0` is 1."""
    name = re.sub(r"[^a-z0-9]", "", re.sub(r"\.0$", "", name.strip().lower()))
    return re.sub(r"(?<!\d)0+(?=\d)", "", name)


def _bare(plain: str) -> str:
    """Without the letters before the first number, as in actor1 and ses2f."""
    return re.sub(r"^[a-z]+(?=\d)", "", plain)


def _one_to_one(stated: pl.DataFrame) -> bool:
    pairs = stated.select("stated_speaker", "speaker_id").unique()
    return all(pairs[column].n_unique() == len(pairs) for column in pairs.columns)
