"""What a new version is compared with before it takes the place of the present one."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from zoo import metrics
from zoo.errors import ZooError
from zoo.evaluation import gate
from zoo.releases import CARD, PREDICTIONS, parse_version, tested
from zoo.releases.card import Card, Score, read
from zoo.releases.catalogue import Catalogue
from zoo.releases.fetch import fetch
from zoo.releases.index import Entry
from zoo.tables.folds import SPEAKER_DEPENDENT

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Comparison:
    """With the release `version`. objection: why it must not take its place, empty where it may. in_words: both figures
    and how they were compared."""

    version: str
    objection: str
    in_words: str


WORSE = "it is worse"


def superseded(card: Card, version: str, places: Iterable[tuple[Catalogue, Entry]]) -> tuple[Catalogue, Entry] | None:
    """The newest release of the same name and origin below a version, and where it is; None if there is none.

    None too where something newer than this version is pulled anyway.
    """
    alike = [place for place in places if place[1].name == card.name and place[1].origin == card.origin]
    others = [place for place in alike if place[1].identity != card.identity]
    newest = max(others, key=lambda place: parse_version(place[1].version), default=None)
    if newest is None or parse_version(newest[1].version) >= parse_version(version):
        return None
    return newest


def compare(card: Card, old: Entry, catalogue: Catalogue) -> Comparison:
    """A candidate with a release: by the paired test of `zoo gate` where both were tested on the same people, by the
    same protocol and in the same scheme, and the predictions are at hand; else by their figures."""
    try:
        folder = fetch(old, catalogue, old.folder, [])
        former = read(folder / CARD)
    except ZooError as error:
        return Comparison(old.version, "", f"not compared with {old.version}: {error.message}")
    one, other = card.release, former.release
    if (one.scheme, one.classes, one.task.task_type) != (other.scheme, other.classes, other.task.task_type):
        why = "it answers with other classes, which whoever pulls the name does not expect"
        return Comparison(old.version, why, f"not compared with {old.version}")
    if {one.protocol, other.protocol} & set(SPEAKER_DEPENDENT):
        return Comparison(old.version, "", f"not compared with {old.version}: one of them had no new speakers")
    if one.protocol != other.protocol:
        return _by_figures(card, former, f"it was tested by {other.protocol}, this one by {one.protocol}")
    return _paired(card, former, folder)


def _paired(card: Card, former: Card, folder: Path) -> Comparison:
    old, new = tested.of_release(former, folder), tested.of_study(card)
    if old is None or new is None:
        whose = former.version if old is None else "this one"
        return _by_figures(card, former, f"no {PREDICTIONS} of {whose} gives its figure")
    (verdict, *_) = gate.compare(old, new, CONFIDENCE, [card.release.model], [card.release.corpus])
    change = verdict.change
    if verdict.outcome not in ("same", "worse", "not worse") or change is None or verdict.old is None:
        return _by_figures(card, former, verdict.note or verdict.outcome)
    p = "" if change.p is None else ", p < 0.001" if change.p < 0.001 else f", p = {change.p:.3f}"
    how = f"paired over {change.num_speakers} speakers: {change.value:+.3f}{p}"
    left_out = f"; {verdict.note}" if verdict.note else ""
    words = f"{verdict.metric} {verdict.new:.3f} against {verdict.old:.3f} of {former.version} ({how}{left_out})"
    return Comparison(former.version or "", WORSE if verdict.outcome == "worse" else "", words)


def _by_figures(card: Card, former: Card, why: str) -> Comparison:
    """Worse where the new figure is below the old one's interval; without an interval, where it is lower at all."""
    new, old = tested.headline(card), tested.headline(former)
    version = former.version or ""
    if old is None or old.value is None:
        return Comparison(version, "", f"not compared with {version}, which has no figure")
    if new is None or new.value is None or new.metric != old.metric:
        return Comparison(version, f"it has no {metrics.get(old.metric).title}", f"not compared with {version}")
    metric = metrics.get(old.metric)
    lower_is_better = metric.better == "lower"
    end = (old.high if lower_is_better else old.low) or old.value
    is_worse = new.value > end if lower_is_better else new.value < end
    words = (
        f"{metric.title} {_with_interval(new)} against {_with_interval(old)} of {version} "
        f"(their figures alone, since {why})"
    )
    return Comparison(version, WORSE if is_worse else "", words)


def _with_interval(score: Score) -> str:
    interval = "" if score.low is None or score.high is None else f" [{score.low:.3f}, {score.high:.3f}]"
    return f"{score.value:.3f}{interval}"
