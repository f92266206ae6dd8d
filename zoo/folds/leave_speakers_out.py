"""Five folds of speakers, balanced by class and sex."""

from zoo.errors import ZooError
from zoo.folds.contract import Protocol
from zoo.folds.speakers import Speakers, balanced_sets, sessions

NUM_FOLDS = 5


def test_sets(speakers: Speakers) -> list[list[str]]:
    """Five balanced sets; speakers of one session stay together. Raises ZooError with fewer than five."""
    if (number := len(sessions(speakers))) < NUM_FOLDS:
        raise ZooError(
            f"leave_speakers_out needs {NUM_FOLDS} speakers (or sessions), there are {number}",
            "use leave_one_speaker_out in params.yaml (folds)",
        )
    return balanced_sets(speakers, NUM_FOLDS)


PROTOCOL = Protocol("five balanced sets of speakers, drawn with seed 0", test_sets)
