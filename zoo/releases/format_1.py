"""Releases of format 1, which only `zoo publish --upgrade` reads: one network, one card of dicts, no golden answers."""

import json
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from zoo.errors import ZooError
from zoo.releases import CARD, GOLDEN, WEIGHTS, require_file_name
from zoo.releases.card import FORMAT, Card, Code, Data, File, Labels, Score, Scores, Training, described
from zoo.releases.catalogue import INDEX, Catalogue, Entry, require_distinct
from zoo.runtime.release import InputOf, Network, Release, TaskOf, Tuned, first_problem

_AUGMENTATION = {
    "frequency_mask_share": "frequency_mask",
    "gain_db": "gain",
    "stretch": "tempo",
    "time_mask_s": "time_mask",
    "warp": "vocal_tract",
}


def entries(content: bytes, catalogue: Catalogue) -> list[Entry]:
    """The entries of an index of format 1. Raises ZooError naming what is not valid."""
    try:
        found = [Entry.model_validate_json(json.dumps(entry)) for entry in json.loads(content)["releases"]]
    except (ValueError, KeyError, TypeError) as error:
        problem = first_problem(error) if isinstance(error, ValidationError) else error
        raise ZooError(f"{catalogue.where(INDEX)} is damaged: {problem}", catalogue.repair_hint()) from error
    require_distinct(found)
    for entry in found:
        for name in entry.files:
            require_file_name(name)
    return found


def copy(entry: Entry, catalogue: Catalogue, folder: Path) -> Card:
    """Fetch a release, write its weights in format 2 into the folder, and return its card, without golden answers.

    Raises ZooError naming what is damaged.
    """
    for name in (CARD, WEIGHTS):
        file = entry.files.get(name)
        if file is None or catalogue.copy(f"{entry.folder}/{name}", folder / name) != file.sha256:
            raise ZooError(f"{catalogue.where(entry.folder)}/{name} is damaged", catalogue.repair_hint())
    try:
        old = json.loads((folder / CARD).read_bytes())
        _rename_weights(folder / WEIGHTS)
        card = _card(old, described({WEIGHTS: folder / WEIGHTS, GOLDEN: folder / WEIGHTS}))
    except (ValueError, KeyError, TypeError) as error:
        problem = first_problem(error) if isinstance(error, ValidationError) else error
        raise ZooError(f"{catalogue.where(entry.folder)}/{CARD}: {problem}", catalogue.repair_hint()) from error
    (folder / CARD).unlink()
    return card


def _rename_weights(path: Path) -> None:
    """The head was the network's last layer, `network.output`, or its last part; the std was called deviation."""
    from safetensors.torch import load_file, save_file

    def renamed(name: str) -> str:
        if name.startswith("network.output."):
            return f"0.head.{name.rpartition('.')[2]}"
        return "0.std" if name == "deviation" else f"0.{name}"

    save_file({renamed(name): value.clone() for name, value in load_file(path).items()}, path)


def _card(old: dict[str, Any], files: dict[str, File]) -> Card:
    labels = {key: value for key, value in old["labels"].items() if key not in ("scheme", "classes")}
    return Card.model_validate_json(
        json.dumps(
            {key: old[key] for key in ("name", "version", "study", "origin", "sampling_rate_hz", "transduction")}
            | {"format": FORMAT, "identity": "", "cost": old["cost"], "upgraded": None}
            | {"release": _release(old).model_dump(mode="json"), "labels": Labels(**labels).model_dump()}
            | {"scores": _scores(old["scores"]).model_dump(), "data": Data(**old["data"]).model_dump()}
            | {"training": Training(**old["training"]).model_dump(), "code": Code(**old["code"]).model_dump()}
            | {"files": {name: file.model_dump() for name, file in files.items()}}
        )
    )


def _scores(old: dict[str, Any]) -> Scores:
    within, cross = ([Score(**row, task="categorical") for row in old[part]] for part in ("within", "cross"))
    return Scores(note=old["note"], within=within, cross=cross)


def _release(old: dict[str, Any]) -> Release:
    network, recipe = old["network"], old["network"]["recipe"]
    train = dict(recipe["train"])
    bands = {_AUGMENTATION[name]: value for name, value in train.pop("augmentation").items()}
    input_of = _input(old["front_end"])
    kind = "bands" if input_of.input_type == "log_mel" else "coefficients"
    if kind == "coefficients":
        bands = {name: value for name, value in bands.items() if name in ("time_mask", "tempo")}
    class_weights = bool(train.pop("class_weights"))
    return Release(
        model=old["architecture"],
        corpus=old["corpus"],
        networks=[
            Network(
                architecture=old["architecture"],
                **{key: network[key] for key in ("hyperparameters", "num_parameters", "config_id", "seed", "epochs")},
                **{key: recipe[key] for key in ("fold_epochs", "learning_rate", "weight_decay", "augmentation")},
            )
        ],
        task=TaskOf(name="categorical", task_type="categorical", options={"class_weights": class_weights}),
        classes=old["labels"]["classes"],
        input=input_of,
        base=None,
        scheme=old["labels"]["scheme"],
        protocol=old["protocol"],
        seeds=recipe["seeds"],
        precision=recipe["precision"],
        weights_precision=old["weights"]["precision"],
        train=train | {"augmentation": {kind: bands}},
        tuned=Tuned(
            groups=network["tuned"]["groups"],
            num_trials=network["tuned"]["num_trials"],
            dev_measure="UAR",
            mean_dev_score=network["tuned"]["mean_dev_uar"],
        ),
        sources=old["inputs"],
    )


def _input(front_end: dict[str, Any]) -> InputOf:
    """The facts as they are called now: the computation is the same, which the golden answers can show."""
    from zoo import inputs
    from zoo.inputs.contract import Spec

    spec = Spec(front_end["name"], grid={})
    return InputOf.stated(spec, front_end["num_dims"], inputs.build(spec).facts)
