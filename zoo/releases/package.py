"""Candidates: the models of a study as releases without a version. Equal inputs give equal bytes."""

import json
import shutil
from pathlib import Path
from typing import Any

import polars as pl

from zoo import audio, corpora, labels
from zoo.errors import ZooError
from zoo.files import whole_folder, write_text
from zoo.releases import CARD, GOLDEN, README, WEIGHTS, deviations
from zoo.releases.card import (
    FORMAT,
    Card,
    Code,
    Labels,
    Training,
    described,
    identity,
)
from zoo.releases.card import write as write_card
from zoo.releases.figures import Tables, read_tables, scores_of
from zoo.releases.readme import readme
from zoo.releases.terms import bases_of, data_of, under
from zoo.runtime import release as releases
from zoo.runtime.release import Release
from zoo.study.study import Study
from zoo.tables.manifest import NO_SPEAKER
from zoo.training import source
from zoo.training.source import UTTERANCES
from zoo.version import __version__


def package(study: Study, folder: Path) -> list[str]:
    """Write a candidate for every model and corpus or pool of the study to folder/MODEL/CORPUS/; none for a model
    that is selected as published.

    Returns the candidates' names. Raises ZooError when an input is missing or inputs do not belong together.
    """
    best = json.loads((study.derived / "best.json").read_text(encoding="utf-8"))
    figures = read_tables(study.reports, best)
    names = []
    with whole_folder(folder) as part:
        for corpus in study.sources:
            for model in study.nested:
                release = _release(study.derived / "trained" / model / corpus / "release.json", study, corpus, model)
                used = _trained_on(study, corpus, model)
                _candidate(study, release, used, figures, part / model / corpus)
                names.append(release.name)
    return names


def _trained_on(study: Study, corpus: str, model: str) -> pl.DataFrame:
    """The manifest's rows that a release was trained on."""
    listed = (study.derived / "trained" / model / corpus / UTTERANCES).read_text(encoding="utf-8").split("\n")
    return source.read(study, corpus).manifest.filter(pl.col("utterance_id").is_in(listed))


def _candidate(study: Study, release: Release, used: pl.DataFrame, figures: Tables, place: Path) -> None:
    place.mkdir(parents=True)
    trained = study.derived / "trained" / release.model / release.corpus / WEIGHTS
    try:
        shutil.copyfile(trained, place / WEIGHTS)
    except FileNotFoundError as error:
        raise ZooError(f"{trained} is missing", "run `dvc repro` to make it again") from error
    members = study.members(release.corpus)
    card = Card(
        format=FORMAT,
        name=release.name,
        version=None,
        identity="",
        study=study.study,
        origin=_origin(used, release.corpus),
        release=release,
        views=study.models[release.model].views,
        labels=Labels(
            words=_words(release, members),
            source=sorted(used["label_source"].unique().to_list()),
            cross_scheme=study.cross_scheme,
            cross=_cross(study, release.corpus, release.classes),
        ),
        sampling_rate_hz=audio.RATE_HZ,
        scores=scores_of(figures, release.model, release.corpus),
        transduction="none",
        data=deviations.stated(
            under(data_of(members, release.start.corpora if release.start else ()), bases_of(release)), members, study
        ),
        training=Training(
            num_utterances=len(used),
            speakers=_speakers(used),
            sha256_samples=sorted(used["sha256_samples"].to_list()),
        ),
        files=described({WEIGHTS: place / WEIGHTS, GOLDEN: place / WEIGHTS}),  # the golden answers follow
        code=Code(version=__version__, commit=None),
        upgraded=None,
        cost=None,
    )
    card = finish(card, place)
    write_card(card, place / CARD)
    write_text(place / README, readme(card))


def _speakers(used: pl.DataFrame) -> list[str]:
    """Those whom the corpus names."""
    return sorted(name for name in used["speaker_id"].unique() if NO_SPEAKER not in name)


def finish(card: Card, folder: Path) -> Card:
    """Write the golden answers of the weights in a folder; the card with its files and its identity."""
    from zoo.releases.load import unchecked
    from zoo.runtime import golden

    model = unchecked(card, folder / WEIGHTS)
    golden.write(golden.make(model.heard, model.networks, card.views), folder / GOLDEN)
    files = described({name: folder / name for name in card.files})
    own = identity(card.release, card.labels, files, views=card.views)
    return card.model_copy(update={"files": files, "identity": own})


def _release(path: Path, study: Study, corpus: str, model: str) -> Release:
    release = releases.read(path)
    found, wanted = (release.corpus, release.model, release.scheme), (corpus, model, study.scheme(corpus))
    if found != wanted:
        raise ZooError(f"{path} is of {found}, not of {wanted}", "run `dvc repro` to train again")
    return release


def _words(release: Release, members: list[str]) -> dict[str, str | None]:
    """The native labels of a corpus and their classes; of a pool, with the corpus before each."""
    found: dict[str, str | None] = {}
    for one in members:
        words = labels.mapping(release.scheme, one, list(corpora.get(one).native_labels))
        found |= words if len(members) == 1 else {f"{one}: {word}": name for word, name in words.items()}
    return found


def _cross(study: Study, corpus: str, classes: list[str]) -> dict[str, str | None]:
    if corpus in study.unions:
        return {name: name for name in classes}
    try:
        native = list(corpora.get(corpus).native_labels)
        places = labels.class_mapping(corpus, native, study.labels[corpus], study.cross_scheme)
    except ZooError:
        return {}  # the corpus has no labels in that scheme; such a model predicts its own classes only
    return {name: places[name] for name in classes}


def _origin(used: pl.DataFrame, corpus: str) -> Any:
    origins = used["origin"].unique().to_list()
    if len(origins) != 1:
        raise ZooError(
            f"the manifest of {corpus} mixes recorded and synthetic utterances", "run `dvc repro` to make it again"
        )
    return origins[0]
