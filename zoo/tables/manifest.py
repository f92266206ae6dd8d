"""The manifest: speaker, sentence, emotion label and audio file of every utterance."""

import polars as pl

from zoo.tables.table import Column, Table

TEXT, REAL, WHOLE = pl.String(), pl.Float64(), pl.Int64()
NO_SPEAKER = "unknown: "  # begins the speaker_id where nobody knows who speaks; the name of the recording follows

MANIFEST = Table(
    name="manifest",
    row="an utterance",
    key=("corpus", "utterance_id"),
    columns={
        "corpus": Column(TEXT, "name of the corpus"),
        "utterance_id": Column(TEXT, "unique within the corpus"),
        "path": Column(TEXT, "audio file, relative to the corpus folder, with /"),
        "start_s": Column(REAL, "where the utterance begins in its file; none: at its beginning", nullable=True),
        "end_s": Column(REAL, "where it ends; none: at the end of the file", nullable=True),
        "speaker_id": Column(TEXT, "speaker, as named in the corpus; `unknown: RECORDING` where it names none"),
        "sex": Column(TEXT, "of the speaker", nullable=True, allowed=("female", "male")),
        "age": Column(WHOLE, "of the speaker, in years", nullable=True),
        "language": Column(TEXT, "BCP 47 tag"),
        "native_label": Column(TEXT, "the corpus's own label"),
        "licence": Column(TEXT, "SPDX identifier where there is one"),
        "text_id": Column(TEXT, "sentence, as named in the corpus", nullable=True),
        "take_group": Column(
            TEXT,
            "utterances that must stay together: takes of one speaker, sentence and emotion, segments of one recording",
        ),
        "intensity": Column(
            TEXT,
            "of the portrayal",
            nullable=True,
            allowed=("low", "medium", "high", "normal", "strong", "unspecified"),
        ),
        "elicitation": Column(
            TEXT,
            "how the emotion was elicited",
            allowed=("acted", "scripted", "improvised", "elicited", "spontaneous", "unspecified"),
        ),
        "valence": Column(REAL, "0 (negative) to 1 (positive)", nullable=True),
        "arousal": Column(REAL, "0 (calm) to 1 (excited)", nullable=True),
        "dominance": Column(REAL, "0 (weak) to 1 (strong)", nullable=True),
        **{
            f"{name}_native": Column(REAL, f"{name} on the corpus's own scale", nullable=True)
            for name in ("valence", "arousal", "dominance")
        },
        "votes": Column(
            pl.List(pl.Struct({"source": TEXT, "label": TEXT, "count": REAL})),
            "who chose which native label how often: raters (outside), self (the speaker), voice, face or both (crowd)",
            nullable=True,
        ),
        "agreement": Column(REAL, "share of listeners that chose the label, 0 to 1", nullable=True),
        "label_source": Column(
            TEXT,
            "where the label comes from",
            allowed=("acted", "raters", "crowd_audio", "crowd_multimodal", "unspecified"),
        ),
        "duration_s": Column(REAL, "length in seconds"),
        "sampling_rate_hz": Column(WHOLE, "as stored"),
        "channels": Column(WHOLE, "as stored"),
        "level_dbfs": Column(REAL, "root mean square over the whole file, in dB re full scale, at least -120"),
        "peak": Column(REAL, "largest absolute sample; 1 is full scale"),
        "dc_offset": Column(REAL, "mean sample, -1 to 1"),
        "clipped": Column(REAL, "share of the samples at full scale (32767/32768 and beyond), 0 to 1"),
        "sha256_file": Column(TEXT, "of the file's bytes"),
        "sha256_samples": Column(TEXT, "of the decoded samples (16-bit, as stored, all channels)"),
        "origin": Column(TEXT, "recorded speech, or synthetic stand-ins", allowed=("recorded", "synthetic")),
    },
)
