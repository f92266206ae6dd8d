"""How the copies of corpora that a release was trained on deviate from the published ones, which its card says."""

from pathlib import Path

import polars as pl

from zoo import corpora
from zoo.errors import ZooError
from zoo.library.manifest import build
from zoo.library.places import DATA
from zoo.library.published import deviations_of
from zoo.project import top
from zoo.releases.card import Card, Data
from zoo.study.study import Study
from zoo.tables.manifest import MANIFEST


def stated(data: Data, members: list[str], study: Study) -> Data:
    """What a card says of the corpora of a study, with how their copies differ; nothing of synthetic speech."""
    manifests = {name: MANIFEST.read(study.derived / "manifest" / f"{name}.parquet") for name in members}
    return _with(data, {name: frame for name, frame in manifests.items() if frame["origin"][0] == "recorded"})


def added(card: Card, _folder: Path) -> Card:
    """The card of a release that does not say it, where this clone has just the recordings it was trained on."""
    if card.origin == "synthetic" or card.data.not_as_published is not None:
        return card
    own = card.release.corpus
    members = [own] if own in corpora.names() else sorted({name.partition("/")[0] for name in card.training.speakers})
    try:
        manifests = {name: build(name, top() / DATA / name) for name in members}
    except ZooError:  # not all are here, or as they were
        return card
    here = {name for frame in manifests.values() for name in frame["sha256_samples"]}
    if not set(card.training.sha256_samples) <= here:
        return card
    return card.model_copy(update={"data": _with(card.data, manifests)})


def _with(data: Data, manifests: dict[str, pl.DataFrame]) -> Data:
    if not manifests:
        return data
    found = [f"{name}: {text}" for name, frame in manifests.items() for text in deviations_of(corpora.get(name), frame)]
    return data.model_copy(update={"not_as_published": found})
