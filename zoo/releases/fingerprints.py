"""The fingerprints of the utterances that a release was trained on: a file of it, by which copies of them are found."""

from pathlib import Path

import polars as pl

from zoo import audio, corpora, fingerprint
from zoo.errors import ZooError
from zoo.project import top
from zoo.releases import FINGERPRINTS
from zoo.releases.card import Card, described

PLACES = {"recorded": "data", "synthetic": "derived/synthetic"}


def added(card: Card, folder: Path) -> Card:
    """The card of a release with a file of fingerprints, where this clone has all the recordings; else as it is."""
    start = card.release.start
    wanted = {*card.training.sha256_samples, *(start.sha256_samples if start else ())}
    if FINGERPRINTS in card.files or not wanted:
        return card
    found: dict[str, bytes] = {}
    own = card.release.corpus
    for corpus in sorted(corpora.names(), key=lambda name: name != own):
        place = top() / PLACES[card.origin] / corpus
        if place.is_dir() and not wanted <= set(found):
            found |= _found(place, corpus, wanted)
    if not wanted <= set(found):
        return card
    rows = pl.DataFrame({"fingerprint": sorted(set(found.values()) - {b""})}, schema={"fingerprint": pl.Binary()})
    rows.write_parquet(folder / FINGERPRINTS)
    return card.model_copy(update={"files": card.files | described({FINGERPRINTS: folder / FINGERPRINTS})})


def _found(place: Path, corpus: str, wanted: set[str]) -> dict[str, bytes]:
    """Of the wanted utterances in a corpus's folder, by the hash of their samples."""
    found = {}
    for utterance in corpora.get(corpus).utterances(place):
        try:
            recording = audio.read(place / utterance.path, utterance.start_s, utterance.end_s)
        except ZooError:  # it is not among them: what was trained on could be read
            continue
        if recording.sha256_samples in wanted:
            found[recording.sha256_samples] = fingerprint.of(audio.mono_16k(recording, utterance.path))
    return found


def read(card: Card, folder: Path) -> list[bytes] | None:
    """Those of a release in a folder; None where it has none. Raises ZooError if the file is damaged."""
    if FINGERPRINTS not in card.files:
        return None
    try:
        return pl.read_parquet(folder / FINGERPRINTS)["fingerprint"].to_list()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise ZooError(
            f"{folder / FINGERPRINTS} cannot be read", f"run `zoo pull {card.name}` to fetch it again"
        ) from error
