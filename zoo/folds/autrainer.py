"""The default split of EmoDB in autrainer: train 03 08 09 10 11 12, dev 13 14 (both women), test 15 16."""

from zoo.folds.published import Fold, published

PROTOCOL = published(
    "autrainer",
    "autrainer, datasets/emo_db.py: the defaults of train, dev and test speakers",
    {"emodb": [Fold(test="15 16", dev="13 14")]},
)
