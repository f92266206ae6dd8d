"""The five subject-wise folds of Luna-Jimenez et al. 2021 for RAVDESS (Sensors 21(22):7665).

The authors select the checkpoint on the test fold; here it is selected on separate dev speakers.
"""

from zoo.errors import ZooError
from zoo.folds.contract import Protocol
from zoo.folds.speakers import Speakers

TEST_ACTORS = (
    ("02", "05", "14", "15", "16"),
    ("03", "06", "07", "13", "18"),
    ("10", "11", "12", "19", "20"),
    ("08", "17", "21", "23", "24"),
    ("01", "04", "09", "22"),
)


def test_sets(speakers: Speakers) -> list[list[str]]:
    """The published sets. Raises ZooError unless the speakers are RAVDESS's 24 actors."""
    wanted = sorted(actor for fold in TEST_ACTORS for actor in fold)
    if list(speakers.names) != wanted:
        raise ZooError(
            f"luna_jimenez splits RAVDESS's 24 actors, but there are {len(speakers)}: {', '.join(speakers.names[:5])}",
            "choose another protocol in params.yaml (folds)",
        )
    return [list(fold) for fold in TEST_ACTORS]


PROTOCOL = Protocol("Luna-Jimenez et al. 2021, doi 10.3390/s21227665", test_sets)
