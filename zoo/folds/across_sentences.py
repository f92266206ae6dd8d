"""Speakers and sentences that training never met: the hardest test that acted corpora allow.

The speakers are cut into five sets (as many as there are speakers, if fewer; IEMOCAP's into its sessions, since a
dialogue has two speakers), the sentences into two, each balanced by class and sex. A fold for every pair: it tests
those speakers with those sentences, and trains and tunes on the other speakers with the other sentences. Together the
folds test every utterance once. About half of a corpus is left out of each fold: utterances that would put a test
speaker or a test sentence on the wrong side. Atmaja and Sasou 2022 (arXiv 2210.14501) show what sentences alone give
away.
"""

from zoo.errors import ZooError
from zoo.folds.contract import Protocol
from zoo.folds.speakers import Speakers, resembling_parts, resembling_sets, sessions

NUM_SPEAKER_SETS = 5
NUM_TEXT_SETS = 2


def test_sets(speakers: Speakers) -> list[list[str]]:
    """Sets of speakers that resemble each other; those of a session stay together."""
    return resembling_sets(speakers, min(NUM_SPEAKER_SETS, len(sessions(speakers))))


def text_sets(texts: Speakers) -> list[list[str]]:
    """Two sets of sentences that resemble each other. Raises ZooError when there are not two sentences."""
    if len(texts) < NUM_TEXT_SETS:
        raise ZooError(
            f"across_sentences needs {NUM_TEXT_SETS} sentences that the manifest tells apart, there are {len(texts)}",
            "choose another protocol in params.yaml (folds)",
        )
    units = [[name] for name in texts.names]
    parts = resembling_parts(units, texts, NUM_TEXT_SETS, seed=0)
    return [[texts.names[unit] for unit in part] for part in parts]


PROTOCOL = Protocol(
    "five balanced sets of speakers by two balanced sets of sentences, drawn with seed 0; about half of the corpus is "
    "left out of each fold",
    test_sets,
    text_sets=text_sets,
)
