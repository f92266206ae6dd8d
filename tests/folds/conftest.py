"""Corpora by name: the file names that each is published with, or names made as its authors make them."""

import json
from itertools import product
from zlib import crc32

import polars as pl
import pytest


def emodb():
    from zoo.corpora.emodb import PUBLISHED

    return sorted(PUBLISHED)


def ravdess(modality="03"):
    emotions = [("01", "01"), *product(("02", "03", "04", "05", "06", "07", "08"), ("01", "02"))]
    actors = [f"{actor:02}" for actor in range(1, 25)]
    takes = product(actors, emotions, ("01", "02"), ("01", "02"))
    return [f"{modality}-01-{word}-{level}-{text}-{take}-{actor}" for actor, (word, level), text, take in takes]


def savee():
    codes = [f"{word}{number:02}" for word in ("a", "d", "f", "h", "sa", "su") for number in range(1, 16)]
    codes += [f"n{number:02}" for number in range(1, 31)]
    return [f"{speaker}_{code}" for speaker in ("DC", "JE", "JK", "KL") for code in codes]


def tess():
    from zoo.corpora.tess import EMOTIONS

    words = ["".join(letters) for letters in product("bdfghlmnpt", "aeio", "cklrs")]
    return [f"{speaker}_{word}_{emotion}" for speaker, word, emotion in product(("OAF", "YAF"), words, EMOTIONS)]


def crema_d():
    from zoo import corpora

    return [*corpora.get("crema_d").sha256()]


def iemocap():
    """Both actors of a session speak in every dialogue; its letter says who wore the markers."""
    scenes = ["impro01", "impro02", "impro05a", "script01_1", "script01_1b", "script02_2"]
    return [
        f"Ses0{session}{wore}_{scene}_{who}{turn:03}"
        for session, wore, scene, who, turn in product(range(1, 6), "FM", scenes, "FM", range(12))
    ]


@pytest.fixture(scope="session")
def names_of():
    """names_of[corpus]() -> the corpus's utterance ids."""
    makers = (emodb, ravdess, savee, tess, crema_d, iemocap)
    return {maker.__name__: maker for maker in makers}


@pytest.fixture(scope="session")
def named_manifest(names_of):
    """named_manifest(corpus) -> the columns of a manifest that folds and audit use, from the names alone."""
    from pathlib import PurePosixPath

    from zoo import corpora

    def make(corpus, names=None):
        facts = corpora.get(corpus)
        words = sorted(facts.native_labels)
        rows = []
        for name in names or names_of[corpus]():
            told = facts.named(PurePosixPath(f"{name}.wav"))
            rows.append(
                {
                    "corpus": corpus,
                    "path": f"wav/{name}.wav",
                    "sex": facts.speakers[told.speaker_id].sex,
                    "native_label": words[crc32(name.encode()) % len(words)],
                    "sha256_samples": name,
                    **{key: value for key, value in vars(told).items() if key not in ("performance", "native_label")},
                }
            )
        return pl.DataFrame(rows, infer_schema_length=None)

    return make


@pytest.fixture
def write_emobox(tmp_path):
    """write_emobox(corpus, tests, names) -> the folder data/<corpus> with fold_k/*.jsonl as EmoBox has them."""

    def write(corpus, tests, names):
        top = tmp_path / "data" / corpus
        for fold, test in enumerate(tests, start=1):
            folder = top / f"fold_{fold}"
            folder.mkdir(parents=True)
            for split in ("train", "test"):
                rows = [
                    {
                        "key": f"{corpus}-{name}",
                        "dataset": corpus,
                        "wav": f"downloads/{corpus}/{name}.wav",
                        "type": "raw",
                        "sex": "male",
                        "emo": "angry",
                        "length": 2.0,
                    }
                    for name in names
                    if (name in test) == (split == "test")
                ]
                lines = "".join(json.dumps(row) + "\n" for row in rows)
                (folder / f"{corpus}_{split}_fold_{fold}.jsonl").write_text(lines)
        (top / "label_map.json").write_text('{"angry": "anger"}')
        return top

    return write
