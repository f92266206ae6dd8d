"""Whether new predictions are worse than old ones: the paired difference per speaker, model by model."""

from collections.abc import Collection
from dataclasses import dataclass, replace

import polars as pl

from zoo.evaluation.comparison import Difference, detectable_at_most, difference
from zoo.evaluation.counting import count_by_speaker, occurring
from zoo.metrics.confusion import uar
from zoo.tables.predictions import RELEASE

Place = tuple[str, str, str]  # model, source, target


@dataclass(frozen=True)
class Verdict:
    """The comparison of one model on one corpus.

    outcome: same (identical predictions), worse, not worse, too few speakers, new, dropped (no longer in the study),
    missing, or other utterances (none in common). change: new minus old UAR, None if there is nothing to compare; for
    identical predictions its detectable difference is an upper bound.
    note: which utterances were left out of the comparison, if any.
    """

    model: str
    source: str
    target: str
    outcome: str
    old: float | None = None
    new: float | None = None
    change: Difference | None = None
    note: str = ""
    synthetic: bool = False

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
    """A verdict for every model, source and target in the `old` or the `new` predictions.

    A model is worse when the whole interval of its change lies below zero. Every model that changed is one more chance
    of a false alarm, so the intervals are widened (Bonferroni) to cover jointly with `confidence`.
    models, corpora: those of the study; a model of others is dropped, not missing.
    """
    before, after = _places(old), _places(new)
    changed = [place for place in before.keys() & after.keys() if _differ(before[place], after[place])]
    each = 1 - (1 - confidence) / max(1, len(changed))
    verdicts = []
    for place in sorted(before.keys() | after.keys()):
        model, source, target = place
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
    groups = ours.partition_by("model", "source", "target", as_dict=True, maintain_order=True)
    return {(str(a), str(s), str(t)): frame for (a, s, t), frame in groups.items()}


def _differ(old: pl.DataFrame, new: pl.DataFrame) -> bool:
    columns = ["seed", "utterance_id", "label", "predicted"]
    return not old.select(columns).sort(columns).equals(new.select(columns).sort(columns))


def _verdict(place: Place, old: pl.DataFrame, new: pl.DataFrame, confidence: float) -> Verdict:
    identity = ["utterance_id", "speaker_id", "label"]
    common_old, common_new = old.join(new, on=identity, how="semi"), new.join(old, on=identity, how="semi")
    note = _left_out(old, new, common_old["utterance_id"])
    if common_old.is_empty():
        return Verdict(*place, "other utterances", note=note)
    classes = tuple(sorted({*occurring(common_old), *occurring(common_new)}))
    was, now = count_by_speaker(common_old, classes), count_by_speaker(common_new, classes)
    change = difference(now, was, confidence)
    if not _differ(common_old, common_new):
        outcome = "same"
        change = replace(change, detectable=detectable_at_most(was, confidence))
    elif change.high is None:
        outcome = "too few speakers"
    else:
        outcome = "worse" if change.high < 0 else "not worse"
    before, after = (float(uar(per_speaker.confusions.sum(axis=1)).mean()) for per_speaker in (was, now))
    return Verdict(*place, outcome, before, after, change, note)


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
