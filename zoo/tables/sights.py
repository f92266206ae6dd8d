"""The ledger: what was seen of the target before its utterances were answered. Every prediction carries it."""

from dataclasses import dataclass
from typing import Literal

SELECTION = "labels of the test speakers, to select by"  # of models that are selected as published


@dataclass(frozen=True)
class Sights:
    """What is seen of the target before an utterance is answered.

    utterances: unlabelled ones: none; earlier: those that were answered before; all that there are.
    speakers: who speaks in each. prior: how frequent each class is, assumed or known. labels: labelled utterances of
    each class, of speakers who are then not tested. enrolled: unlabelled utterances of each speaker, which are then not
    tested.

    >>> Sights().text, Sights("all", speakers=True).text, Sights(labels=5).text
    ('nothing', 'unlabelled utterances, their speakers', '5 labels a class')
    >>> Sights(speakers=True, enrolled=2).text
    '2 unlabelled utterances of each speaker, their speakers'
    """

    utterances: Literal["none", "earlier", "all"] = "none"
    speakers: bool = False
    prior: bool = False
    labels: int = 0
    enrolled: int = 0

    @property
    def text(self) -> str:
        """For tables, the same for equal sights alone."""
        found = {"none": [], "earlier": ["earlier utterances"], "all": ["unlabelled utterances"]}[self.utterances]
        found += [f"{self.enrolled} unlabelled utterances of each speaker"] if self.enrolled else []
        found += ["their speakers"] if self.speakers else []
        found += ["an assumed prior"] if self.prior else []
        found += [f"{self.labels} labels a class"] if self.labels else []
        return ", ".join(found) or "nothing"
