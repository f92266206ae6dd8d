"""From predictions to the scores table: every figure with its interval, and the baselines that models must beat."""

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from zoo.errors import ZooError
from zoo.evaluation.baselines import BASELINES, CHANCE, with_majority
from zoo.evaluation.counting import SET, SpeakerConfusions, count_by_speaker
from zoo.evaluation.intervals import Estimate, estimate, jackknife, left_out
from zoo.evaluation.mapping import map_predictions
from zoo.metrics.confusion import OVERALL, PER_CLASS, uar
from zoo.tables.predictions import RELEASE
from zoo.tables.scores import SCORES

Row = dict[str, Any]


def in_all_schemes(
    predictions: pl.DataFrame, mappings: Mapping[str, Mapping[str, str | None]], cross_scheme: str
) -> pl.DataFrame:
    """The predictions, and those within a corpus once more in the cross scheme, so that they compare across corpora.

    mappings: for each corpus where the classes of its own scheme go in `cross_scheme` (see zoo.labels.class_mapping).
    """
    within = predictions.filter((pl.col("fold") != RELEASE) & (pl.col("scheme") != cross_scheme))
    mapped = []
    for part in within.partition_by("source", maintain_order=True):
        source = part["source"][0]
        if source not in mappings:
            raise ZooError(f"there is no mapping of the labels of {source} to {cross_scheme}")
        mapped.append(map_predictions(part, mappings[source], cross_scheme))
    return pl.concat([predictions, *mapped])


def score(predictions: pl.DataFrame, study: str, confidence: float) -> pl.DataFrame:
    """The scores (see zoo.tables.scores) of predictions, as `in_all_schemes` gives them.

    Within a corpus the test predictions of all folds are pooled; with several seeds a figure is the mean of the seeds'
    figures. Figures of models and of the baselines 'chance' and 'majority'.
    Raises ZooError where models were tested on different utterances.
    """
    predictions = predictions.filter(pl.col("label").is_not_null() & pl.col("predicted").is_not_null())
    _check_same_utterances(predictions)
    rows: list[Row] = []
    chance_of: set[tuple[str, ...]] = set()
    for part in with_majority(_with_release_protocol(predictions)).partition_by(SET, maintain_order=True):
        first = part.row(0, named=True)
        shared = {name: first[name] for name in (*SET, "source_origin", "target_origin")}
        shared |= {"study": study, "mode": "trained" if first["scheme"] == first["trained_scheme"] else "mapped"}
        per_speaker = count_by_speaker(part)
        rows += (shared | row for row in _figures(per_speaker, confidence, baseline=first["model"] in BASELINES))
        if (place := tuple(first[name] for name in SET[1:])) not in chance_of:
            chance_of.add(place)
            rows += (shared | {"model": CHANCE} | row for row in _chance(per_speaker))
    return SCORES.check(SCORES.frame(rows), "scores")


def _figures(per_speaker: SpeakerConfusions, confidence: float, baseline: bool) -> Iterator[Row]:
    confusions = per_speaker.confusions
    for name, metric in OVERALL.items():
        yield _row(name, "all", jackknife(confusions, metric, confidence), per_speaker)
    if baseline:
        return
    labelled, predicted = confusions.sum(axis=(0, 3)) > 0, confusions.sum(axis=(0, 2)) > 0  # (K, C)
    contributes = {"recall": labelled, "precision": predicted, "f1": labelled | predicted}
    for name, metric in PER_CLASS.items():
        values, without = left_out(confusions, metric)
        for at, label in enumerate(per_speaker.classes):
            speakers = contributes[name][:, at]  # the class occurs in neither labels nor predictions of the others
            found = estimate(float(values[at]), without[speakers, at], confidence)
            num_utterances = int(confusions[0, :, at].sum())
            yield _row(name, f"class={label}", found, per_speaker, num_utterances, int(speakers.sum()))
    for sex in sorted({sex for sex in per_speaker.sexes if sex is not None}):
        mine = [at for at, other in enumerate(per_speaker.sexes) if other == sex]
        some = confusions[:, mine]
        for name in ("uar", "accuracy"):
            found = jackknife(some, OVERALL[name], confidence)
            yield _row(name, f"sex={sex}", found, per_speaker, int(some[0].sum()), len(mine))
    for at, speaker in enumerate(per_speaker.speakers):
        alone = confusions[:, [at]]
        found = jackknife(alone, uar, confidence)
        yield _row("uar", f"speaker={speaker}", found, per_speaker, int(alone[0].sum()), 1)


def _chance(per_speaker: SpeakerConfusions) -> Iterator[Row]:
    num_classes = int((per_speaker.total.sum(axis=1) > 0).sum())
    exact = Estimate(1 / num_classes, None, None, 0.0, f"none: exactly 1 / {num_classes} classes")
    for name in ("uar", "accuracy"):
        yield _row(name, "all", exact, per_speaker) | {"num_seeds": 0}


def _row(
    metric: str,
    group: str,
    found: Estimate,
    per_speaker: SpeakerConfusions,
    num_utterances: int | None = None,
    num_speakers: int | None = None,
) -> Row:
    return {
        "metric": metric,
        "group": group,
        "value": found.value,
        "low": found.low,
        "high": found.high,
        "interval": found.how,
        "num_utterances": per_speaker.num_utterances if num_utterances is None else num_utterances,
        "num_speakers": len(per_speaker.speakers) if num_speakers is None else num_speakers,
        "num_seeds": len(per_speaker.seeds),
    }


def _with_release_protocol(predictions: pl.DataFrame) -> pl.DataFrame:
    is_release = pl.col("fold") == RELEASE
    return predictions.with_columns(
        pl.when(is_release).then(pl.lit(RELEASE)).otherwise(pl.col("protocol")).alias("protocol")
    )


def _check_same_utterances(predictions: pl.DataFrame) -> None:
    """Raise ZooError unless all models of a place were tested on the same utterances with the same labels."""
    place = ["source", "target", "scheme"]
    facts = predictions.group_by("model", *place).agg(
        pl.col("utterance_id").n_unique().alias("number"),
        pl.struct("utterance_id", "label").unique().hash().sort().implode().alias("content"),
    )
    uneven = facts.group_by(place).agg(
        pl.col("content").n_unique(), pl.struct("model", "number").sort().alias("numbers")
    )
    for row in uneven.filter(pl.col("content") > 1).sort(place).iter_rows(named=True):
        numbers = ", ".join(f"{each['model']} {each['number']}" for each in row["numbers"])
        raise ZooError(
            f"models of {row['source']} were tested on different utterances of {row['target']}: {numbers}",
            "run `dvc repro` to make the predictions again",
        )
