"""Published splits: the speakers of each corpus, fold by fold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from zoo import corpora
from zoo.errors import ZooError
from zoo.folds.contract import Protocol
from zoo.folds.speakers import Speakers


@dataclass(frozen=True)
class Fold:
    """Speakers separated by blanks; dev is empty where none was published. The other speakers are train."""

    test: str
    dev: str = ""


def published(
    name: str, source: str, folds: Mapping[str, Sequence[Fold]], refused: Mapping[str, str] | None = None
) -> Protocol:
    """The protocol of splits that were published for some corpora.

    folds: corpus -> its folds. refused: corpus -> why its published split is not offered.
    The protocol's sets raise ZooError for another corpus, or for speakers that are not exactly those of the corpus.
    """

    def checked(speakers: Speakers) -> Sequence[Fold]:
        corpus = speakers.corpus
        if corpus not in folds:
            reason = (refused or {}).get(corpus, f"it splits {', '.join(folds)}")
            raise ZooError(f"{name} does not split {corpus}: {reason}", _INSTEAD)
        wanted = sorted(corpora.get(corpus).speakers)
        if list(speakers.names) != wanted:
            raise ZooError(
                f"{name} splits the {len(wanted)} speakers of {corpus}, but there are {len(speakers)}: "
                f"{', '.join(speakers.names[:5])}",
                _INSTEAD,
            )
        return folds[corpus]

    return Protocol(
        source,
        test_sets=lambda speakers: [fold.test.split() for fold in checked(speakers)],
        dev_sets=lambda speakers: [fold.dev.split() for fold in checked(speakers)],
        tests_everyone=all(len(parts) > 1 for parts in folds.values()),
    )


_INSTEAD = "choose another protocol in params.yaml (folds)"
SESSIONS = tuple(f"Ses0{number}F Ses0{number}M" for number in range(1, 6))  # of IEMOCAP
