"""A cell of the matrix of corpora: a model of one source, its embeddings of what it was trained on and of a target."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import polars as pl
import torch

from zoo import corpora, labels, tasks
from zoo.architectures.recogniser import Recogniser
from zoo.errors import ZooError
from zoo.evaluation.mapping import map_probabilities
from zoo.folds.cut import labelled
from zoo.inputs.pooled import PooledStore
from zoo.inputs.store import Store
from zoo.methods.contract import Matrix, Names, Numbers, Source
from zoo.releases import WEIGHTS
from zoo.runtime import release as releases
from zoo.runtime.answer import probabilities
from zoo.runtime.embedding import Embedding
from zoo.runtime.inference import outputs
from zoo.runtime.release import Release
from zoo.runtime.weights import load
from zoo.scoring.pairs import REMEDY, classes_of
from zoo.study.study import Study
from zoo.tables.manifest import MANIFEST
from zoo.tasks.contract import Task
from zoo.training.source import UTTERANCES


@dataclass(frozen=True)
class Trained:
    """A model of a source. sources: what each of its networks makes of the utterances that it was trained on."""

    release: Release
    task: Task
    networks: Sequence[Recogniser]
    sources: Sequence[Source]
    classes: tuple[str, ...]

    @property
    def first_alike(self) -> list[int]:
        """Of each network, the number of the first one with the same embeddings."""
        return [
            next(at for at, other in enumerate(self.sources) if np.array_equal(other.embeddings, one.embeddings))
            for one in self.sources
        ]


@dataclass(frozen=True)
class Target:
    """Another corpus, as the networks of a model hear it.

    rows: MANIFEST rows with `label`, in the cell's classes. embeddings: (N, E), by each network. labels: (N,), numbers
    of classes. speakers: (N,).
    """

    rows: pl.DataFrame
    embeddings: Sequence[Matrix]
    labels: Numbers
    speakers: Names


def labelled_rows(study: Study, corpus: str) -> pl.DataFrame:
    """The utterances of a corpus that the cross scheme keeps, in the order of their names."""
    manifest = MANIFEST.read(study.derived / "manifest" / f"{corpus}.parquet")
    return labelled(manifest, corpus, study.cross_scheme).sort("utterance_id")


def trained(study: Study, model: str, source: str) -> Trained:
    """A model of a source, with its embeddings of the utterances that it was trained on and the cross scheme keeps."""
    folder = study.derived / "trained" / model / source
    release = releases.read(folder / "release.json")
    task = tasks.build(release.task.entry, release.task.name, release.classes)
    networks, classes = load(folder / WEIGHTS, release, task.num_outputs), classes_of(study)
    heard = set((folder / UTTERANCES).read_text(encoding="utf-8").split("\n"))
    members = study.members(source)
    frames = [_named(labelled_rows(study, one), one, len(members) > 1) for one in members]
    rows = pl.concat(frames).filter(pl.col("utterance_id").is_in(heard)).sort("utterance_id")
    store = _store(study, members, study.models[model].input)
    names = rows["utterance_id"].to_list()
    mapping = _mapping(study, source, release.classes)
    sources = [
        Source(
            embeddings=embedded(network, store, names),
            labels=_numbers(rows, classes),
            speakers=rows["speaker_id"].to_numpy().astype(str),
            corpora=rows["corpus"].to_numpy().astype(str),
            sexes=rows["sex"].fill_null("").to_numpy().astype(str),
            num_classes=len(classes),
            head=partial(head, network, task, release, mapping, classes),
        )
        for network in networks
    ]
    return Trained(release, task, networks, sources, classes)


def asked_of(study: Study, target: str) -> Target:
    """A target that no network has heard yet. Raises ZooError if nothing of it is labelled."""
    rows = labelled_rows(study, target)
    if rows.is_empty():
        raise ZooError(f"{target} has no utterance with a label in {study.cross_scheme}", REMEDY)
    return Target(rows, [], _numbers(rows, classes_of(study)), rows["speaker_id"].to_numpy().astype(str))


def target_of(study: Study, model: Trained, target: str) -> Target:
    """What a model hears of another corpus. Raises ZooError if nothing of it is labelled."""
    asked = asked_of(study, target)
    store = Store(study.derived / "features" / target / study.models[model.release.model].input)
    names = asked.rows["utterance_id"].to_list()
    return replace(asked, embeddings=[embedded(network, store, names) for network in model.networks])


def embedded(network: Recogniser, store: Store, names: Sequence[str]) -> Matrix:
    """What a network makes of utterances before its head: (N, E)."""
    lengths = [store.num_frames(name) for name in names]
    return outputs(Embedding(network), lengths, lambda row: store.frames(names[row])).astype(np.float64)


def head(
    network: Recogniser,
    task: Task,
    release: Release,
    mapping: dict[str, str | None],
    classes: Sequence[str],
    embeddings: Matrix,
) -> Matrix:
    """A network's probabilities of the cross scheme's classes: (N, E) -> (N, C)."""
    with torch.no_grad():
        said = network.head(torch.from_numpy(embeddings.astype(np.float32))).numpy()
    mapped, known = map_probabilities(probabilities(task.readings, said), release.classes, mapping)
    placed = np.zeros((len(mapped), len(classes)))
    placed[:, [classes.index(name) for name in known]] = mapped
    return placed


def _mapping(study: Study, source: str, classes: Sequence[str]) -> dict[str, str | None]:
    """The class in the cross scheme of each class of a model."""
    if source in study.unions:  # trained in the cross scheme
        return {name: name for name in classes}
    native = list(corpora.get(source).native_labels)
    return labels.class_mapping(source, native, study.labels[source], study.cross_scheme)


def _named(rows: pl.DataFrame, corpus: str, together: bool) -> pl.DataFrame:
    """The rows of a corpus, named as where several are trained on together; a person of two corpora has one name."""
    people = corpora.get(corpus).people or corpus
    named = rows.with_columns(pl.format(f"{people}/{{}}", "speaker_id").alias("speaker_id"))
    return named.with_columns(pl.format(f"{corpus}/{{}}", "utterance_id").alias("utterance_id")) if together else named


def _store(study: Study, members: Sequence[str], name: str) -> Store:
    folders = {one: study.derived / "features" / one / name for one in members}
    return PooledStore(folders) if len(folders) > 1 else Store(folders[members[0]])


def _numbers(rows: pl.DataFrame, classes: Sequence[str]) -> Numbers:
    return np.array([classes.index(name) for name in rows["label"]], np.int64)
