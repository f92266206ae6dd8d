"""What a release's networks make of the utterances that they were trained on: methods (zoo/methods) learn from these.

A file of a release, where whoever published it added that; else computed once of the recordings, where these are on
this disk, and kept in the cache. Statistics by class would be smaller, but methods standardise source speakers by
themselves and choose penalties across them, so there is a row for every utterance: a byte a number, of each corpus with
the exact mean and std of every number, after which methods give 99 % of the same answers. (Of 256 principal directions
in half precision, which is no less to store, they gave 86 to 95 %.) Numbers that several networks share, such as those
of an encoder's layers, are stored once.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from zoo import audio, corpora
from zoo.errors import ZooError
from zoo.files import whole_file
from zoo.methods.contract import Matrix, Names
from zoo.project import top
from zoo.releases import EMBEDDINGS, WEIGHTS
from zoo.releases.cache import cache_folder
from zoo.releases.card import Card, described
from zoo.releases.fingerprints import PLACES
from zoo.terminal import with_bar

if TYPE_CHECKING:
    from zoo.releases.load import Model

_CONSTANT = 1e-6  # a std below it is that of a number that never changes
_LARGEST = 127  # of a byte with a sign
_TOGETHER = 64  # utterances in memory at a time
_COLUMNS = ("corpora", "speakers", "sexes", "labels")


@dataclass(frozen=True)
class Embedded:
    """The N utterances that a release was trained on.

    embeddings: (N, E), of each network. corpora, speakers, sexes, labels: (N,) each; speakers are named PEOPLE/SPEAKER,
    so that a person of two corpora has one name; sexes are female, male or empty; labels are the corpora's own words.
    """

    embeddings: Sequence[Matrix]
    corpora: Names
    speakers: Names
    sexes: Names
    labels: Names


def of(model: "Model", folder: Path) -> Embedded:
    """Those of a release in a folder; else those in the cache, which are made of the recordings where they are missing.

    Raises ZooError if the release has none and its training data is not on this disk, or if a file is damaged.
    """
    card = model.card
    if EMBEDDINGS in card.files:
        return read(folder / EMBEDDINGS, f"run `zoo pull {card.name}` to fetch it again")
    kept = cache_folder() / "embeddings" / f"{card.identity}.safetensors"
    try:
        return read(kept, "")
    except ZooError:  # there are none yet, or they are damaged
        write(computed(model), kept)
        return read(kept, "remove it, and it is made again")


def added(card: Card, folder: Path) -> Card:
    """The card of a release in a folder with a file of its embeddings.

    Raises ZooError if its training data is not on this disk.
    """
    from zoo.releases.load import unchecked

    if EMBEDDINGS in card.files:
        return card
    write(computed(unchecked(card, folder / WEIGHTS)), folder / EMBEDDINGS)
    return card.model_copy(update={"files": card.files | described({EMBEDDINGS: folder / EMBEDDINGS})})


def computed(model: "Model") -> Embedded:
    """Those of a model, of the recordings of its corpora on this disk. Raises ZooError naming what is missing."""
    card = model.card
    wanted, found, rows = set(card.training.sha256_samples), set[str](), []
    each: list[list[Any]] = []
    for corpus in card.release.members:
        for chunk in _chunks(card, corpus, wanted):
            found |= {recording for recording, *_ in chunk}
            rows += [row for _, _, row in chunk]
            each.append(model.embedded([samples for _, samples, _ in chunk], [row[0] for *_, row in chunk]))
    if missing := len(wanted - found):
        names = " and ".join(card.release.members)
        raise ZooError(
            f"{card.name} has no embeddings of what it was trained on, and {missing} of these {len(wanted)} recordings "
            f"are not on this disk",
            f"add {names} (`zoo data add NAME PATH`), take a model that has them, or the method source_only",
        )
    columns = [np.array(column, dtype=str) for column in zip(*rows, strict=True)]
    networks = [np.concatenate(parts).astype(np.float64) for parts in zip(*each, strict=True)]
    return Embedded(networks, *columns)


def _chunks(card: Card, corpus: str, wanted: set[str]) -> Any:
    """(sha256 of samples, samples at 16 kHz, what stands in _COLUMNS) of the wanted utterances of a corpus."""
    place = top() / PLACES[card.origin] / corpus
    if corpus not in corpora.names() or not place.is_dir():
        return
    known = corpora.get(corpus)
    chunk = []
    utterances = sorted(known.utterances(place), key=lambda one: one.utterance_id)
    for utterance in with_bar(utterances, f"embedding {corpus}", len(utterances)):
        try:
            recording = audio.read(place / utterance.path, utterance.start_s, utterance.end_s)
        except ZooError:  # it is not among them: what was trained on could be read
            continue
        if recording.sha256_samples not in wanted:
            continue
        speaker = known.speakers.get(utterance.speaker_id)
        row = (
            corpus,
            f"{known.people or corpus}/{utterance.speaker_id}",
            (speaker.sex if speaker else None) or "",
            utterance.native_label,
        )
        chunk.append((recording.sha256_samples, audio.mono_16k(recording, utterance.path), row))
        if len(chunk) == _TOGETHER:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def write(found: Embedded, path: Path) -> None:
    """Write them."""
    from safetensors.numpy import save_file

    tensors: dict[str, npt.NDArray[Any]] = {}
    stored: dict[bytes, int] = {}  # numbers of all utterances -> their column
    codes: list[npt.NDArray[np.int8]] = []
    for number, embeddings in enumerate(found.embeddings):
        means, stds = _of_corpora(embeddings, found.corpora)
        columns = []
        for own, standard in zip(embeddings.T, _standardised(embeddings, found.corpora).T, strict=True):
            place = stored.setdefault(own.astype(np.float32).tobytes(), len(codes))
            if place == len(codes):
                codes.append(np.rint(standard * (_LARGEST / max(np.abs(standard).max(), _CONSTANT))).astype(np.int8))
            columns.append(place)
        tensors |= {
            f"{number}.means": means.astype(np.float32),
            f"{number}.stds": stds.astype(np.float32),
            f"{number}.columns": np.array(columns, np.int32),
        }
    tensors["codes"] = np.stack(codes)
    rows = json.dumps({name: getattr(found, name).tolist() for name in _COLUMNS})
    with whole_file(path) as part:
        save_file(tensors, part, {"rows": rows})  # of several texts the order would change from one writing to the next


def read(path: Path, hint: str) -> Embedded:
    """Those in a file. Raises ZooError with this hint if it is damaged."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, "numpy") as file:
            rows = json.loads(file.metadata()["rows"])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  # it is no dict
        columns = [np.array(rows[name], dtype=str) for name in _COLUMNS]
        networks = [_restored(tensors, number, columns[0]) for number in range(len(tensors) // 3)]
        if not networks or not all(np.isfinite(rows).all() for rows in networks):
            raise ValueError("no networks, or values that are not numbers")
    except (SafetensorError, OSError, ValueError, KeyError, IndexError, TypeError) as error:
        raise ZooError(f"{path} cannot be read", hint) from error
    return Embedded(networks, *columns)


def _restored(tensors: dict[str, npt.NDArray[Any]], number: int, names: Names) -> Matrix:
    means, stds, columns = (tensors[f"{number}.{name}"] for name in ("means", "stds", "columns"))
    standard = _standardised(tensors["codes"][columns].T.astype(np.float64), names)
    places = np.unique(names, return_inverse=True)[1]
    return np.asarray(standard * stds[places] + means[places])


def _standardised(embeddings: Matrix, names: Names) -> Matrix:
    """(N, E), each corpus by itself."""
    means, stds = _of_corpora(embeddings, names)
    places = np.unique(names, return_inverse=True)[1]
    return np.asarray((embeddings - means[places]) / np.where(stds < _CONSTANT, 1.0, stds)[places])


def _of_corpora(embeddings: Matrix, names: Names) -> tuple[Matrix, Matrix]:
    """The means and stds (G, E) of G corpora in alphabetical order."""
    parts = [embeddings[names == name] for name in np.unique(names)]
    return np.stack([part.mean(axis=0) for part in parts]), np.stack([part.std(axis=0) for part in parts])
