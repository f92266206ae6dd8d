"""Candidates: the models of a study as releases without a version. Equal inputs give equal bytes."""

import json
import shutil
from pathlib import Path
from typing import Any

import polars as pl
from pydantic import ValidationError

from zoo import corpora, labels
from zoo.errors import ZooError
from zoo.files import whole_folder, write_text
from zoo.hashes import sha256_of
from zoo.releases import CARD, README, WEIGHTS
from zoo.releases.card import (
    Card,
    Code,
    Data,
    InputOf,
    Labels,
    Network,
    Training,
    Weights,
    first_problem,
)
from zoo.releases.card import identity as identity_from
from zoo.releases.card import write as write_card
from zoo.releases.figures import Tables, scores_of
from zoo.releases.readme import readme
from zoo.study.study import Study
from zoo.tables import differences
from zoo.tables.folds import FOLDS
from zoo.tables.manifest import MANIFEST
from zoo.tables.scores import read_csv
from zoo.version import __version__

# fields of release.json that are elsewhere in the card
ELSEWHERE = {"architecture", "corpus", "scheme", "protocol", "classes", "sources"} | {
    "input",
    "input_facts",
    "model",
    "task",
    "num_outputs",
    "num_dims",
    "weights_precision",
}
UTTERANCES = "utterances.txt"  # in the folder of a training: those that the release was trained on


def package(study: Study, folder: Path) -> list[str]:
    """Write a candidate for every model and corpus of the study to folder/MODEL/CORPUS/.

    Returns the candidates' names. Raises ZooError when an input is missing or inputs do not belong together.
    """
    figures = Tables(read_csv(study.reports / "scores.csv"), differences.read_csv(study.reports / "differences.csv"))
    names = []
    with whole_folder(folder) as part:
        for corpus in study.corpora:
            for model in study.models:
                try:
                    used = _trained_on(study, corpus, model)
                    card = _candidate(study, corpus, model, used, figures, part / model / corpus)
                except (KeyError, ValidationError) as error:
                    where = study.derived / "trained" / model / corpus / "release.json"
                    problem = first_problem(error) if isinstance(error, ValidationError) else error
                    raise ZooError(
                        f"{where} lacks {problem}, or its value is not valid", "run `dvc repro` to train again"
                    ) from error
                names.append(card.name)
    return names


def _trained_on(study: Study, corpus: str, model: str) -> pl.DataFrame:
    """The manifest's rows that a release was trained on."""
    path = study.derived / "manifest" / f"{corpus}.parquet"
    FOLDS.read(study.derived / "folds" / f"{corpus}.parquet", made_from={"manifest": path})
    listed = (study.derived / "trained" / model / corpus / UTTERANCES).read_text(encoding="utf-8").split("\n")
    return MANIFEST.read(path).filter(pl.col("utterance_id").is_in(listed))


def _candidate(study: Study, corpus: str, model: str, used: pl.DataFrame, figures: Tables, place: Path) -> Card:
    trained = study.derived / "trained" / model / corpus
    release = _release(trained / "release.json", corpus, model, study.labels[corpus])
    place.mkdir(parents=True)
    try:
        shutil.copyfile(trained / "release.safetensors", place / WEIGHTS)
    except FileNotFoundError as error:
        raise ZooError(f"{trained / 'release.safetensors'} is missing", "run `dvc repro` to make it again") from error
    known = corpora.get(corpus)
    native = labels.mapping(study.labels[corpus], corpus, list(known.native_labels))
    heard = InputOf(**release["input"], num_dims=release["num_dims"], facts=release["input_facts"])
    label_part = Labels(
        scheme=release["scheme"],
        classes=release["classes"],
        words=native,
        source=sorted(used["label_source"].unique().to_list()),
        cross_scheme=study.cross_scheme,
        cross=_cross(study, corpus, list(native), release["classes"]),
    )
    digest = sha256_of(place / WEIGHTS)
    card = Card(
        format=1,
        name=f"{model}@{corpus}",
        version=None,
        identity=identity_from(
            digest, release["architecture"], release["hyperparameters"], label_part, heard, release["sources"]
        ),
        study=study.study,
        model=model,
        architecture=release["architecture"],
        corpus=corpus,
        task=release["task"],
        origin=_origin(used, corpus),
        labels=label_part,
        sampling_rate_hz=16_000,
        input=heard,
        network=_network(release),
        protocol=release["protocol"],
        scores=scores_of(figures, model, corpus),
        transduction="none",
        data=Data(**{key: getattr(known, key) for key in Data.model_fields}),
        training=Training(
            num_utterances=len(used),
            speakers=sorted(used["speaker_id"].unique().to_list()),
            sha256_samples=sorted(used["sha256_samples"].to_list()),
        ),
        sources=release["sources"],
        weights=Weights(
            sha256=digest, num_bytes=(place / WEIGHTS).stat().st_size, precision=release["weights_precision"]
        ),
        code=Code(version=__version__, commit=None),
        cost=None,
    )
    write_card(card, place / CARD)
    write_text(place / README, readme(card))
    return card


def _release(path: Path, corpus: str, model: str, scheme: str) -> dict[str, Any]:
    try:
        release: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ZooError(f"{path} is missing or not readable", "run `dvc repro` to train again") from error
    found = (release.get("corpus"), release.get("model"), release.get("scheme"))
    if found != (corpus, model, scheme):
        raise ZooError(f"{path} is of {found}, not of {(corpus, model, scheme)}", "run `dvc repro` to train again")
    return release


def _network(release: dict[str, Any]) -> Network:
    own = set(Network.model_fields) - {"recipe"}
    rest = {key: value for key, value in sorted(release.items()) if key not in own | ELSEWHERE}
    return Network(**{key: release[key] for key in own}, recipe=rest)


def _cross(study: Study, corpus: str, native: list[str], classes: list[str]) -> dict[str, str | None]:
    try:
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
