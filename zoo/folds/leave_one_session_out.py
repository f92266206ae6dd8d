"""Every session of a dyadic corpus (IEMOCAP: a woman and a man each) is tested by a model trained on the others."""

from zoo.errors import ZooError
from zoo.folds.contract import Protocol
from zoo.folds.speakers import Speakers, sessions


def test_sets(speakers: Speakers) -> list[list[str]]:
    """One fold per session. Raises ZooError for a corpus without sessions."""
    found = sessions(speakers)
    if len(found) == len(speakers):
        raise ZooError(
            f"leave_one_session_out needs sessions, but the speakers of {speakers.corpus} were recorded alone",
            "use leave_one_speaker_out in params.yaml (folds)",
        )
    return found


PROTOCOL = Protocol("one fold per session, as in SUPERB's emotion recognition task for IEMOCAP", test_sets)
