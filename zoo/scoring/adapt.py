"""The stage adapt: what all methods answer about all other corpora, with the embeddings of one model.

Cells run in processes. What a method has answered in one is kept in derived/scratch under a hash of everything that
decides it, so that an interrupted run resumes, and of a study with one more method that one is computed.
"""

import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
from threadpoolctl import threadpool_limits

from zoo import corpora, methods
from zoo.dependencies.closure import closure, of_encoders
from zoo.dependencies.plan import tables_of
from zoo.execute import kept
from zoo.execute.processes import in_processes, set_threads
from zoo.files import whole_folder
from zoo.hashes import sha256_of, sha256_of_text
from zoo.inputs.store import Store
from zoo.methods.contract import Method
from zoo.releases import WEIGHTS
from zoo.runtime import release as releases
from zoo.scoring import adapted_rows, cells, picture
from zoo.scoring.adaptation import answers, require_seen
from zoo.scoring.cells import Trained
from zoo.scoring.pairs import asks_classes, classes_of, require_common, require_other_people, require_unheard
from zoo.study.cross import method_type
from zoo.study.study import Study
from zoo.tables.adapted import ADAPTED, AS_IS, COUNTED, COUNTS, PREDICTED
from zoo.tables.embeddings import EMBEDDINGS
from zoo.tables.embeddings import FILE as EMBEDDED
from zoo.tables.manifest import MANIFEST
from zoo.tables.table import Table
from zoo.terminal import say, with_bar
from zoo.training.source import UTTERANCES

_FILES = {ADAPTED.name: PREDICTED, COUNTS.name: COUNTED, EMBEDDINGS.name: EMBEDDED}


@dataclass(frozen=True)
class Cell:
    """A source and a target of a model; keys: of what each method answers, by the method's name in the study.
    picture: the key of its embeddings."""

    source: str
    target: str
    keys: Mapping[str, str]
    picture: str

    @property
    def kept(self) -> Iterator[tuple[Table, str]]:
        """Every table that is kept of it, with its key."""
        for key in self.keys.values():
            yield ADAPTED, key
            yield COUNTS, key
        yield EMBEDDINGS, self.picture

    @property
    def seed(self) -> int:
        """The same draws for every model and method."""
        return int(sha256_of_text(f"{self.source} {self.target}")[:8], 16)


def adapt(study: Study, model: str) -> None:
    """Write derived/<study>/adapted/<model>/: predictions.parquet and counts.parquet of all methods in all cells, and
    embeddings.parquet for the report's picture.

    Raises ZooError for what makes a cell or a method in it no test, before anything is computed.
    """
    built = _built(study)
    scratch = study.derived.parent / "scratch" / "adapted"
    found = _cells(study, model, built)
    missing = [cell for cell in found if not all(_is_kept(scratch, key, table) for table, key in cell.kept)]
    if 0 < len(missing) < len(found):
        say(f"adapt {model}: {len(found) - len(missing)} of {len(found)} cells are kept from earlier runs", err=True)
    if missing:
        _run(_Work(study, model, missing, scratch.resolve()))
    weights = {
        source: _trained(study, model, source) / WEIGHTS for source in dict.fromkeys(one.source for one in found)
    }
    made_from = {f"release {source}": path for source, path in weights.items()}
    with whole_folder(study.derived / "adapted" / model) as folder:
        for table in (ADAPTED, COUNTS, EMBEDDINGS):
            frames = [_kept(scratch, key, one) for cell in found for one, key in cell.kept if one is table]
            table.write(pl.concat([table.frame([]), *frames]), folder / _FILES[table.name], made_from)


def _cells(study: Study, model: str, built: Mapping[str, Method]) -> list[Cell]:
    """The cells of a model; what is left out is said on stderr."""
    silent = ""
    if not built:
        silent = "cross.methods names none"
    elif model not in study.nested:
        silent = "it is selected as published, and has no release"
    elif not asks_classes(study, model):
        silent = f"methods answer with classes, and its task {study.models[model].task} asks none"
    if silent:
        say(f"adapt {model}: nothing to do, since {silent}", err=True)
        return []
    found = []
    for source, target in study.cells:
        release = releases.read(_trained(study, model, source) / "release.json")
        if release.start and target in release.start.corpora:
            left_out = f"it starts from {release.start.name}, which was trained on {target}"
            say(f"adapt {model}: {source} on {target} is left out: {left_out}", err=True)
            continue
        require_other_people(study, source, target)
        require_common(study, source, target)
        asked = cells.asked_of(study, target)
        require_unheard(release, _samples(study, source), target, asked.rows)
        keys = {name: _key(study, model, source, target, name) for name in built}
        cell = Cell(source, target, keys, _key(study, model, source, target, None))
        for name, method in built.items():
            require_seen(f"cross.methods.{name}", method, target, asked, cell.seed, study.cross.draws)
        found.append(cell)
    return found


def _samples(study: Study, source: str) -> frozenset[str]:
    frames = [MANIFEST.read(study.derived / "manifest" / f"{one}.parquet") for one in study.members(source)]
    return frozenset(sample for frame in frames for sample in frame["sha256_samples"])


def _trained(study: Study, model: str, source: str) -> Path:
    return study.derived / "trained" / model / source


@dataclass
class _Work:
    """Answers in one of the cells and keeps the answers. Pickled to worker processes.

    loaded: the model of the source that was last, by its name; cells of one source follow one another.
    """

    study: Study
    model: str
    cells: Sequence[Cell]
    scratch: Path
    loaded: dict[str, Trained] = field(default_factory=dict)

    def __call__(self, number: int) -> int:
        cell = self.cells[number]
        with threadpool_limits(1):  # equal bits whatever the number of cores
            if cell.source not in self.loaded:
                self.loaded.clear()
                self.loaded[cell.source] = cells.trained(self.study, self.model, cell.source)
            _answer(self.study, cell, self.loaded[cell.source], self.scratch)
        return number


def _run(work: _Work) -> None:
    """Answer in all cells, `execute.workers` at a time."""
    number, title = len(work.cells), f"adapt {work.model}"
    workers = min(work.study.execute.workers, number)
    done: Iterable[int]
    if workers > 1:  # not forked: tables are read here and there
        done = (place for place, _ in in_processes(work, number, workers, "spawn"))
    else:
        set_threads(1)
        done = map(work, range(number))
    for count, place in enumerate(with_bar(done, title, number), start=1):
        say(f"{title} {count}/{number}: {work.cells[place].source} on {work.cells[place].target}", err=True)


def _answer(study: Study, cell: Cell, known: Trained, scratch: Path) -> None:
    """Keep what the methods answer in a cell that have not answered yet."""
    heard, built = cells.target_of(study, known, cell.target), _built(study)
    for name, key in cell.keys.items():
        if _is_kept(scratch, key, ADAPTED) and _is_kept(scratch, key, COUNTS):
            continue
        shared = adapted_rows.shared_of(study, name, built[name], known, cell.source, cell.target, heard)
        counted, predicted = [], []
        for one in answers(built[name], known, heard, cell.seed, study.cross.draws, study.cross.stress):
            counted.append(adapted_rows.count_rows(one, heard, known.classes, shared))
            if one.condition.name == AS_IS:
                predicted.append(adapted_rows.prediction_rows(one, heard, known.classes, shared))
        for table, frames in ((ADAPTED, predicted), (COUNTS, counted)):
            _keep(scratch, key, table, pl.concat(frames))
    if not _is_kept(scratch, cell.picture, EMBEDDINGS):
        origins = adapted_rows.origins_of(study, cell.source, heard)
        drawn = picture.points(known, cell.source, cell.target, heard, origins)
        _keep(scratch, cell.picture, EMBEDDINGS, drawn)


def _built(study: Study) -> dict[str, Method]:
    return {name: methods.build(name, entry, f"cross.methods.{name}") for name, entry in study.cross.methods.items()}


def _place(scratch: Path, key: str, table: Table) -> Path:
    return scratch / f"{key[:32]}.{Path(_FILES[table.name]).stem}"


def _is_kept(scratch: Path, key: str, table: Table) -> bool:
    return kept.kept(_place(scratch, key, table), key) is not None


def _keep(scratch: Path, key: str, table: Table, rows: pl.DataFrame) -> None:
    content = io.BytesIO()
    rows.write_parquet(content)
    kept.keep(_place(scratch, key, table), key, content.getvalue())


def _kept(scratch: Path, key: str, table: Table) -> pl.DataFrame:
    content = kept.kept(_place(scratch, key, table), key)
    assert content is not None  # it was there, or has been computed
    return pl.read_parquet(io.BytesIO(content))


def _key(study: Study, model: str, source: str, target: str, method: str | None) -> str:
    """A hash of everything that decides what a method answers in a cell; None: its picture, which needs no method."""
    asked = [method, study.cross.methods[method], study.cross.draws, study.cross.stress] if method else [EMBEDDED]
    members, folder, heard = study.members(source), _trained(study, model, source), study.models[model].input
    every = [*members, target]
    determinants = [
        _code(study, model, method, every),
        [model, source, target, members, asked],
        [study.cross_scheme, [study.labels[one] for one in members], classes_of(study)],
        [[corpora.get(one).people, corpora.get(one).native_labels] for one in every],
        [sha256_of(folder / name) for name in (WEIGHTS, "release.json", UTTERANCES)],
        [sha256_of(study.derived / "manifest" / f"{one}.parquet") for one in every],
        [Store(study.derived / "features" / one / heard).fingerprint for one in every],
    ]
    return sha256_of_text(json.dumps(determinants, sort_keys=True))


def _code(study: Study, model: str, method: str | None, members: Sequence[str]) -> str:
    """Digest of the code that a method's answers depend on; None: the picture."""
    chosen = {
        **of_encoders(),
        "zoo.architectures": (study.models[model].architecture,),
        "zoo.augmentation": (),
        "zoo.corpora": members,
        "zoo.folds": (),
        "zoo.inputs": (),
        "zoo.inputs.steps": (),
        "zoo.labels": tables_of([study.cross_scheme, *(study.labels[one] for one in members)]),
        "zoo.methods": (method_type(method, study.cross.methods[method]),) if method else (),
        "zoo.metrics": (),
        "zoo.synthetic": (),
        "zoo.tasks": study.task_types(model),
    }
    roots = [adapted_rows, cells, methods] if method else [picture, cells]
    return closure([module.__name__ for module in roots], chosen).digest
