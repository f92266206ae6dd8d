"""EmoBox's folds of the corpora that it splits by speakers: IEMOCAP, RAVDESS and SAVEE.

Published as data/<corpus>/fold_k without dev splits; dev speakers are drawn from those that are not tested. Where the
speakers of a corpus have unequal numbers of each emotion, EmoBox splits at random, so that splits share speakers.
"""

from zoo.folds.published import SESSIONS, Fold, published

RAVDESS = ("01 11 20 21", "04 10 12 14", "08 09 19 23", "03 05 07 24", "02 15 16 18", "06 13 17 22")

_SHARED = "its published folds share speakers between train and test"

PROTOCOL = published(
    "emobox",
    "EmoBox (Ma et al. 2024, Interspeech), data/<corpus>/fold_k",
    {
        "iemocap": [Fold(session) for session in SESSIONS],
        "ravdess": [Fold(actors) for actors in RAVDESS],
        "savee": [Fold(speaker) for speaker in ("JE", "KL", "DC", "JK")],
    },
    refused={
        "emodb": f"{_SHARED} (10 of 10)",
        "tess": f"{_SHARED} (2 of 2)",
        "crema_d": f"{_SHARED} (91 of 91)",
    },
)
