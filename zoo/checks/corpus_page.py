"""The page of one corpus: findings, counts, length and level, labels by speaker, and splits."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl
from markupsafe import Markup

from zoo import pages
from zoo.audit.crossing import SPLITS
from zoo.checks import report
from zoo.checks.contract import Outcome
from zoo.corpora.contract import Corpus
from zoo.figures import corpus as drawings

_NOT_GIVEN = "not given"  # text, so that the column is aligned like its neighbour
_NAMES = ("protocol", "scheme", "split")
_OPEN = 15  # rows of the table of splits that are shown expanded


def write(
    corpus: Corpus,
    utterances: pl.DataFrame | None,
    folds: pl.DataFrame | None,
    outcomes: Sequence[Outcome],
    folder: Path,
) -> None:
    """Write `folder`/CORPUS.html; equal input gives equal bytes. Without a table (None) its sections are left out."""
    # tables with missing values are shown too
    utterances, folds = _filled(utterances, "speaker_id", "native_label", "label_source"), _filled(folds, *_NAMES)
    sections = [report.found(outcomes, with_corpus=False)]
    synthetic = False
    if utterances is not None and len(utterances):
        synthetic = "synthetic" in utterances["origin"].to_list()
        sections += [_counts(corpus, utterances), _sound(utterances), _speakers(utterances)]
    if folds is not None and utterances is not None and len(folds):
        sections.append(_splits(folds, utterances))
    sections += report.expectations(outcomes)
    notice = "SYNTHETIC: computed stand-ins, not recorded speech." if synthetic else ""
    lead = f"{report.summary(outcomes)}. {corpus.licence}."
    pages.write(folder / f"{corpus.name}.html", f"Checks of {corpus.title}", sections, notice=notice, lead=lead)


def _filled(table: pl.DataFrame | None, *columns: str) -> pl.DataFrame | None:
    return None if table is None else table.with_columns(pl.col(columns).fill_null("missing"))


def _counts(corpus: Corpus, utterances: pl.DataFrame) -> pages.Section:
    speakers = utterances.select("speaker_id", "sex").unique("speaker_id")["sex"].to_list()
    official = [one.sex for one in corpus.speakers.values()]
    seconds = utterances["duration_s"].fill_nan(None)
    facts: list[Sequence[object]] = [
        ["utterances", f"{len(utterances)}", f"{corpus.num_utterances}"],
        ["speakers", f"{len(speakers)}", f"{len(official)}"],
        ["women", f"{speakers.count('female')}", f"{official.count('female')}"],
        ["men", f"{speakers.count('male')}", f"{official.count('male')}"],
        ["hours", f"{(seconds.sum() or 0) / 3600:.2f}", _NOT_GIVEN],
        ["sentences", f"{utterances['text_id'].drop_nulls().n_unique()}", _NOT_GIVEN],
        ["takes", f"{utterances['take_group'].n_unique()}", _NOT_GIVEN],
        ["sampling rates", _each(utterances, "sampling_rate_hz", " Hz"), f"{corpus.sampling_rate_hz} Hz"],
        ["channels", _each(utterances, "channels", ""), _NOT_GIVEN],
        ["labels come from", _each(utterances, "label_source", ""), _NOT_GIVEN],
    ]
    by_class = utterances.group_by("native_label").agg(
        pl.len().alias("all"),
        (pl.col("sex") == "female").sum().alias("women"),
        (pl.col("sex") == "male").sum().alias("men"),
        pl.col("speaker_id").n_unique().alias("speakers"),
        pl.col("duration_s").median().alias("median"),
    )
    # labels of a crowd have no official counts
    counts = {} if any(one.startswith("crowd") for one in utterances["label_source"].unique()) else corpus.native_labels
    found = {word: rest for word, *rest in by_class.iter_rows()}
    absent = [0, 0, 0, 0, None]
    rows = [
        [word, row[0], counts.get(word), *row[1:]]
        for word in sorted({*found, *counts})
        for row in [found.get(word, absent)]
    ]
    columns = ["label", "found", "official", "by women", "by men", "speakers", "median length (s)"]
    return pages.Section("Counts", [pages.table(["", "found", "official"], facts), pages.table(columns, rows)])


def _each(utterances: pl.DataFrame, column: str, unit: str) -> str:
    found = utterances[column].value_counts().sort(column).rows()
    return ", ".join(f"{value}{unit} ({number})" for value, number in found)


def _sound(utterances: pl.DataFrame) -> pages.Section:
    drawn = []
    for column, title, unit, caption in (
        ("duration_s", "Length", "s", "Length of the utterances."),
        ("level_dbfs", "Level", "dB re full scale", "Root mean square level over the whole file."),
        ("peak", "Peak", "1 is full scale", "Largest sample. Low peaks are quiet speech, not faults."),
    ):
        values = utterances[column].drop_nulls()
        finite = values.filter(values.is_finite()).to_list()
        drawn.append(pages.figure(drawings.histogram(title, unit, finite), caption))
    return pages.Section("Length and level", [pages.gallery(drawn)])


def _speakers(utterances: pl.DataFrame) -> pages.Section:
    counts = utterances.group_by("speaker_id", "native_label").len()
    cells = {(speaker, label): number for speaker, label, number in counts.iter_rows()}
    rows, columns = (sorted(utterances[name].unique().to_list()) for name in ("speaker_id", "native_label"))
    drawing = drawings.heat("Utterances of each speaker and label", rows, columns, cells)
    return pages.Section("Labels and speakers", [pages.figure(drawing, "A dash: the speaker has none.")])


def _splits(folds: pl.DataFrame, utterances: pl.DataFrame) -> pages.Section:
    folds = folds.with_columns(pl.col("label").fill_null("no label"))
    joined = folds.join(utterances.select("utterance_id", "take_group"), on="utterance_id", how="left")
    classes = sorted(folds["label"].unique().to_list())
    parts = joined.group_by("fold", "split").agg(
        pl.len().alias("number"),
        pl.col("take_group").n_unique().alias("takes"),
        pl.col("speaker_id").n_unique().alias("speakers"),
        pl.col("speaker_id").filter(pl.col("sex") == "female").n_unique().alias("women"),
        *((pl.col("label") == name).sum().alias(f"class {name}") for name in classes),
    )
    order = {name: index for index, name in enumerate(SPLITS)}
    rows = [
        [f"{row['fold']} {row['split']}", *(row[name] for name in ("number", "takes", "speakers", "women"))]
        + [row[f"class {name}"] for name in classes]
        for row in sorted(
            parts.iter_rows(named=True),
            key=lambda row: (-1 if row["fold"] is None else row["fold"], order.get(row["split"], 9)),
        )
    ]
    columns = ["fold and split", "utterances", "takes", "speakers", "women", *classes]
    protocol, scheme = (" and ".join(sorted(folds[name].unique().to_list())) for name in ("protocol", "scheme"))
    how = f"Cut by the protocol `{protocol}`, in the classes of the label scheme `{scheme}`: {', '.join(classes)}."
    blocks: list[Markup] = [pages.paragraph(how), pages.table(columns, rows[:_OPEN])]
    if len(rows) > _OPEN:
        blocks.append(pages.folded(f"{len(rows) - _OPEN} more", [pages.table(columns, rows[_OPEN:])]))
    return pages.Section("Splits", blocks)
