"""The splits of audEERING's public data sets: EmoDB (1.2.0 and later), RAVDESS and CREMA-D (1.1.0 and later).

The split of EmoDB has no dev set; dev speakers are drawn from the published training speakers. The split of RAVDESS
was published for speech and song together.
"""

from zoo.folds.published import Fold, published

CREMA_D = Fold(
    test="1048 1069 1071 1074 1076 1077 1078 1079 1082 1083 1084 1086 1087 1088 1089 1090 1091",
    dev="1049 1053 1054 1055 1058 1059 1061 1062 1063 1064 1065 1066 1067 1068 1070 1075 1080 1085",
)

PROTOCOL = published(
    "audb",
    "tables train, dev and test of audb's emodb 1.2.0, ravdess 1.1.0 and crema-d 1.1.0",
    {
        "emodb": [Fold(test="12 14 15 16")],
        "ravdess": [Fold(test="21 22 23 24", dev="16 17 19 20")],
        "crema_d": [CREMA_D],
    },
)
