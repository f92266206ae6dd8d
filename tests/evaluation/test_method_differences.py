"""Which methods help: paired over the target's speakers, each cell by itself."""

from itertools import product

import numpy as np
import polars as pl
import pytest
from fixtures.method_counts import counts, together

from zoo.errors import ZooError
from zoo.evaluation import method_differences as differences_of_methods
from zoo.evaluation.comparison import holm
from zoo.evaluation.method_counts import ANSWERS
from zoo.tables.adapted import ADAPTED
from zoo.tables.method_differences import AGAINST_SOURCE_ONLY, EQUAL_SIGHTS, read_csv, write_csv

NO_ANSWERS = ADAPTED.frame([]).select(ANSWERS)
CELL = ("cnn", "emodb", "nemo")
SEES, SEES_MORE = "unlabelled utterances", "unlabelled utterances, their speakers"


def method_differences(counts, study, confidence, answers=NO_ANSWERS):
    return differences_of_methods.method_differences(counts, answers, study, confidence)


@pytest.fixture(scope="module")
def found():
    return method_differences(
        together(
            counts(recall=0.5, spread=0.1),
            counts("by_corpus", 0.7, SEES, spread=0.1),
            counts("coral", 0.52, SEES, spread=0.1),
            counts("by_speaker", 0.75, SEES_MORE, spread=0.1),
            counts(recall=0.5, target="savee"),
            counts("by_corpus", 0.51, SEES, target="savee"),
        ),
        "s",
        0.95,
    )


def test_a_planted_difference_is_found_with_its_interval(found):
    own = found.filter(family=AGAINST_SOURCE_ONLY, target="nemo", first="by_corpus").row(0, named=True)
    assert own["low"] < 0.2 < own["high"] and own["low"] > 0.1 and own["p_holm"] < 1e-3
    assert own["second"] == "source_only" and own["num_speakers"] == 10
    assert (own["first_sights"], own["second_sights"]) == (SEES, "nothing")
    assert own["how"] == "paired jackknife over 10 speakers, t, 95 %"


def test_beside_source_only_methods_are_compared_where_they_saw_the_same(found):
    pairs = found.filter(family=EQUAL_SIGHTS).select("target", "first", "second").rows()
    assert pairs == [("nemo", "by_corpus", "coral")]


def test_p_values_are_corrected_for_their_own_cell_and_family(found):
    own = found.filter(family=AGAINST_SOURCE_ONLY, target="nemo")
    assert own["p_holm"].to_list() == pytest.approx(holm(own["p"].to_list())) and len(own) == 3
    assert own["p_holm"].to_list() != pytest.approx(own["p"].to_list())
    for alone in (found.filter(target="savee"), found.filter(family=EQUAL_SIGHTS)):
        assert alone["p_holm"].to_list() == alone["p"].to_list() and len(alone) == 1


def test_methods_that_do_the_same_are_told_apart_in_one_of_twenty_studies():
    """Of 400 studies of ten speakers who differ; the share varies by 0.011 (std)."""
    cells = [
        together(
            counts(target=f"t{seed}", spread=0.15, seed=seed),
            counts("other", 0.6, SEES, target=f"t{seed}", spread=0.15, seed=seed),
        )
        for seed in range(400)
    ]
    table = method_differences(together(*cells), "s", 0.95)
    assert len(table) == 400 and 0.02 <= (table["p"] < 0.05).mean() <= 0.085


def test_a_few_shot_method_is_compared_on_the_speakers_that_it_is_tested_on():
    """Those who are labelled in no draw are wrong for both; source_only is right on speakers 0 and 1 alone, who are
    never tested: on the others, few-shot is better."""
    recall = np.where(np.arange(10) < 2, 1.0, 0.3)
    few = counts("few_shot", 0.6, "5 labels a class", draws=4, left_out=[(0, 1, draw + 2) for draw in range(4)])
    (own,) = method_differences(together(counts(recall=recall), few), "s", 0.95).to_dicts()
    assert own["value"] == pytest.approx(0.3, abs=0.06) and (own["num_speakers"], own["num_draws"]) == (8, 4)
    assert own["low"] > 0.15


def test_an_enrolment_method_is_compared_on_the_utterances_that_are_not_enrolled():
    """source_only is right about the first utterance of every speaker alone, which is always enrolled."""
    rows = []
    for number, speaker in product(range(8), range(6)):
        rows.append(("source_only", 0, number, speaker, number == 0))
        for draw in range(3):
            if number not in (0, draw + 1):
                rows.append(("enrolled", draw, number, speaker, (number + speaker) % 3 == 0))
    answers = _answered(rows)
    (own,) = method_differences(_counted(answers), "s", 0.95, answers).to_dicts()
    right = [np.mean([hit for name, at, *_, hit in rows if name == "enrolled" and at == draw]) for draw in range(3)]
    assert own["value"] == pytest.approx(np.mean(right)) and own["num_draws"] == 3 and own["num_speakers"] == 6
    with pytest.raises(ZooError, match="answered about different utterances"):
        method_differences(_counted(answers), "s", 0.95)


def _answered(rows):
    """ANSWERS of (method, draw, utterance, speaker, whether it is right); all are of anger."""
    return pl.DataFrame(
        [
            (
                "cnn",
                "emodb",
                "nemo",
                method,
                draw,
                f"{who}-{at}",
                f"{who:02d}",
                "anger",
                "anger" if right else "sadness",
            )
            for method, draw, at, who, right in rows
        ],
        ANSWERS,
        orient="row",
    )


def _counted(answers):
    """The COUNTS of answers about anger."""
    parts = []
    for (method, draw, speaker), rows in answers.partition_by("method", "draw", "speaker_id", as_dict=True).items():
        hits = int((rows["predicted"] == "anger").sum())
        matrix = np.zeros((4, 4), int)
        matrix[0, 0], matrix[0, 3] = hits, len(rows) - hits
        sights = "nothing" if method == "source_only" else "2 unlabelled utterances of each speaker"
        made = counts(method, sights=sights, num_speakers=1, speakers=[speaker])
        as_drawn = pl.lit(draw, dtype=pl.Int64).alias("draw")
        parts.append(made.with_columns(as_drawn, pl.Series("counts", [matrix.ravel().tolist()])))
    return together(*parts)


def test_draws_do_not_make_speakers_more():
    """Each speaker has a gain or a loss of its own, none on average: 20 draws reject no more often than they should.
    The share of 150 varies by 0.018 (std)."""
    drawn, studies = [(draw % 8, (draw + 3) % 8) for draw in range(20)], []
    for seed in range(150):
        own = np.clip(np.random.default_rng(seed).normal(0.6, 0.15, 8), 0, 1)
        facts = {"target": f"t{seed}", "num_speakers": 8, "seed": seed}
        few = counts("few", own, "1 labels a class", draws=20, left_out=drawn, **facts)
        studies += [counts(recall=0.6, **facts), few]
    found = method_differences(together(*studies), "s", 0.95)
    assert len(found) == 150 and (found["p"] < 0.05).mean() <= 0.1


def test_too_few_speakers_have_no_p_and_it_says_why():
    (own,) = method_differences(
        together(counts(num_speakers=1), counts("by_corpus", 0.9, SEES, num_speakers=1)), "s", 0.95
    ).to_dicts()
    assert own["value"] > 0 and (own["low"], own["p"], own["p_holm"]) == (None, None, None)
    assert own["how"] == "none: 1 speaker, at least 4 are needed"


def test_answers_about_other_utterances_are_an_error():
    with pytest.raises(ZooError, match=r"answered about different utterances \(cnn emodb nemo as_is\)"):
        method_differences(together(counts(), counts("other", sights=SEES, per_class=11)), "s", 0.95)


def test_csv_round_trip_keeps_small_p_values(found, tmp_path):
    write_csv(found, tmp_path / "method_differences.csv")
    back = read_csv(tmp_path / "method_differences.csv")
    assert back["p"].to_list() == pytest.approx(found["p"].to_list(), rel=1e-9)
