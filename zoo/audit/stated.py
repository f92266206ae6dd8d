"""What fold files themselves state of recordings about which nothing else is known: speakers, sentences, sessions."""

import polars as pl

from zoo.audit.identity import IDENTITY
from zoo.audit.recording_names import original, plain
from zoo.listings.people import person

# columns of LISTED rows that become columns of IDENTITY; files that do not have them state nothing
_STATED = {"speaker_id": "stated_speaker", "text_id": "stated_text", "session": "stated_session"}
_WORDS = {"stated_speaker": "speaker", "stated_text": "sentence", "stated_session": "session"}


def as_stated(listed: pl.DataFrame) -> tuple[pl.DataFrame, str]:
    """LISTED rows with the columns of IDENTITY and `known_by`, and where these were obtained from, in words.

    known_by: `file`, `copy` if its name shows that it is an augmented one, or `nothing` for a recording without a
    speaker. One recording or speaker may be written in several ways.
    """
    present = {name: column for name, column in _STATED.items() if column in listed.columns}
    columns = {name: pl.lit(None, dtype=kind).alias(name) for name, kind in IDENTITY.items()}
    columns |= {name: _word(column).alias(name) for name, column in present.items()}
    known = pl.when(pl.col("speaker_id").is_null()).then(pl.lit("nothing")).otherwise(pl.lit("file"))
    rows = listed.with_columns(*columns.values()).with_columns(known.alias("known_by"))
    names = {name: plain(name) for name in listed["listed"].unique()}
    first = {name: original(name) for name in names.values()}
    rows = rows.with_columns(_mapped("listed", names).alias("utterance_id")).with_columns(
        _mapped("utterance_id", first).alias("performance"),
        _mapped("speaker_id", {name: person(name) for name in rows["speaker_id"].drop_nulls().unique()}),
    )
    is_copy = (pl.col("known_by") == "file") & (pl.col("performance") != pl.col("utterance_id"))
    rows = rows.with_columns(known_by=pl.when(is_copy).then(pl.lit("copy")).otherwise("known_by"))
    named = [_WORDS[column] for name, column in present.items() if rows[name].null_count() < len(rows)]
    return rows, f"the {' and '.join(named)} that the files state" if named else "nothing, as the files state none"


def name_of(listed: pl.DataFrame) -> str:
    """The data set as the files name it, if all name the same; otherwise `unknown corpus`."""
    names = listed["dataset"].unique().to_list()
    return str(names[0]) if len(names) == 1 and names[0] else "unknown corpus"


def namesakes(rows: pl.DataFrame) -> list[tuple[str, str]]:
    """Recordings of two splits of a fold with one file name, in different folders: as listed, one pair a name."""
    files = rows.filter(pl.col("listed").str.contains(r"[/\\]")).select(
        "fold", "split", "utterance_id", "listed", file=pl.col("utterance_id").str.replace(r"^.*/", "")
    )
    return [
        (str(names[0]), str(names[-1]))
        for names in files.sort("split", "listed")
        .group_by("fold", "file", maintain_order=True)
        .agg("listed", splits=pl.col("split").n_unique(), recordings=pl.col("utterance_id").n_unique())
        .filter((pl.col("splits") > 1) & (pl.col("recordings") > 1))
        .unique("file", maintain_order=True)["listed"]
    ]


def _mapped(column: str, values: dict[str, str]) -> pl.Expr:
    return pl.col(column).replace_strict(values, default=None, return_dtype=pl.String())


def _word(column: str) -> pl.Expr:
    """As written, but for capitals and blanks; `1.0`, as pandas writes a column with gaps, is 1."""
    return pl.col(column).str.strip_chars().str.to_lowercase().str.replace(r"^(\d+)\.0$", "$1")
