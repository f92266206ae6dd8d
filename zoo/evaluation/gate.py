"""Whether new predictions are worse than old ones: the paired difference per speaker, model by model."""

from collections.abc import Collection
from dataclasses import dataclass, replace

import polars as pl

from zoo import metrics
from zoo.evaluation.comparison import Difference, detectable_at_most, difference
from zoo.evaluation.counting import BySpeaker, by_speaker, occurring
from zoo.metrics.contract import Metric
from zoo.tables.predictions import RELEASE

Place = tuple[str, str, str, str]  # model, source, target, task


@dataclass(frozen=True)
class Verdict:
    """The comparison of one model's answers to one task on one corpus, by the headline metric of the task.

    outcome: same (identical predictions), worse, not worse, too few speakers, new, dropped (no longer in the study),
    missing, or other utterances (none in common). old, new: the figures; change: new minus old, None if there is
    nothing to compare; for identical predictions its detectable difference is an upper bound.
    note: which utterances were left out of the comparison, if any.
    """

    model: str
    source: str
    target: str
    task: str
    outcome: str
    old: float | None = None
    new: float | None = None
    change: Difference | None = None
    note: str = ""
    synthetic: bool = False

    @property
    def name(self) -> str:
        """The model and the corpus that it was trained on."""
        return f"{self.model}@{self.source}"

    @property
    def metric(self) -> str:
        """The title of the metric that is compared."""
        return metrics.headline(self.task).title

    @property
    def fails(self) -> bool:
        """Whether the gate fails because of this model."""
        return self.outcome in ("worse", "missing", "other utterances")


def compare(
    old: pl.DataFrame,
    new: pl.DataFrame,
    confidence: float,
    models: Collection[str],
    corpora: Collection[str],
) -> list[Verdict]:
    """A verdict for every model, source, target and task in the `old` or the `new` predictions.

    A model is worse when its change is for the worse and significant: its interval does not hold zero. Every model that
    changed and can be tested is one more chance of a false alarm, so the intervals are widened (Bonferroni) to cover
    jointly with `confidence`.
    models, corpora: those of the study; a model of others is dropped, not missing.
    """
    before, after = _places(old), _places(new)
    changed = [place for place in before.keys() & after.keys() if _differ(before[place], after[place])]
    alone = [_verdict(place, before[place], after[place], confidence).change for place in changed]
    tested = [change for change in alone if change is not None and change.p is not None]
    each = 1 - (1 - confidence) / max(1, len(tested))
    verdicts = []
    for place in sorted(before.keys() | after.keys()):
        model, source, target, _ = place
        if place not in before:
            verdict = Verdict(*place, "new")
        elif place not in after:
            kept = model in models and {source, target} <= set(corpora)
            verdict = Verdict(*place, "missing" if kept else "dropped")
        else:
            verdict = _verdict(place, before[place], after[place], each)
        known = after.get(place, before.get(place))
        assert known is not None
        origins = {*known["source_origin"].unique(), *known["target_origin"].unique()}
        verdicts.append(replace(verdict, synthetic="synthetic" in origins))
    return verdicts


def _places(predictions: pl.DataFrame) -> dict[Place, pl.DataFrame]:
    """Each model's predictions: within a corpus those of the folds, across corpora those of the release."""
    across = pl.col("source") != pl.col("target")
    ours = predictions.filter((pl.col("fold") == RELEASE) == across)
    groups = ours.partition_by("model", "source", "target", "task", as_dict=True, maintain_order=True)
    return {(str(m), str(s), str(t), str(k)): frame for (m, s, t, k), frame in groups.items()}


def _differ(old: pl.DataFrame, new: pl.DataFrame) -> bool:
    """Whether any prediction or truth differs; of numbers, of which the figures depend on every one, any digit."""
    key = ["seed", "utterance_id"]
    numbers = {"categorical": [], "soft": ["probabilities", "truth"], "dimensional": ["values", "truth"]}
    columns = [*key, "label", "predicted", *numbers[old["task"][0]]]
    return not old.select(columns).sort(key).equals(new.select(columns).sort(key))


def _verdict(place: Place, old: pl.DataFrame, new: pl.DataFrame, confidence: float) -> Verdict:
    identity = ["utterance_id", "speaker_id", "label"]
    common_old = old.join(new, on=identity, how="semi", nulls_equal=True)
    common_new = new.join(old, on=identity, how="semi", nulls_equal=True)
    note = _left_out(old, new, common_old["utterance_id"])
    if common_old.is_empty():
        return Verdict(*place, "other utterances", note=note)
    classes = tuple(sorted({*occurring(common_old), *occurring(common_new)}))
    was, now = by_speaker(common_old, classes), by_speaker(common_new, classes)
    metric = metrics.headline(place[-1])
    if not (was.answers.has(metric.needs) and now.answers.has(metric.needs)):
        return Verdict(*place, "other utterances", note=f"no {metric.title} can be computed of both")
    change = difference(now, was, confidence, metric)
    if not _differ(common_old, common_new):
        outcome = "same"
        change = replace(change, detectable=detectable_at_most(was, confidence, metric))
    elif change.p is None:
        outcome = "too few speakers"
    else:
        wrong_side = change.value < 0 if metric.better == "higher" else change.value > 0
        outcome = "worse" if wrong_side and change.p < 1 - confidence else "not worse"
    return Verdict(*place, outcome, _figure(was, metric), _figure(now, metric), change, note)


def figure(predictions: pl.DataFrame) -> float | None:
    """The headline figure of one model's predictions for one task; None where it cannot be computed."""
    metric = metrics.headline(predictions["task"][0])
    found = by_speaker(predictions)
    return _figure(found, metric) if found.answers.has(metric.needs) else None


def _figure(found: BySpeaker, metric: Metric) -> float:
    return float(metric.figure(found.sums(metric).sum(axis=1)).mean())


def _left_out(old: pl.DataFrame, new: pl.DataFrame, common: pl.Series) -> str:
    one, other, shared = set(old["utterance_id"]), set(new["utterance_id"]), set(common)
    parts = [
        f"{len(some)} {what}, such as {min(some)}"
        for some, what in (
            (one - other, "only in the old predictions"),
            (other - one, "only in the new predictions"),
            ((one & other) - shared, "with another label or speaker"),
        )
        if some
    ]
    return "utterances left out: " + "; ".join(parts) if parts else ""
