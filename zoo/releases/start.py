"""Releases from which models of a study start: found and verified as `zoo pull` does, and put beside the plan."""

import shutil
from pathlib import Path

from zoo import corpora
from zoo.errors import ZooError
from zoo.releases import CARD, WEIGHTS
from zoo.releases.card import Card
from zoo.runtime.release import StartOf
from zoo.study.study import Study


def bring(study: Study, folder: Path) -> None:
    """Write folder/MODEL/ for every model that starts from a release: its facts and its weights.

    Raises ZooError for a release that there is not (with near names) or that is damaged, and for an unknown corpus.
    """
    for name, model in study.models.items():
        if model.start is None or model.start.release is None:
            continue
        from zoo.training import start  # torch, which other studies do not need here

        card, place = pulled(model.start.release)
        (folder / name).mkdir(parents=True)
        shutil.copyfile(place / WEIGHTS, folder / name / start.WEIGHTS)
        start.write(folder / name, facts_of(card), card.release)


def pulled(name: str) -> tuple[Card, Path]:
    """The card of model@corpus:version and the folder in which it is. Raises ZooError as `zoo pull` does."""
    from zoo.releases.card import read
    from zoo.releases.pull import pull

    folder = pull(name).folder
    return read(folder / CARD), folder


def facts_of(card: Card) -> StartOf:
    """What a model that starts from a release has to state. Raises ZooError for corpora of which no terms are known."""
    pooled = [one.partition("/")[0] for one in card.training.speakers if "/" in one]
    members = sorted(set(pooled)) or [card.release.corpus]
    teacher = card.release.teacher
    facts = StartOf.stated(
        card.name,
        members,
        card.training.speakers,
        card.training.sha256_samples,
        teacher.base if teacher else None,
        card.release.start,
        version=card.version,
        identity=card.identity,
        weights_sha256=card.files[WEIGHTS].sha256,
    )
    for corpus in facts.corpora:
        if not corpora.REGISTRY.has(corpus):
            raise ZooError(
                f"{card.full_name} was trained on {corpus}, a corpus that this zoo does not know",
                "add its reader to zoo/corpora/, so that its terms are known, or choose another release",
            )
    return facts
