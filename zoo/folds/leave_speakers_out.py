"""Five folds of speakers, balanced by class and sex."""

from zoo.errors import ZooError
from zoo.folds._protocol import Protocol
from zoo.folds._speakers import Speakers, resembling_parts

NUM_FOLDS = 5


def test_sets(speakers: Speakers) -> list[list[str]]:
    """Five sets that resemble each other. Raises ZooError with fewer than five speakers."""
    if len(speakers) < NUM_FOLDS:
        raise ZooError(
            f"leave_speakers_out needs {NUM_FOLDS} speakers, there are {len(speakers)}",
            "use leave_one_speaker_out in params.yaml (folds)",
        )
    units = [[name] for name in speakers.names]
    return [[speakers.names[unit] for unit in part] for part in resembling_parts(units, speakers, NUM_FOLDS, seed=0)]


PROTOCOL = Protocol("five balanced sets of speakers, drawn with seed 0", test_sets)
