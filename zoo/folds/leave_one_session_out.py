"""Every session of a dyadic corpus (IEMOCAP: a woman and a man each) is tested by a model of the others."""

from itertools import groupby

from zoo.errors import ZooError
from zoo.folds._protocol import Protocol
from zoo.folds._speakers import Speakers


def test_sets(speakers: Speakers) -> list[list[str]]:
    """A fold a session; a speaker's name is the session's followed by F or M, as in Ses01F.

    Raises ZooError for names that tell no session.
    """
    if strange := [name for name in speakers.names if name[-1:] not in ("F", "M")]:
        raise ZooError(
            f"leave_one_session_out: speaker '{strange[0]}' names no session",
            "use leave_one_speaker_out in params.yaml (folds)",
        )
    return [list(group) for _, group in groupby(speakers.names, key=lambda name: name[:-1])]


PROTOCOL = Protocol("one fold a session, as in SUPERB's emotion recognition task for IEMOCAP", test_sets)
