"""The price of a leak: a planted one is recovered, none where none is, and the trainings differ in nothing else."""

from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest
from conftest import write_rows

from zoo.errors import ZooError
from zoo.folds.cut import cut
from zoo.scoring import leak
from zoo.scoring.leak import Utterances, blocks_of, in_sets, prices
from zoo.tables import leak as table
from zoo.tables.folds import FOLDS
from zoo.tables.leak import BOTH, CELLS, NEITHER, PRICES, SENTENCE, SPEAKER
from zoo.tables.manifest import MANIFEST

NUM_SPEAKERS, NUM_SENTENCES, NUM_CLASSES, DIMS = 8, 4, 3, 60


def corpus(takes=2, gaps=0.1, seed=0):
    random = np.random.default_rng(seed)
    grid = np.meshgrid(range(NUM_SPEAKERS), range(NUM_SENTENCES), range(NUM_CLASSES), range(takes), indexing="ij")
    speakers, sentences, labels, _ = (one.ravel() for one in grid)
    kept = random.random(len(labels)) > gaps
    return Utterances(
        labels[kept], speakers[kept].astype(str), np.char.add("t", sentences[kept].astype(str)), NUM_CLASSES
    )


def rows_of(known, by_speaker=0.0, by_sentence=0.0, seed=1):
    """Rows in which a class has a place of its own, and another one for each speaker, or sentence."""
    random = np.random.default_rng(seed)
    places = {name: random.standard_normal((NUM_CLASSES, DIMS)) for name in [*known.speakers, *known.sentences, "all"]}
    own = [
        0.25 * places["all"][label] + by_speaker * places[speaker][label] + by_sentence * places[sentence][label]
        for label, speaker, sentence in zip(known.labels, known.speakers, known.sentences, strict=True)
    ]
    return np.array(own) + random.standard_normal((len(own), DIMS))


def ridge(known, rows):
    def answered(trained, asked):
        mean = rows[trained].mean(axis=0)
        centred, targets = rows[trained] - mean, np.eye(NUM_CLASSES)[known.labels[trained]] - 1 / NUM_CLASSES
        weights = np.linalg.solve(centred.T @ centred + 20 * np.eye(DIMS), centred.T @ targets)
        return ((rows[asked] - mean) @ weights).argmax(axis=1)

    return answered


def found(known, rows):
    return {row["name"]: row for row in prices(known, ridge(known, rows), 0.95)}


def test_the_four_trainings_of_a_block_have_equal_sizes_and_class_mixes_and_differ_in_what_was_heard():
    known = corpus()
    blocks = list(blocks_of(known))
    assert len(blocks) == NUM_SPEAKERS * NUM_SENTENCES
    assert sorted(np.concatenate([block.asked for block in blocks])) == list(range(len(known.labels)))
    for block in blocks:
        sentence = known.sentences[block.asked[0]]
        mixes = {tuple(np.bincount(known.labels[rows], minlength=NUM_CLASSES)) for rows in block.trained.values()}
        assert len(mixes) == 1 and {*block.trained} == {*CELLS}
        for cell, rows in block.trained.items():
            assert len(np.unique(rows)) == len(rows)
            of_speaker, of_sentence = known.speakers[rows] == block.speaker, known.sentences[rows] == sentence
            assert of_speaker.any() == (cell in (SPEAKER, BOTH)) and of_sentence.any() == (cell in (SENTENCE, BOTH))
            assert not (of_speaker & of_sentence).any()
        heard = {cell: set(rows.tolist()) for cell, rows in block.trained.items()}
        assert heard[BOTH] - heard[NEITHER] == (heard[SPEAKER] | heard[SENTENCE]) - heard[NEITHER]


def test_a_block_is_the_same_whenever_it_is_made():
    for one, again in zip(blocks_of(corpus()), blocks_of(corpus()), strict=True):
        assert all(np.array_equal(one.trained[cell], again.trained[cell]) for cell in CELLS)


def test_a_planted_speaker_is_the_price_of_the_speaker_and_a_planted_sentence_that_of_the_sentence():
    known = corpus(takes=4)
    for planted, other in ((SPEAKER, SENTENCE), (SENTENCE, SPEAKER)):
        rows = rows_of(known, **{f"by_{planted}": 0.5})
        rows = found(known, rows)
        assert rows[f"price of the {planted}"]["low"] > 0.03
        assert rows[f"price of the {other}"]["value"] < rows[f"price of the {planted}"]["value"] / 2
        assert rows[BOTH]["value"] > rows[NEITHER]["value"] + 0.03
        difference = rows[planted]["value"] - rows[NEITHER]["value"]
        assert rows[f"price of the {planted}"]["value"] == pytest.approx(difference)


def test_where_nothing_is_planted_the_intervals_cover_0():
    covered = 0
    for seed in range(5):
        known = corpus(seed=seed)
        rows = found(known, rows_of(known, seed=seed))
        covered += sum(rows[name]["low"] <= 0 <= rows[name]["high"] for name in PRICES)
    assert covered >= 18  # of 20; 19 are expected


def test_half_of_a_class_is_the_most_that_is_replaced():
    known = corpus(takes=3, gaps=0.0)
    two = Utterances(known.labels, known.speakers, np.where(known.sentences < "t2", "a", "b"), NUM_CLASSES)
    shares = {
        float((two.sentences[one.trained[SENTENCE]] == two.sentences[one.asked[0]]).mean()) for one in blocks_of(two)
    }
    assert shares == {0.5}


def test_many_sentences_are_tested_in_ten_even_sets():
    sentences = np.repeat([f"s{number}" for number in range(90)], 3)
    sets = in_sets(sentences)
    assert np.unique(sets, return_counts=True)[1].tolist() == [27] * 10
    assert all(len(np.unique(sets[sentences == name])) == 1 for name in sentences)


def test_of_a_set_the_very_sentences_that_are_asked_about_are_heard():
    random = np.random.default_rng(3)
    speakers, sentences = random.integers(0, 6, 900).astype(str), random.integers(0, 40, 900).astype(str)
    many = Utterances(random.integers(0, 2, 900), speakers, sentences, 2)
    sets = in_sets(sentences)
    for block in blocks_of(many):
        own = {*sets[block.asked]}
        assert len(own) == 1
        added = np.setdiff1d(block.trained[SENTENCE], block.trained[NEITHER])
        assert {*sentences[added]} <= {*sentences[block.asked]}
        assert not own & {*sets[block.trained[NEITHER]]} and not own & {*sets[block.trained[SPEAKER]]}


def test_too_few_speakers_have_figures_without_intervals():
    known = corpus()
    few = known.speakers < "3"
    known = Utterances(known.labels[few], known.speakers[few], known.sentences[few], NUM_CLASSES)
    rows = found(known, rows_of(known))
    assert rows[NEITHER]["value"] is not None
    assert rows["price of both"]["low"] is None and "at least 4" in rows["price of both"]["how"]


def test_speakers_who_share_no_sentences_have_no_price():
    known = corpus()
    alone = Utterances(known.labels, known.speakers, np.char.add(known.speakers, known.sentences), NUM_CLASSES)
    with pytest.raises(ZooError, match="no speaker says two sentences that others say too"):
        prices(alone, ridge(alone, rows_of(known)), 0.95)


def test_a_model_that_is_trained_by_epochs_is_refused():
    study = SimpleNamespace(models={"cnn": SimpleNamespace(architecture="cnn")})
    with pytest.raises(ZooError, match="cnn is trained epoch by epoch"):
        leak.of_study(study, "cnn", "emodb")


@pytest.fixture
def study(tiny_study):
    """study(**columns): a ridge on functionals; these columns of the manifest are other ones."""
    pytest.importorskip("opensmile")

    def make(**columns):
        found = tiny_study(models={"ridge": {"input": "egemaps"}}, inputs={"egemaps": {}})
        write_rows(found)
        path = found.derived / "manifest/emodb.parquet"
        manifest = MANIFEST.read(path).with_columns(**columns)
        MANIFEST.write(manifest, path, {})
        folds = cut(MANIFEST.read(path), "emodb", "native", found.folds["emodb"])
        FOLDS.write(folds, found.derived / "folds/emodb.parquet", {"manifest": path})
        return found

    return make


def test_a_model_of_a_study_has_four_cells_and_four_prices_that_can_be_written_and_read(study, tmp_path):
    found = leak.of_study(study(), "ridge", "emodb")
    assert set(found["name"]) == {*CELLS, *PRICES} and set(found["num_speakers"]) == {6}
    assert set(found["num_utterances"]) == {6 * 3 * 3} and set(found["origin"]) == {"synthetic"}
    assert set(found["num_trained"]) == {5 * 2 * 3}
    assert found.filter(name=NEITHER)["value"][0] > 0.5  # the labels are in the frames
    table.write_csv(found, tmp_path / "leak.csv")
    assert table.read_csv(tmp_path / "leak.csv")["name"].to_list() == found["name"].to_list()


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"text_id": pl.lit(None, pl.String())}, "emodb names no sentences"),
        ({"text_id": pl.lit("t0")}, "emodb has one sentence"),
        ({"text_id": pl.col("utterance_id")}, "no speaker says two sentences"),
    ],
)
def test_a_corpus_whose_sentences_tell_nothing_is_one_message(study, columns, message):
    with pytest.raises(ZooError, match=message):
        leak.of_study(study(**columns), "ridge", "emodb")
