"""Made-up predictions of a chosen size and skill, in the form that training writes them."""

import numpy as np
import polars as pl
import pytest

from zoo.tables.predictions import PREDICTIONS

NATIVE = {
    "emodb": ["anger", "boredom", "disgust", "fear", "happiness", "neutral", "sadness"],
    "ravdess": ["angry", "calm", "disgust", "fearful", "happy", "neutral", "sad", "surprised"],
    "iemocap": ["anger", "happiness", "neutral", "sadness"],
}
CORE4 = ["anger", "happiness", "neutral", "sadness"]


def make(
    corpus="emodb",
    model="cnn",
    skill=1.5,
    num_speakers=10,
    num_utterances=50,
    seed=1,
    target=None,
    noise=0,
    origin="recorded",
    classes=None,
):
    """Predictions of `num_speakers` x `num_utterances`; labels depend on the corpus, errors on `noise`."""
    target = target or corpus
    across = target != corpus
    classes = classes or (CORE4 if across else NATIVE[corpus])
    facts = np.random.default_rng(sum(map(ord, target)))
    size = num_speakers * num_utterances
    labels = facts.integers(len(classes), size=size)
    speakers = np.repeat(np.arange(num_speakers), num_utterances)
    draw = np.random.default_rng([sum(map(ord, corpus + model)), seed, noise])
    logits = (
        draw.normal(size=(size, len(classes))) + draw.normal(scale=0.4, size=(num_speakers, len(classes)))[speakers]
    )
    logits[np.arange(size), labels] += skill
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    words = np.asarray(classes, dtype=object)
    trained = "core4" if corpus == "iemocap" else "native"
    return pl.DataFrame(
        {
            "model": model,
            "source": corpus,
            "target": target,
            "protocol": "leave_one_speaker_out",
            "fold": ["release" if across else str(speaker) for speaker in speakers],
            "seed": seed,
            "sights": "nothing",
            "trained_scheme": trained,
            "task": "categorical",
            "scheme": "core4" if across else trained,
            "utterance_id": [f"{target}{at:06d}" for at in range(size)],
            "speaker_id": [f"{speaker:02d}" for speaker in speakers],
            "sex": ["female" if speaker % 2 else "male" for speaker in speakers],
            "label": words[labels],
            "predicted": words[probabilities.argmax(axis=1)],
            "probabilities": pl.Series(probabilities.astype(np.float32)).cast(pl.List(pl.Float32)),
            "truth": None,
            "values": None,
            "logits": pl.Series(logits.astype(np.float32)).cast(pl.List(pl.Float32)),
            "source_origin": origin,
            "target_origin": origin,
        },
        schema=PREDICTIONS.schema,
    )


@pytest.fixture(name="make")
def _make():
    return make
