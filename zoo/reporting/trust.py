"""How far a model can be trusted on a corpus: its calibration, and the errors that it was most sure of."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl
from markupsafe import Markup

from zoo import corpora, metrics, pages
from zoo.errors import ZooError
from zoo.evaluation.counting import BySpeaker
from zoo.figures import trust as draw
from zoo.metrics.calibration_error import BINS
from zoo.reporting import marks
from zoo.reporting.results import Results, Row, with_interval
from zoo.tables.predictions import RELEASE

FIGURES = ("log_loss", "log_loss_recalibrated", "miscalibration", "brier", "ece")
SHOWN = 10  # errors of a model
LONGEST_S = 8.0  # of an utterance that is put into the page
Place = tuple[str, float | None, float | None]  # a file, and where an utterance begins and ends in it, in seconds


def calibration_table(results: Results, corpus: str, names: Sequence[str]) -> Markup:
    """The losses of models tested on new speakers of a corpus; a figure that does not exist is a dash."""
    overall = results.within(corpus).filter(task="categorical", group="all")
    rows: dict[tuple[str, str], Row] = {(row["model"], row["metric"]): row for row in overall.iter_rows(named=True)}
    return marks.table(
        ["model", *(metrics.get(name).title for name in FIGURES), "temperature"],
        [[name, *(with_interval(rows.get((name, metric))) for metric in (*FIGURES, "temperature"))] for name in names],
        "Lower is better; a log loss of the logarithm of the number of classes is that of chance. Recalibrated: the "
        "logits of a fold divided by the temperature that is best for the other folds. Miscalibration: what that "
        "gains. Temperature: the best one for all folds, above 1 for an overconfident model. The expected calibration "
        "error is biased upwards, the more the fewer utterances there are, and no interval covers it.",
    )


def reliability(results: Results, corpus: str, model: str, per_speaker: BySpeaker) -> Markup | None:
    """The reliability diagram of a model on a corpus; None if it states no probabilities."""
    ece = metrics.get("ece")
    if not per_speaker.answers.has(ece.needs):
        return None
    bins = per_speaker.sums(ece).sum(axis=(0, 1)).reshape(BINS, 3)
    found = results.within(corpus).filter(task="categorical", group="all", metric="ece", model=model)
    doubt = marks.signs(found.row(0, named=True)) if len(found) else ""
    error = float(ece.figure(bins))
    return marks.figure(
        draw.reliability(f"{model} on {corpus}{doubt}", bins),
        f"How often {model} is right by how sure it is, in {BINS} bins; larger dots are more utterances. Below "
        "the dashed line it is too sure.",
        f"Reliability of {model} on {corpus}: expected calibration error {error:.3f}",
    )


@dataclass
class Sound:
    """What recordings of a corpus a page may still hold.

    left: bytes; placed: anchors of those that it holds already.
    """

    left: int
    placed: dict[tuple[str, str], str] = field(default_factory=dict)


def errors_blocks(
    results: Results, corpus: str, names: Sequence[str], folder: Path, sound: Sound
) -> Iterator[tuple[str, Markup]]:
    """Of each model the wrong answers that it was most sure of, one an utterance; to listen to, where terms allow.

    folder: of the corpus, in which the recordings are, if they are there.
    """
    wrong = results.predictions.filter(
        (pl.col("source") == corpus) & (pl.col("target") == corpus) & (pl.col("fold") != RELEASE),
        pl.col("task") == "categorical",
        pl.col("label").is_not_null() & (pl.col("label") != pl.col("predicted")),
        pl.col("probabilities").is_not_null(),
    ).with_columns(sure=pl.col("probabilities").list.max())
    places = _places(results, corpus)
    heard = may_be_heard(results, corpus)
    for name in names:
        own = wrong.filter(model=name).sort("sure", "utterance_id", descending=[True, False])
        rows = []
        for row in own.unique("utterance_id", keep="first", maintain_order=True).head(SHOWN).iter_rows(named=True):
            utterance = row["utterance_id"]
            place = places.get(utterance)
            rows.append(
                [
                    utterance,
                    row["label"],
                    row["predicted"],
                    f"{100 * row['sure']:.0f} %",
                    row["speaker_id"],
                    (_heard(folder, corpus, utterance, place, sound) if heard and place else None)
                    or (place and place[0]),
                ]
            )
        if rows:
            yield (
                name,
                pages.table(
                    ["utterance", "label", "predicted", "sure", "speaker", "recording"],
                    rows,
                    f"The {len(rows)} wrong answers that {name} was most sure of.",
                ),
            )


def may_be_heard(results: Results, corpus: str) -> bool:
    """Whether recordings may be part of the page: of stand-ins, which are ours, and where the licence lets them be."""
    return corpus in results.synthetic or (corpus in results.study.corpora and corpora.get(corpus).may_be_shown)


def _places(results: Results, corpus: str) -> dict[str, Place]:
    """Where each utterance is: its file, and where it begins and ends in it, in seconds, if it is a part of it."""
    if corpus not in results.manifests:
        return {}
    columns = results.manifests[corpus].select("utterance_id", "path", "start_s", "end_s")
    return {utterance: (path, start, end) for utterance, path, start, end in columns.iter_rows()}


def _heard(folder: Path, corpus: str, utterance: str, place: Place, sound: Sound) -> Markup | None:
    """A player, a link to the one that the page has already, or None if it cannot hold more or has no such file."""
    if (anchor := sound.placed.get((corpus, utterance))) is not None:
        return Markup('<a href="#{}">see above</a>').format(anchor)
    path, start_s, end_s = place
    content = _mp3(folder / path, start_s, end_s)
    if content is None or 4 * len(content) / 3 > sound.left:
        return None
    sound.left -= 4 * len(content) // 3
    anchor = sound.placed[corpus, utterance] = f"sound-{corpus}-{len(sound.placed)}"
    player = pages.audio(content, "audio/mpeg", f"{corpus} {utterance}")
    return Markup('<span id="{}">{}</span>').format(anchor, player)


def _mp3(path: Path, start_s: float | None, end_s: float | None) -> bytes | None:
    """The beginning of a recording or of a part of it, at 16 kHz and some 25 kbit/s.

    None if it is absent or libsndfile is too old.
    """
    import soundfile

    from zoo import audio

    if "MP3" not in soundfile.available_formats() or not path.is_file():
        return None
    try:
        samples = audio.load(path, start_s, end_s)[: int(LONGEST_S * audio.RATE_HZ)]
    except ZooError:
        return None
    peak = float(np.abs(samples).max(initial=0.0))
    loud = samples * (0.9 / peak) if peak > 0 else samples
    file = io.BytesIO()
    with soundfile.SoundFile(
        file, "w", audio.RATE_HZ, 1, "MPEG_LAYER_III", format="MP3", compression_level=0.9, bitrate_mode="CONSTANT"
    ) as part:
        part.write(loud)
    return file.getvalue()
