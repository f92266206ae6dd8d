"""The folds: the speakers for training, dev and test. They do not contain utterances that the scheme leaves out.

A speaker is in one split of a fold, with two exceptions: nobody knows who is where under a protocol that is
SPEAKER_DEPENDENT, and where one speaker is left for training (corpora of two), dev is
a part of that speaker's sentences. Protocols that keep sentences apart leave more utterances out of each fold.
"""

import polars as pl

from zoo.tables.table import Column, Table

TEXT, WHOLE = pl.String(), pl.Int64()
# protocols under which the people who are tested may have been in training; whatever shows their figures says so
SPEAKER_DEPENDENT = ("random_recordings",)
MARK = "speaker-dependent"


def dependent(protocol: str | None) -> str:
    """What follows a figure under a protocol: ` speaker-dependent`, or nothing."""
    return f" {MARK}" if protocol in SPEAKER_DEPENDENT else ""


FOLDS = Table(
    name="folds",
    row="an utterance in a fold",
    key=("protocol", "fold", "utterance_id"),
    columns={
        "corpus": Column(TEXT, "name of the corpus"),
        "protocol": Column(TEXT, "how the folds were cut, such as leave_one_speaker_out"),
        "fold": Column(WHOLE, "0 and up"),
        "utterance_id": Column(TEXT, "as in the manifest"),
        "speaker_id": Column(TEXT, "as in the manifest"),
        "sex": Column(TEXT, "as in the manifest", nullable=True),
        "split": Column(TEXT, "split of the utterance in this fold", allowed=("train", "dev", "test")),
        "text_set": Column(
            WHOLE,
            "set of sentences that only its test has; none where they are not held out",
            nullable=True,
        ),
        "scheme": Column(TEXT, "label scheme of the column label"),
        "label": Column(TEXT, "class of the utterance in the scheme; none where it leaves it out", nullable=True),
    },
)
