"""The picture of embeddings: at most so many points, the same each time; standardised corpora lie on one another."""

from types import SimpleNamespace

import numpy as np
import polars as pl

from zoo.methods.contract import Source
from zoo.scoring import picture
from zoo.scoring.cells import Target
from zoo.tables.embeddings import EMBEDDINGS


def cell(number=400, size=6):
    random = np.random.default_rng(0)
    labels = np.arange(number) % 2
    own = random.standard_normal((number, size)) + 2 * labels[:, None]
    speakers = np.array([f"s{at % 5}" for at in range(number)])
    source = Source(own, labels, speakers, np.full(number, "emodb"), np.full(number, ""), 2, lambda rows: rows)
    moved = 3 * random.standard_normal((50, size)) + 20
    heard = Target(pl.DataFrame(), [moved], np.arange(50) % 2, np.full(50, "a"))
    known = SimpleNamespace(release=SimpleNamespace(model="cnn"), sources=[source], classes=("anger", "sadness"))
    return known, heard


def test_every_corpus_has_points_with_its_classes_and_the_table_takes_them():
    rows = picture.points(*cell_of("ravdess"))
    found = EMBEDDINGS.check(rows, "picture")
    counts = dict(found.group_by("corpus").len().iter_rows())
    assert counts == {"emodb": picture.MOST, "ravdess": 50}
    assert set(found["label"]) == {"anger", "sadness"}
    assert dict(found.select("corpus", "origin").unique().iter_rows()) == {"emodb": "recorded", "ravdess": "synthetic"}
    assert found.equals(EMBEDDINGS.check(picture.points(*cell_of("ravdess")), "picture"))


def cell_of(target):
    known, heard = cell()
    return known, "emodb", target, heard, ("recorded", "synthetic")


def test_corpora_that_lie_apart_before_lie_on_one_another_after():
    rows = picture.points(*cell_of("ravdess"))
    means = rows.group_by("corpus").agg(pl.col("x_before", "x_after").mean())
    before, after = (float(np.ptp(means[name].to_numpy())) for name in ("x_before", "x_after"))
    assert before > 20 and after < 1


def test_components_are_those_of_numpy_up_to_their_direction_and_one_column_is_enough():
    rows = np.random.default_rng(1).standard_normal((30, 5)) * [5, 3, 1, 1, 1]
    placed, held = picture.components(rows)
    variances = np.sort(np.linalg.eigvalsh(np.cov(rows.T)))[::-1]
    assert np.allclose(placed.var(axis=0, ddof=1), variances[:2])
    assert np.isclose(held, variances[:2].sum() / variances.sum())
    placed, held = picture.components(np.array([[1.0], [2.0], [4.0]]))
    assert np.allclose(placed[:, 1], 0) and held == 1.0
    assert picture.components(np.ones((3, 2)))[1] == 0.0
