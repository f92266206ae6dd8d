"""Whether the speakers that a fold file states are correct, however their names are written."""

import re
from collections.abc import Iterable

import polars as pl


def wrong_speakers(rows: pl.DataFrame, speakers: Iterable[str]) -> tuple[int, int]:
    """The numbers of recordings with a wrongly stated speaker, and with any stated speaker of the corpus.

    rows: identified, with stated_speaker. `1` is `01`, and `02F` is `Ses02F`. Other names are not wrong if they map
    one-to-one to speakers, or if most of them are not names of the corpus's speakers.
    """
    stated = rows.filter(pl.col("stated_speaker").is_not_null() & pl.col("speaker_id").is_not_null())
    stated = stated.unique(["listed", "stated_speaker"])
    meant = _meant(stated["stated_speaker"].unique().to_list(), speakers)
    renamed = None in meant.values() and _one_to_one(stated)
    if renamed or 2 * sum(speaker is not None for speaker in meant.values()) <= len(meant):
        return 0, 0
    meant_here = stated["stated_speaker"].replace_strict(meant, return_dtype=pl.String())
    return int((meant_here != stated["speaker_id"]).sum()), len(stated)


def _meant(names: Iterable[str], speakers: Iterable[str]) -> dict[str, str | None]:
    """Stated name -> the corpus's speaker, if it is one; leading letters may be missing in either."""
    plain = {_plain(speaker): speaker for speaker in speakers}
    bare: dict[str, str | None] = {}
    for name, speaker in plain.items():
        bare[_bare(name)] = None if _bare(name) in bare else speaker
    return {name: plain.get(_plain(name)) or bare.get(_plain(name)) or plain.get(_bare(_plain(name))) for name in names}


def _plain(name: str) -> str:
    """The name reduced to lower-case letters and numbers without leading zeros; `1.0` is 1."""
    name = re.sub(r"[^a-z0-9]", "", re.sub(r"\.0$", "", name.strip().lower()))
    return re.sub(r"(?<!\d)0+(?=\d)", "", name)


def _bare(plain: str) -> str:
    """The name without the letters before the first number, as in actor1 and ses2f."""
    return re.sub(r"^[a-z]+(?=\d)", "", plain)


def _one_to_one(stated: pl.DataFrame) -> bool:
    pairs = stated.select("stated_speaker", "speaker_id").unique()
    return all(pairs[column].n_unique() == len(pairs) for column in pairs.columns)
