"""What every stage of a study depends on: one file per stage, corpus or model, which DVC has as a dependency."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from zoo.dependencies.closure import Closure, closure
from zoo.files import whole_folder, write_text
from zoo.study.study import Study

EACH_CORPUS = ("manifest", "folds", "features")
EACH_ARCHITECTURE = ("train",)
ONCE = ("check", "check_features", "tune", "predict", "evaluate", "package", "report")


def write(study: Study) -> None:
    """Write derived/STUDY/plan/: STAGE.json, STAGE/CORPUS.json or STAGE/MODEL.json."""
    with whole_folder(study.derived / "plan") as folder:
        for place, found in closures(study):
            write_text(folder / place, json.dumps(found.as_dict(), indent=1, sort_keys=True) + "\n")


def closures(study: Study) -> Iterator[tuple[Path, Closure]]:
    """The path below the plan's folder and the closure of every stage."""
    for corpus in study.synthetic:
        yield Path("synth", f"{corpus}.json"), closure(["stages.synth"], {"zoo.synthetic": [corpus]})
    for corpus in study.corpora:
        for stage in EACH_CORPUS:
            yield Path(stage, f"{corpus}.json"), _of(study, stage, [corpus], study.architectures)
    for architecture in study.architectures:
        for stage in EACH_ARCHITECTURE:
            yield Path(stage, f"{architecture}.json"), _of(study, stage, study.corpora, [architecture])
    for stage in ONCE:
        yield Path(f"{stage}.json"), _of(study, stage, study.corpora, study.architectures)


def _of(study: Study, stage: str, corpora: list[str], architectures: list[str]) -> Closure:
    """The closure of a stage's script, with the registry entries that it uses."""
    schemes = [study.labels[corpus] for corpus in corpora]
    if len(corpora) == len(study.corpora):
        schemes.append(study.cross_scheme)
    return closure(
        [f"stages.{stage}"],
        {
            "zoo.architectures": architectures,
            "zoo.corpora": corpora,
            "zoo.folds": [study.folds[corpus] for corpus in corpora],
            "zoo.inputs": study.features.front_ends,
            # a manifest has the corpus's own labels, whatever the scheme
            "zoo.labels": [] if stage == "manifest" else tables_of(schemes),
            "zoo.synthetic": [],
        },
    )


def tables_of(schemes: Iterable[str]) -> list[str]:
    """The tables of label schemes: core4+calm_as_neutral is a variant of core4."""
    return sorted({scheme.partition("+")[0] for scheme in schemes})
