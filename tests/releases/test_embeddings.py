"""What a release's networks make of its training data: in its file, in the cache, and where there is neither."""

import json
import shutil

import numpy as np
import pytest

from zoo.errors import ZooError
from zoo.releases import EMBEDDINGS, embeddings
from zoo.releases.embeddings import Embedded

EVALUATE = ("statistics@emodb", "ravdess", "--method", "by_corpus", "--json")


@pytest.fixture
def made_up():
    """Two networks that share 30 numbers, of 40 utterances of two corpora at other levels."""
    random = np.random.default_rng(0)
    shared = random.normal(size=(40, 30)).astype(np.float32).astype(np.float64)
    names = np.repeat(["one", "two"], 20)
    shared[:20] += 100
    own = np.concatenate([shared[:, ::-1], np.full((40, 1), 3.0)], axis=1)
    return Embedded([shared, own], names, names, np.full(40, "female"), np.tile(["anger", "calm"], 20))


def test_a_file_of_embeddings_gives_back_nearly_the_same(made_up, tmp_path):
    embeddings.write(made_up, tmp_path / EMBEDDINGS)
    found = embeddings.read(tmp_path / EMBEDDINGS, "")
    assert [found.labels.tolist(), found.corpora.tolist()] == [made_up.labels.tolist(), made_up.corpora.tolist()]
    for rows, given in zip(found.embeddings, made_up.embeddings, strict=True):
        assert np.abs(rows - given).max() < 0.02
        for part in (slice(0, 20), slice(20, 40)):
            assert np.allclose(rows[part].mean(axis=0), given[part].mean(axis=0), atol=1e-4)
            assert np.allclose(rows[part].std(axis=0), given[part].std(axis=0), atol=1e-4)


def test_numbers_that_networks_share_are_stored_once(made_up, tmp_path):
    embeddings.write(made_up, tmp_path / EMBEDDINGS)
    once = (tmp_path / EMBEDDINGS).stat().st_size
    shared, own = made_up.embeddings
    apart = Embedded([shared, own + 1], *(made_up.corpora, made_up.speakers, made_up.sexes, made_up.labels))
    embeddings.write(apart, tmp_path / EMBEDDINGS)
    assert (tmp_path / EMBEDDINGS).stat().st_size - once == 30 * 40


def test_a_damaged_file_is_an_error_and_in_the_cache_it_is_made_again(made_up, tmp_path, zoo, project):
    path = tmp_path / EMBEDDINGS
    embeddings.write(made_up, path)
    path.write_bytes(path.read_bytes()[:-50])
    with pytest.raises(ZooError, match="cannot be read"):
        embeddings.read(path, "")
    first = zoo("evaluate", *EVALUATE)
    [kept] = (tmp_path / "cache/embeddings").iterdir()
    kept.write_bytes(b"nonsense")
    assert zoo("evaluate", *EVALUATE).stdout == first.stdout
    assert kept.stat().st_size > 1000


@pytest.fixture
def without_emodb(project, made):
    """Call it to take EmoDB's recordings away."""

    def take_away():
        place = project / "derived/synthetic"
        place.unlink()
        place.mkdir()
        (place / "ravdess").symlink_to(made / "derived/synthetic/ravdess")

    return take_away


def test_a_release_with_embeddings_needs_no_training_data(zoo, without_emodb, tmp_path):
    assert zoo("publish", "mini", "--model", "statistics@emodb", "--embeddings").exit_code == 0
    before = json.loads(zoo("evaluate", *EVALUATE).stdout)
    without_emodb()
    shutil.rmtree(tmp_path / "cache")
    found = zoo("evaluate", *EVALUATE)
    assert json.loads(found.stdout)["methods"] == before["methods"]


def test_without_them_and_without_the_recordings_it_is_said_what_is_missing(zoo, without_emodb):
    without_emodb()
    found = zoo("evaluate", *EVALUATE)
    assert found.exit_code == 1
    assert "statistics@emodb has no embeddings of what it was trained on" in found.stderr
    assert "zoo data add" in found.stderr
