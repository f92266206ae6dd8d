"""What fold files themselves state of recordings about which nothing else is known: speakers, sentences, sessions."""

import polars as pl

from zoo.audit.identity import IDENTITY

# columns of LISTED rows that become columns of IDENTITY; files that do not have them state nothing
_STATED = {"speaker_id": "stated_speaker", "text_id": "stated_text", "session": "stated_session"}
_WORDS = {"stated_speaker": "speaker", "stated_text": "sentence", "stated_session": "session"}


def as_stated(listed: pl.DataFrame) -> tuple[pl.DataFrame, str]:
    """LISTED rows with the columns of IDENTITY and `known_by`, and where these were obtained from, in words.

    known_by: `file`, or `nothing` for a recording without a speaker.
    """
    present = {name: column for name, column in _STATED.items() if column in listed.columns}
    columns = {name: pl.lit(None, dtype=kind).alias(name) for name, kind in IDENTITY.items()}
    columns |= {name: _word(column).alias(name) for name, column in present.items()}
    known = pl.when(pl.col("speaker_id").is_null()).then(pl.lit("nothing")).otherwise(pl.lit("file"))
    rows = listed.with_columns(*columns.values()).with_columns(known.alias("known_by"))
    named = [_WORDS[column] for name, column in present.items() if rows[name].null_count() < len(rows)]
    return rows, f"the {' and '.join(named)} that the files state" if named else "nothing, as the files state none"


def name_of(listed: pl.DataFrame) -> str:
    """The data set as the files name it, if all name the same; otherwise `unknown corpus`."""
    names = listed["dataset"].unique().to_list()
    return str(names[0]) if len(names) == 1 and names[0] else "unknown corpus"


def _word(column: str) -> pl.Expr:
    """As written, but for capitals and blanks; `1.0`, as pandas writes a column with gaps, is 1."""
    return pl.col(column).str.strip_chars().str.to_lowercase().str.replace(r"^(\d+)\.0$", "$1")
