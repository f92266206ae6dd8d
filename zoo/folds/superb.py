"""SUPERB's emotion recognition task: fold k tests session k of IEMOCAP.

Published in s3prl (downstream/emotion). The original draws dev at random from the training utterances, so that dev
shares all eight speakers with train; here dev has separate speakers.
"""

from zoo.folds.published import SESSIONS, Fold, published

PROTOCOL = published(
    "superb",
    "SUPERB (Yang et al. 2021, Interspeech), s3prl downstream/emotion; dev speakers drawn by zoo",
    {"iemocap": [Fold(session) for session in SESSIONS]},
)
