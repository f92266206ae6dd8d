"""EMO-SUPERB's folds of IEMOCAP and CREMA-D: test and dev rotate, and share no speakers with the other splits.

Published with soft labels for all 10,039 and 7,442 utterances; our label schemes may leave some out.
"""

from zoo.folds.published import SESSIONS, Fold, published

# (test, dev) of each fold, by number of the session
_ROTATION = ((4, 5), (3, 4), (2, 3), (1, 2), (5, 1))
_FIRST = (1001, 1019, 1037, 1055, 1073)  # of CREMA-D's blocks of consecutive actors
_BLOCKS = [
    " ".join(str(actor) for actor in range(first, after))
    for first, after in zip(_FIRST, (*_FIRST[1:], 1092), strict=True)
]

PROTOCOL = published(
    "emo_superb",
    "EMO-SUPERB (Wu et al. 2024): partition files of IEMOCAP and CREMA-D",
    {
        "iemocap": [Fold(SESSIONS[test - 1], SESSIONS[dev - 1]) for test, dev in _ROTATION],
        "crema_d": [Fold(block, _BLOCKS[(number + 1) % 5]) for number, block in enumerate(_BLOCKS)],
    },
)
