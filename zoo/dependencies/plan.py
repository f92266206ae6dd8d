"""What every stage of a study depends on: one file per stage, corpus or model, which DVC has as a dependency."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from zoo.dependencies.closure import Closure, closure, of_encoders
from zoo.errors import ZooError
from zoo.files import whole_folder, write_text
from zoo.registry import Registry
from zoo.study import params
from zoo.study.cross import method_type
from zoo.study.heard import changes_of, input_types
from zoo.study.study import Study

EACH_CORPUS = ("manifest", "folds")
EACH_MODEL = ("train", "adapt")
SCORED = ("evaluate", "package", "report")  # the stages that use every metric
METRICS = Registry[object]("zoo.metrics", "METRICS", "family of metrics")
TRAINED = ("tune", "train")
STARTS, ENCODERS = "starts", "encoders"  # folders beside the plan
OWN_CORPORA = Path("corpora")  # as zoo.corpus_file has it, which is no business of stages that read no corpus
OF_ENCODERS = "zoo/encoders/__init__.py"  # reached by what may load one
ONCE = ("check", "check_features", "pools", "tune", "predict", "evaluate", "package", "report")


def write(study: Study, bring: Callable[[Path], None] = lambda folder: None) -> None:
    """Write derived/STUDY/plan/: STAGE.json, STAGE/CORPUS.json, STAGE/CORPUS/INPUT.json or STAGE/MODEL.json.

    bring: puts into this folder the releases that models start from, below starts/, and below encoders/ INPUT.json with
    what tells the encoder of an input from others.
    """
    with whole_folder(study.derived / "plan") as folder:
        bring(folder)
        for place, found in closures(study, folder):
            write_text(folder / place, _text(found))


def closures(study: Study, folder: Path | None = None) -> Iterator[tuple[Path, Closure]]:
    """The path below the plan's folder and the closure of every stage. folder: the plan's, if it is elsewhere."""
    yield from ((_place(stage, items), closure_of(study, stage, items, folder)) for stage, items in stages(study))


def stages(study: Study) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every stage of the pipeline with what it is of: a corpus, a corpus and an input, a model, or nothing."""
    yield from (("synth", (corpus,)) for corpus in study.synthetic)
    yield from ((stage, (corpus,)) for corpus in study.corpora for stage in EACH_CORPUS)
    yield from (("features", (corpus, name)) for corpus in study.corpora for name in study.inputs)
    yield from ((stage, (model,)) for model in study.models for stage in EACH_MODEL)
    yield from ((stage, ()) for stage in ONCE)


def closure_of(study: Study, stage: str, items: Sequence[str], folder: Path | None = None) -> Closure:
    """The closure of a stage of what `stages` says. folder: the plan's, if it is elsewhere."""
    if stage == "synth":
        return closure(["stages.synth"], {"zoo.synthetic": items})
    if stage in EACH_CORPUS:
        return _of(study, stage, list(items), [], [], folder)
    if stage == "features":
        return _of(study, stage, [items[0]], [items[1]], [], folder)
    models = study.with_others(items) if stage in EACH_MODEL else list(study.models)
    found = _of(study, stage, study.corpora, [study.models[name].input for name in models], models, folder)
    if stage not in TRAINED:
        return found
    others = models[len(items) :] if stage == "train" else []  # of these DVC compares no parameters
    return replace(found, data=found.data | _of_others(study, others) | _of_starts(study, models, folder))


def _of_others(study: Study, models: list[str]) -> dict[str, str]:
    """The entries of models that another one learns or starts from."""
    return {f"models.{name}": _sha256(study.models[name].model_dump_json().encode()) for name in models}


def _sha256(content: bytes) -> str:
    # its own, since every stage compares its plan, and so would depend on zoo.hashes
    return hashlib.sha256(content).hexdigest()


def _of_starts(study: Study, models: list[str], folder: Path | None) -> dict[str, str]:
    """The releases that models start from; their facts state the hash of their weights."""
    return _beside(study, [Path(STARTS) / name / "start.json" for name in models], folder)


def _of_encoders(study: Study, inputs: list[str], folder: Path | None) -> dict[str, str]:
    """The encoders of inputs, as far as they are known."""
    return _beside(study, [Path(ENCODERS) / f"{name}.json" for name in inputs], folder)


def _beside(study: Study, paths: list[Path], folder: Path | None) -> dict[str, str]:
    """The hashes of those files that there are beside the plan."""
    top = folder or study.derived / "plan"
    return {path.as_posix(): _sha256((top / path).read_bytes()) for path in paths if (top / path).is_file()}


def require_current(stage: str, items: Sequence[str]) -> None:
    """Raise ZooError if the code of a stage is no longer what the current study's plan states; no plan, no error.

    DVC compares plans, which were written before the first stage ran: an edit since then would go unnoticed.
    """
    if not params.PARAMS.is_file():
        return
    study, own = params.load(), tuple(items)
    if (stage, own) not in stages(study) or not (path := study.derived / "plan" / _place(stage, own)).is_file():
        return
    if _text(closure_of(study, stage, own)) != path.read_text(encoding="utf-8"):
        raise ZooError(f"the code of the stage {stage} has changed since {path} was written", "run `dvc repro` again")


def _place(stage: str, items: Sequence[str]) -> Path:
    return Path("/".join((stage, *items)) + ".json")


def _text(found: Closure) -> str:
    return json.dumps(found.as_dict(), indent=1, sort_keys=True) + "\n"


def _of(
    study: Study, stage: str, corpora: list[str], inputs: list[str], models: list[str], folder: Path | None
) -> Closure:
    """The closure of a stage's script, with the registry entries that it uses, and the encoders that it may load."""
    schemes = [study.labels[corpus] for corpus in corpora]
    if len(corpora) == len(study.corpora):
        schemes.append(study.cross_scheme)
    heard = [] if stage in ("predict", "adapt") else inputs  # it reads what they have made, and computes none
    strengths = [of_kind for name in models for of_kind in study.training(name).augmentation.values()]
    found = closure(
        [f"stages.{stage}"],
        {
            **of_encoders(),
            "zoo.architectures": [study.models[name].architecture for name in models],
            "zoo.augmentation": {name for of_kind in strengths for name in of_kind},
            "zoo.corpora": corpora,
            # a pool has a protocol of its own, and methods and scores look at no folds
            "zoo.folds": [] if stage in ("pools", "adapt", "evaluate") else [study.folds[corpus] for corpus in corpora],
            "zoo.inputs": {kind for name in heard for kind in input_types(study.inputs.get(name, {}), name)},
            "zoo.inputs.changes": {one for name in heard for one in changes_of(study.inputs.get(name, {}))},
            "zoo.inputs.steps": {step for name in heard for step in study.steps(name)},
            # a manifest has the corpus's own labels, whatever the scheme
            "zoo.labels": [] if stage == "manifest" else tables_of(schemes),
            "zoo.methods": {method_type(*one) for one in study.cross.methods.items()} if stage == "adapt" else [],
            "zoo.metrics": METRICS.names() if stage in SCORED else [],
            "zoo.synthetic": [],
            "zoo.tasks": {kind for name in models for kind in study.task_types(name)},
        },
    )
    found = replace(found, data=found.data | _of_own_corpora(corpora))
    if OF_ENCODERS not in found.modules:
        return found
    return replace(found, data=found.data | _of_encoders(study, inputs, folder))


def _of_own_corpora(names: list[str]) -> dict[str, str]:
    """The files that describe corpora of the project's own."""
    paths = [OWN_CORPORA / f"{name}.yaml" for name in names]
    return {path.as_posix(): _sha256(path.read_bytes()) for path in paths if path.is_file()}


def tables_of(schemes: Iterable[str]) -> list[str]:
    """The tables of label schemes: core4+calm_as_neutral is a variant of core4."""
    return sorted({scheme.partition("+")[0] for scheme in schemes})
