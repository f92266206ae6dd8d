"""From predictions to the scores table: every figure with its interval, and the baselines that models must beat."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from zoo import metrics
from zoo.errors import ZooError
from zoo.evaluation.baselines import BASELINES, CHANCE, with_baselines
from zoo.evaluation.counting import NO_SPEAKERS, SET, BySpeaker, by_speaker, occurring
from zoo.evaluation.intervals import Estimate, estimate, jackknife, left_out, too_few
from zoo.evaluation.mapping import map_predictions
from zoo.metrics.contract import Metric
from zoo.study.cross import LEAVE_ONE_CORPUS_OUT
from zoo.study.exploration import Exploration, explored
from zoo.tables.predictions import RELEASE
from zoo.tables.scores import SCORES

# what is scored for each sex, beside the headline, which is scored for each speaker too
ALSO_BY_SEX = {"categorical": ("accuracy",), "soft": ("uar",), "dimensional": ()}
Row = dict[str, Any]


def in_all_schemes(
    predictions: pl.DataFrame, mappings: Mapping[str, Mapping[str, str | None]], cross_scheme: str
) -> pl.DataFrame:
    """The predictions, and those within a corpus once more in the cross scheme, so that they compare across corpora.

    Only those of labelled utterances by models that answer with classes.
    mappings: for each corpus where the classes of its own scheme go in `cross_scheme` (see zoo.labels.class_mapping).
    """
    known = pl.col("probabilities").is_not_null() & pl.col("label").is_not_null()
    within = predictions.filter((pl.col("fold") != RELEASE) & (pl.col("scheme") != cross_scheme) & known)
    mapped = []
    for part in within.partition_by("source", maintain_order=True):
        source = part["source"][0]
        if source not in mappings:
            raise ZooError(f"there is no mapping of the labels of {source} to {cross_scheme}")
        mapped.append(map_predictions(part, mappings[source], cross_scheme))
    return pl.concat([predictions, *mapped])


def score(
    predictions: pl.DataFrame, study: str, confidence: float, exploration: Mapping[str, Exploration] | None = None
) -> pl.DataFrame:
    """The scores (see zoo.tables.scores) of predictions, as `in_all_schemes` gives them.

    Within a corpus the test predictions of all folds are pooled; with several seeds a figure is the mean of the seeds'
    figures. Figures of models and of the baselines 'chance', 'majority' and 'mean', by every metric of their task.
    exploration: by corpus, what choices have seen of its speakers before; figures of these say so.
    Raises ZooError where models were tested on different utterances.
    """
    check_same_utterances(predictions)
    outputs = outputs_of(predictions)
    rows: list[Row] = []
    chance_of: set[tuple[str, ...]] = set()
    for part in with_baselines(with_release_protocol(predictions)).partition_by(SET, maintain_order=True):
        first = part.row(0, named=True)
        shared = {name: first[name] for name in (*SET, "source_origin", "target_origin")}
        shared |= {"study": study, "mode": mode_of(first)}
        names = outputs.get((first["source"], first["scheme"]), ())
        recalibrate = first["task"] == "categorical" and shared["mode"] == "trained"
        found = by_speaker(part, outputs=names, recalibrate=recalibrate)
        trained = first["model"] not in BASELINES
        # nobody chooses anything about a baseline
        seen = exploration or {} if trained else {}
        part_of = _Part(first["task"], found, confidence, first["target"], first["protocol"], seen)
        rows += (shared | row for row in part_of.figures(baseline=not trained))
        place = tuple(first[name] for name in SET[1:])
        if part_of.found.answers.has(("label", "predicted")) and place not in chance_of:
            chance_of.add(place)
            rows += (shared | {"model": CHANCE} | row | {"exploration": None} for row in part_of.chance())
    return SCORES.check(SCORES.frame(rows), "scores")


def mode_of(row: Mapping[str, Any]) -> str:
    """Whether a row of the predictions is in the scheme that its model was trained in."""
    return "trained" if row["scheme"] == row["trained_scheme"] else "mapped"


def outputs_of(predictions: pl.DataFrame) -> dict[tuple[str, str], tuple[str, ...]]:
    """The classes of a source's models in a scheme, which their probabilities are of: those that occur within it."""
    within = predictions.filter(pl.col("source") == pl.col("target"))
    parts = within.partition_by("source", "scheme", as_dict=True, maintain_order=True)
    return {(str(source), str(scheme)): occurring(part) for (source, scheme), part in parts.items()}


@dataclass(frozen=True)
class _Part:
    """The figures of one set of predictions (see SET), as rows of the scores."""

    task: str
    found: BySpeaker
    confidence: float
    target: str
    protocol: str
    exploration: Mapping[str, Exploration]

    def figures(self, baseline: bool) -> Iterator[Row]:
        for metric in metrics.applicable(self.task, self.found.answers):
            if metric.per_class:
                yield from () if baseline else self._per_class(metric)
            else:
                sums = self.found.sums(metric)
                speakers = int(metric.contributes(sums.sum(axis=0)).sum())
                found = jackknife(sums, metric, self.confidence)
                yield self._row(metric, "all", found, self.found.number(metric), speakers)
        if self.found.temperature is not None:
            why = "none: the best temperature for the logits of all folds; what a release may divide its logits by"
            best = Estimate(self.found.temperature, None, None, None, why)
            loss = metrics.get("log_loss_recalibrated")  # of the utterances that it was fitted on
            speakers = int(loss.contributes(self.found.sums(loss).sum(axis=0)).sum())
            yield self._row("temperature", "all", best, self.found.number(loss), speakers)
        if not baseline:
            yield from self._by_sex()
            yield from self._by_speaker()
            yield from self._by_corpus()

    def _per_class(self, metric: Metric) -> Iterator[Row]:
        sums = self.found.sums(metric)
        values, without = left_out(sums, metric)
        counts = sums.sum(axis=0)  # (K, C, C)
        contributes = metric.contributes(counts)  # (K, C)
        numbers = None if metric.number is None else metric.number(sums.sum(axis=1)).mean(axis=0)  # (C,)
        occurs = (counts.sum(axis=(0, 1)) > 0) | (counts.sum(axis=(0, 2)) > 0)
        for at, label in enumerate(self.found.classes):
            if not occurs[at]:
                continue  # neither a label nor a prediction
            some = contributes[:, at]
            number = None if numbers is None else float(numbers[at])
            found = estimate(float(values[at]), without[some, at], self.confidence, metric, number)
            yield self._row(metric, f"class={label}", found, int(sums[0, :, at].sum()), int(some.sum()))

    def _by_sex(self) -> Iterator[Row]:
        wanted = (metrics.HEADLINE[self.task], *ALSO_BY_SEX[self.task])
        known = [metric for metric in map(metrics.get, wanted) if self.found.answers.has(metric.needs)]
        for sex in sorted({sex for sex in self.found.sexes if sex is not None}):
            mine = [at for at, other in enumerate(self.found.sexes) if other == sex]
            for metric in known:
                yield self._group(metric, f"sex={sex}", mine)

    def _by_speaker(self) -> Iterator[Row]:
        metric = metrics.headline(self.task)
        if self.found.answers.has(metric.needs):
            for at, speaker in enumerate(self.found.speakers):
                yield self._group(metric, f"speaker={speaker}", [at])

    def _by_corpus(self) -> Iterator[Row]:
        """Of a pool, the corpora that were left out of training in turn; their name begins that of a speaker."""
        if self.protocol != LEAVE_ONE_CORPUS_OUT:
            return
        corpora = [name.partition("/")[0] for name in self.found.speakers]
        wanted = (metrics.HEADLINE[self.task], *ALSO_BY_SEX[self.task])
        for metric in map(metrics.get, wanted):
            if self.found.answers.has(metric.needs):
                for corpus in sorted(set(corpora)):
                    mine = [at for at, other in enumerate(corpora) if other == corpus]
                    yield self._group(metric, f"corpus={corpus}", mine)

    def _group(self, metric: Metric, group: str, mine: list[int]) -> Row:
        some = self.found.sums(metric)[:, mine]
        one_seed = np.isin(self.found.answers.group, mine)  # the groups of the first seed are the speakers
        present = self.found.answers.where(one_seed).complete(metric.needs)
        found = jackknife(some, metric, self.confidence)
        row = self._row(metric, group, found, len(present), len(mine))
        return row | {"exploration": self._seen([self.found.speakers[at] for at in mine])}

    def chance(self) -> Iterator[Row]:
        num_classes = int((self.found.total.sum(axis=1) > 0).sum())
        if num_classes == 0:
            return
        exact = Estimate(1 / num_classes, None, None, 0.0, f"none: exactly 1 / {num_classes} classes")
        for metric in (metrics.get("uar"), metrics.get("accuracy")):
            speakers = len(self.found.speakers)
            yield self._row(metric, "all", exact, self.found.number(metric), speakers) | {"num_seeds": 0}

    def _row(self, metric: Metric | str, group: str, found: Estimate, num_utterances: int, num_speakers: int) -> Row:
        return {
            "metric": metric if isinstance(metric, str) else metric.name,
            "group": group,
            "value": found.value,
            "low": found.low,
            "high": found.high,
            "interval": NO_SPEAKERS if self._lacks_speakers(found) else found.how,
            "num_utterances": num_utterances,
            "num_speakers": 0 if self.found.anonymous else num_speakers,
            "num_seeds": len(self.found.seeds),
            "exploration": self._seen(self.found.speakers),
        }

    def _lacks_speakers(self, found: Estimate) -> bool:
        return self.found.anonymous and found.how == too_few(1)

    def _seen(self, speakers: Sequence[str]) -> str | None:
        return explored(self.exploration, self.target, speakers)


def with_release_protocol(predictions: pl.DataFrame) -> pl.DataFrame:
    """The predictions, with the protocol 'release' for those of the model of all speakers."""
    is_release = pl.col("fold") == RELEASE
    return predictions.with_columns(
        pl.when(is_release).then(pl.lit(RELEASE)).otherwise(pl.col("protocol")).alias("protocol")
    )


def check_same_utterances(predictions: pl.DataFrame) -> None:
    """Raise ZooError unless all models of a place were tested on the same utterances with the same labels."""
    place = ["source", "target", "task", "scheme"]
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
