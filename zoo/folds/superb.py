"""SUPERB's emotion recognition task: fold k tests session k of IEMOCAP.

Published in s3prl (downstream/emotion). Theirs draws dev at random from the training utterances, so that dev shares
all eight speakers with train; ours has dev speakers of its own.
"""

from zoo.folds.published import SESSIONS, Fold, published

PROTOCOL = published(
    "superb",
    "SUPERB (Yang et al. 2021, Interspeech), s3prl downstream/emotion; dev speakers are ours",
    {"iemocap": [Fold(session) for session in SESSIONS]},
)
