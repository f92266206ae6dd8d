"""The facts of every corpus are complete and agree with the published tables."""

import csv
from pathlib import Path

import pytest

from zoo import corpora

TABLES = Path(__file__).parents[2] / "../shared/docs/tables"


@pytest.mark.parametrize("name", corpora.names())
def test_limits_are_sentences_and_defects_are_described(name: str) -> None:
    corpus = corpora.get(name)
    assert corpus.name == name
    assert corpus.limits
    for sentence in (*corpus.limits, corpus.terms, corpus.obtain):
        assert sentence[0].isupper() and sentence.endswith("."), sentence
    assert all(defect.text for defect in corpus.known_defects.values())
    for name, defect in corpus.known_defects.items():
        assert bool(set(defect.twins) - {name}) == (defect.kind == "twin"), name
        assert set(defect.twins) <= set(corpus.known_defects)
    low, high = corpus.duration_range_s
    assert 0 < low < high


def test_corpora_on_request_cannot_be_downloaded() -> None:
    asked = {name for name in corpora.names() if corpora.get(name).access == "on request"}
    assert asked >= {"iemocap", "savee"}
    assert not any(corpora.get(name).downloads for name in asked)
    assert not asked & {"emodb", "ravdess", "tess", "crema_d"}


@pytest.mark.real
@pytest.mark.skipif(not TABLES.is_dir(), reason="no tables of facts in ../shared")
def test_official_counts_are_the_published_ones() -> None:
    names = {"ravdess_speech": "ravdess", "cremad": "crema_d"}
    with (TABLES / "expected_counts.csv").open() as file:
        published = [
            (names.get(row["corpus"], row["corpus"]), row["label"], int(row["n"])) for row in csv.DictReader(file)
        ]
    differ = {(name, label): corpora.get(name).native_labels[label] - number for name, label, number in published}
    # one clip of CREMA-D is silent and left out
    assert {where: by for where, by in differ.items() if by} == {("crema_d", "SAD"): -1}
    assert len(published) == sum(len(corpora.get(name).native_labels) for name in {name for name, _, _ in published})


@pytest.mark.real
@pytest.mark.skipif(not TABLES.is_dir(), reason="no tables of facts in ../shared")
def test_known_bad_files_are_stated_as_defects() -> None:
    names = {"cremad": "crema_d"}
    with (TABLES / "known_bad_files.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if names.get(row["corpus"], row["corpus"]) in corpora.names()]
    other = {"1040_ITH_SAD_X": "1040_ITH_SAD_XX", "OA_bite_neutral": "OAF_bite_neutral"}
    checked = 0
    for row in rows:
        defects = corpora.get(names.get(row["corpus"], row["corpus"])).known_defects
        for file_name in row["file"].split("|"):
            stem = Path(file_name).stem
            if stem.startswith("03-02-"):  # a song, which is not part of the speech
                continue
            assert other.get(stem, stem) in defects, file_name
            checked += 1
    assert checked >= 20
