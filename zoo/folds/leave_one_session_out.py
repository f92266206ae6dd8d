"""Every session of a dyadic corpus (IEMOCAP: a woman and a man each) is tested by a model of the others."""

from zoo.errors import ZooError
from zoo.folds.contract import Protocol
from zoo.folds.speakers import Speakers, sessions


def test_sets(speakers: Speakers) -> list[list[str]]:
    """A fold a session. Raises ZooError for a corpus of speakers who speak alone."""
    found = sessions(speakers)
    if len(found) == len(speakers):
        raise ZooError(
            f"leave_one_session_out: the speakers of {speakers.corpus} talk to nobody, they have no sessions",
            "use leave_one_speaker_out in params.yaml (folds)",
        )
    return found


PROTOCOL = Protocol("one fold a session, as in SUPERB's emotion recognition task for IEMOCAP", test_sets)
