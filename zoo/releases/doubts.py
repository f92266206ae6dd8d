"""What a card knows that belongs beside an answer: how the model does elsewhere, and where it was seen to fail."""

from dataclasses import dataclass

from zoo import corpora
from zoo.audio import Heard
from zoo.checks.audio import MUCH_CLIPPED
from zoo.releases.card import Card
from zoo.study.cross import LEAVE_ONE_CORPUS_OUT


@dataclass(frozen=True)
class Elsewhere:
    """A model's UAR on a corpus that it was not trained on, 0 to 1, with its interval. chance: one in its classes."""

    target: str
    scheme: str
    uar: float
    low: float | None
    high: float | None
    chance: float
    exploration: str | None


def elsewhere(card: Card) -> list[Elsewhere]:
    """Of all corpora that the card has a UAR on, but that the model was not trained on."""
    scores = card.scores.within if card.release.protocol == LEAVE_ONE_CORPUS_OUT else []
    pool = [score for score in scores if score.target != card.release.corpus]
    return [
        Elsewhere(
            score.target,
            score.scheme,
            score.value,
            score.low,
            score.high,
            1 / _num_classes(card, score.mode),
            score.exploration,
        )
        for score in (*card.scores.cross, *pool)
        if score.metric == "uar" and score.value is not None
    ]


def _num_classes(card: Card, mode: str) -> int:
    mapped = {name for name in card.labels.cross.values() if name is not None}
    return max(1, len(mapped) if mode == "mapped" and mapped else len(card.classes))


def of_model(card: Card) -> list[str]:
    """A line for each thing that every answer of this model should be read with."""
    if not card.classes:
        return []
    found = elsewhere(card)
    if not found:
        return [f"how {card.name} does on speech of other corpora was not measured"]
    figures = "; ".join(
        f"{one.uar:.3f} on {one.target}"
        + (f" ({one.low:.3f} to {one.high:.3f})" if one.low is not None and one.high is not None else "")
        + f", chance {one.chance:.2f}"
        for one in found
    )
    seen = " (post-exploration: choices have seen some of these speakers)" if any(o.exploration for o in found) else ""
    lines = [f"on speech of other corpora, of which it saw nothing, {card.name} reached a UAR of {figures}{seen}"]
    return lines + _under_gain(card)


def _under_gain(card: Card) -> list[str]:
    """Where its figure under another gain lies below the interval of its own figure."""
    own = card.uar
    if own is None or own.low is None:
        return []
    worse = [one for one in card.scores.gain if one.metric == "uar" and one.value < own.low]
    return [
        f"its UAR of {own.value:.3f} falls to {one.value:.3f} at {one.condition.replace('_', ' ')}" for one in worse
    ]


def of_recording(card: Card, heard: Heard) -> list[str]:
    """What makes a recording unlike those that the model was trained on and measured with."""
    lines = []
    if (span := _durations(card)) and not span[0] <= heard.duration_s <= span[1]:
        unlike = "shorter" if heard.duration_s < span[0] else "longer"
        lines.append(
            f"lasts {heard.duration_s:.2f} s, {unlike} than all speech that {card.name} was trained on "
            f"({span[0]:g} to {span[1]:g} s)" + ("; --timeline answers window by window" if unlike == "longer" else "")
        )
    if heard.level.clipped > MUCH_CLIPPED:
        lines.append(f"is clipped: {heard.level.clipped:.0%} of its samples are at full scale")
    return lines


def _durations(card: Card) -> tuple[float, float] | None:
    """The shortest and longest utterance of the corpora that it was trained on, in seconds; None if not known."""
    pooled = {speaker.partition("/")[0] for speaker in card.training.speakers if "/" in speaker}
    names = (pooled or {card.release.corpus}) & set(corpora.names())
    ranges = [corpora.get(name).duration_range_s for name in names]
    return (min(low for low, _ in ranges), max(high for _, high in ranges)) if ranges else None
