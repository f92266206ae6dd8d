"""What every stage of a study depends on: one file per stage, corpus or model, which DVC has as a dependency."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from zoo.dependencies import syntax
from zoo.dependencies.closure import Closure, closure
from zoo.errors import ZooError
from zoo.files import whole_folder, write_text
from zoo.study import params
from zoo.study.study import Study

EACH_CORPUS = ("manifest", "folds", "features")
ONCE = ("check", "check_features", "tune", "predict", "evaluate", "package", "report")


def write(study: Study) -> None:
    """Write derived/STUDY/plan/: STAGE.json, STAGE/CORPUS.json or STAGE/ARCHITECTURE.json."""
    with whole_folder(study.derived / "plan") as folder:
        for place, found in closures(study):
            write_text(folder / place, _text(found))


def closures(study: Study) -> Iterator[tuple[Path, Closure]]:
    """The path below the plan's folder and the closure of every stage."""
    yield from ((_place(stage, item), closure_of(study, stage, item)) for stage, item in stages(study))


def stages(study: Study) -> Iterator[tuple[str, str]]:
    """Every stage of the pipeline with its corpus or architecture, which is empty for a stage of the whole study."""
    yield from (("synth", corpus) for corpus in study.synthetic)
    yield from ((stage, corpus) for corpus in study.corpora for stage in EACH_CORPUS)
    yield from (("train", architecture) for architecture in study.architectures)
    yield from ((stage, "") for stage in ONCE)


def closure_of(study: Study, stage: str, item: str) -> Closure:
    """The closure of a stage of one corpus or architecture, or (item is empty) of the whole study."""
    if stage == "synth":
        return closure(["stages.synth"], {"zoo.synthetic": [item]})
    corpora = [item] if stage in EACH_CORPUS else study.corpora
    return _of(study, stage, corpora, [item] if stage == "train" else study.architectures)


def require_current(stage: str, item: str) -> None:
    """Raise ZooError if the code of a stage is no longer what the current study's plan states; no plan, no error.

    DVC compares plans, which were written before the first stage ran: an edit since then would go unnoticed.
    """
    if not params.PARAMS.is_file():
        return
    study = params.load()
    if (stage, item) not in stages(study) or not (path := study.derived / "plan" / _place(stage, item)).is_file():
        return
    syntax.read.cache_clear()
    if _text(closure_of(study, stage, item)) != path.read_text(encoding="utf-8"):
        raise ZooError(f"the code of the stage {stage} has changed since {path} was written", "run `dvc repro` again")


def _place(stage: str, item: str) -> Path:
    return Path(stage, f"{item}.json") if item else Path(f"{stage}.json")


def _text(found: Closure) -> str:
    return json.dumps(found.as_dict(), indent=1, sort_keys=True) + "\n"


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
