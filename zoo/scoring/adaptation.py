"""What methods answer about other corpora: for every cell of the study, on the target as it is and under stress.

A method is given what its sights name and no more: `seen_of` is the only place where the target is looked at.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from zoo import methods
from zoo.errors import WRONG_USAGE, ZooError
from zoo.execute.processes import set_threads
from zoo.files import whole_folder
from zoo.hashes import sha256_of_text
from zoo.methods.contract import Matrix, Method, Numbers, Random, Seen
from zoo.metrics.confusion import confusion
from zoo.releases import WEIGHTS
from zoo.scoring import cells, stress
from zoo.scoring.cells import Target, Trained
from zoo.scoring.stress import Condition
from zoo.study.study import Study
from zoo.tables.adapted import ADAPTED, AS_IS, COUNTED, COUNTS, PREDICTED


@dataclass(frozen=True)
class Answered:
    """A method's answers in one draw of a condition. rows: of the target (n,), those that are scored. probabilities:
    (n, num_classes)."""

    condition: Condition
    rows: Numbers
    probabilities: Matrix


def adapt(study: Study, model: str) -> None:
    """Write derived/<study>/adapted/<model>/: predictions.parquet and counts.parquet of all methods in all cells."""
    set_threads(1)  # equal bits whatever the number of cores
    built = {name: methods.build(name, entry, f"cross.methods.{name}") for name, entry in study.cross.methods.items()}
    predicted, counted = [ADAPTED.frame([])], [COUNTS.frame([])]
    wanted = study.cells if built and cells.asks_classes(study, model) and model in study.nested else []
    for source in dict.fromkeys(source for source, _ in wanted):
        known = cells.trained(study, model, source)
        for target in (target for one, target in wanted if one == source):
            if known.release.start and target in known.release.start.corpora:
                continue
            cells.require_common(study, source, target)
            heard = cells.target_of(study, known, target)
            for name, method in built.items():
                require_enough(name, method, target, heard)
                shared = _shared(study, name, method, known, source, target, heard)
                for answered in answers(study, method, known, heard, _seed(source, target)):
                    counted.append(_counts(answered, heard, known.classes, shared))
                    if answered.condition.name == AS_IS:
                        predicted.append(_predictions(answered, heard, known.classes, shared))
    made_from = {f"release {path.parent.name}": path for path in _weights(study, model, wanted)}
    with whole_folder(study.derived / "adapted" / model) as folder:
        ADAPTED.write(pl.concat(predicted), folder / PREDICTED, made_from)
        COUNTS.write(pl.concat(counted), folder / COUNTED, made_from)


def answers(study: Study, method: Method, known: Trained, heard: Target, seed: int) -> Iterator[Answered]:
    """A method's answers on the target as it is, in so many draws where it sees labels, and under stress."""
    whole = stress.as_is(len(heard.labels))
    if method.sights.labels:
        for draw in range(study.cross.draws):
            yield answered(method, known, heard, replace(whole, draw=draw), seed)
        return
    yield answered(method, known, heard, whole, seed)
    if study.cross.stress:
        for condition in stress.stresses(heard.labels, heard.speakers, seed):
            few = condition.name.startswith("few=")
            if not few or (method.sights.utterances == "all" and len(condition.seen) >= method.fewest):
                yield answered(method, known, heard, condition, seed)


def answered(method: Method, known: Trained, heard: Target, condition: Condition, seed: int) -> Answered:
    """A method's answers in one draw of a condition: the mean of those of all networks."""
    rows, labelled = condition.asked, None
    if method.sights.labels:
        labelled, rows = drawn(heard, condition, method.sights.labels, np.random.default_rng([seed, 3, condition.draw]))
    if method.sights.utterances == "earlier":
        rows = np.random.default_rng([seed, 4, condition.draw]).permutation(rows)
    speakers = heard.speakers[rows] if method.sights.speakers else None
    each = []
    for source, embeddings in zip(known.sources, heard.embeddings, strict=True):
        seen = seen_of(method, heard, embeddings, condition.seen, labelled, source.num_classes)
        answer = method.fit(source, seen, np.random.default_rng([seed, 5, condition.draw]))
        each.append(answer(embeddings[rows], speakers))
    return Answered(condition, rows, np.mean(each, axis=0))


def seen_of(
    method: Method, heard: Target, embeddings: Matrix, rows: Numbers, labelled: Numbers | None, num_classes: int
) -> Seen:
    """What a method's sights let it see of a target. rows: of unlabelled utterances; labelled: of labelled ones."""
    sights = method.sights
    unlabelled = sights.utterances == "all"
    return Seen(
        embeddings=embeddings[rows] if unlabelled else None,
        speakers=heard.speakers[rows] if unlabelled and sights.speakers else None,
        prior=_even(heard.labels, num_classes) if sights.prior else None,
        labelled=None if labelled is None else embeddings[labelled],
        labels=None if labelled is None else heard.labels[labelled],
    )


def _even(labels: Numbers, num_classes: int) -> Matrix:
    """The prior that is assumed: the classes that the target has, all as frequent."""
    prior = np.zeros(num_classes)
    prior[np.unique(labels)] = 1 / len(np.unique(labels))
    return prior


def drawn(heard: Target, condition: Condition, per_class: int, random: Random) -> tuple[Numbers, Numbers]:
    """The rows of labelled utterances, and those that are scored: of speakers of whom none is labelled.

    Speakers are taken in a random order until they have enough utterances of each class, so that few are used up.
    """
    asked, labels, speakers = condition.asked, heard.labels[condition.asked], heard.speakers[condition.asked]
    classes, order = np.unique(labels), random.permutation(np.unique(speakers))
    for number in range(1, len(order)):
        of_them = np.isin(speakers, order[:number])
        if all((labels[of_them] == name).sum() >= per_class for name in classes):
            chosen = [random.choice(asked[of_them & (labels == name)], per_class, replace=False) for name in classes]
            return np.sort(np.concatenate(chosen)), asked[~of_them]
    raise ZooError(
        f"{per_class} labelled utterances of each class would use up every speaker of the target",
        "label fewer (labels of the method in cross.methods), or remove the cell",
        WRONG_USAGE,
    )


def require_enough(name: str, method: Method, target: str, heard: Target) -> None:
    """Raise ZooError if a method needs more of a target than there is."""
    where = f"cross.methods.{name} on {target}"
    if method.sights.utterances == "all" and len(heard.labels) < method.fewest:
        raise ZooError(
            f"{where}: it needs {method.fewest} utterances to see, and there are {len(heard.labels)}",
            "choose a method that needs fewer, or remove the cell",
            WRONG_USAGE,
        )
    if method.sights.labels:
        try:
            drawn(heard, stress.as_is(len(heard.labels)), method.sights.labels, np.random.default_rng(0))
        except ZooError as error:
            raise ZooError(f"{where}: {error.message}", error.hint, error.exit_code) from error


def _seed(source: str, target: str) -> int:
    """The same draws for every model and method of a cell."""
    return int(sha256_of_text(f"{source} {target}")[:8], 16)


def _shared(
    study: Study, name: str, method: Method, known: Trained, source: str, target: str, heard: Target
) -> dict[str, Any]:
    origin = heard.rows["origin"][0]
    return {
        "model": known.release.model,
        "source": source,
        "target": target,
        "method": name,
        "rung": method.rung,
        "control": method.control,
        "sights": method.sights.text,
        "scheme": study.cross_scheme,
        "source_origin": cells.labelled_rows(study, study.members(source)[0])["origin"][0],
        "target_origin": origin,
    }


def _predictions(found: Answered, heard: Target, classes: Sequence[str], shared: dict[str, Any]) -> pl.DataFrame:
    rows: pl.DataFrame = heard.rows.select("utterance_id", "speaker_id", "sex", "label")[found.rows.tolist()]
    best = found.probabilities.argmax(axis=1)
    described = rows.with_columns(
        pl.Series("predicted", [classes[number] for number in best], dtype=pl.String),
        pl.Series("probabilities", found.probabilities.astype(np.float32).tolist(), dtype=pl.List(pl.Float32)),
        pl.lit(found.condition.draw, dtype=pl.Int64).alias("draw"),
        *_constants(shared, ADAPTED.schema),
    )
    return described.select(list(ADAPTED.columns))


def _counts(found: Answered, heard: Target, classes: Sequence[str], shared: dict[str, Any]) -> pl.DataFrame:
    best, labels, speakers = found.probabilities.argmax(axis=1), heard.labels[found.rows], heard.speakers[found.rows]
    names = np.unique(speakers)
    counts = [
        confusion(labels[speakers == name], best[speakers == name], len(classes)).ravel().tolist() for name in names
    ]
    known = heard.rows.group_by("speaker_id").agg(
        pl.col("sex").first(), *(pl.col(one).mode().sort().first() for one in ("elicitation", "language"))
    )
    rows = pl.DataFrame(
        {"speaker_id": names.tolist(), "counts": counts}, schema_overrides={"counts": pl.List(pl.Int64)}
    )
    return (
        rows.join(known, on="speaker_id", maintain_order="left")
        .with_columns(
            pl.lit(found.condition.draw, dtype=pl.Int64).alias("draw"),
            pl.lit(found.condition.name).alias("condition"),
            pl.Series("classes", [list(classes)] * len(rows), dtype=pl.List(pl.String)),
            *_constants(shared, COUNTS.schema),
        )
        .select(list(COUNTS.columns))
    )


def _constants(shared: dict[str, Any], schema: dict[str, Any]) -> list[pl.Expr]:
    return [pl.lit(value, dtype=schema[name]).alias(name) for name, value in shared.items()]


def _weights(study: Study, model: str, wanted: Sequence[tuple[str, str]]) -> list[Path]:
    sources = dict.fromkeys(source for source, _ in wanted)
    return [study.derived / "trained" / model / source / WEIGHTS for source in sources]
