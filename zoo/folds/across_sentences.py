"""Test speakers and test sentences that are both unseen in training: the hardest test that acted corpora allow.

The speakers are divided into five sets (fewer if there are fewer speakers; for IEMOCAP into its sessions, since a
dialogue has two speakers), the sentences into two, each balanced by class and sex. There is a fold for every pair of
sets: it tests those speakers with those sentences, and trains and tunes on the other speakers with the other sentences.
Together the folds test every utterance once. About half of a corpus is left out of each fold: utterances with a test
speaker or a test sentence, but not both. Atmaja and Sasou 2022 (arXiv 2210.14501) show how much sentences alone reveal.
"""

from zoo.errors import ZooError
from zoo.folds.contract import Protocol
from zoo.folds.speakers import Speakers, balanced_parts, balanced_sets, sessions

NUM_SPEAKER_SETS = 5
NUM_TEXT_SETS = 2


def test_sets(speakers: Speakers) -> list[list[str]]:
    """Balanced sets of speakers; speakers of one session stay together."""
    return balanced_sets(speakers, min(NUM_SPEAKER_SETS, len(sessions(speakers))))


def text_sets(texts: Speakers) -> list[list[str]]:
    """Two balanced sets of sentences. Raises ZooError when there are fewer than two sentences."""
    if len(texts) < NUM_TEXT_SETS:
        raise ZooError(
            f"across_sentences needs {NUM_TEXT_SETS} different sentences in the manifest, there are {len(texts)}",
            "choose another protocol in params.yaml (folds)",
        )
    units = [[name] for name in texts.names]
    parts = balanced_parts(units, texts, NUM_TEXT_SETS, seed=0)
    return [[texts.names[unit] for unit in part] for part in parts]


PROTOCOL = Protocol(
    "five balanced sets of speakers by two balanced sets of sentences, drawn with seed 0; about half of the corpus is "
    "left out of each fold",
    test_sets,
    text_sets=text_sets,
)
