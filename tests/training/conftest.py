"""Tiny studies that are ready for training."""

import pytest
from fixtures.searches import Runs

from zoo.training import job as jobs
from zoo.tuning.search import search


@pytest.fixture
def searched(tiny_study):
    """Tiny studies whose search is done, with made-up scores: the groups of folds get different configurations."""

    def make(name="study", **changes):
        study = tiny_study(name, **{"models": ["statistics"]} | changes)
        search(study, Runs({(0, 1): (0.6, 1.0)}))
        return study

    return make


@pytest.fixture
def trained(monkeypatch):
    """The names of the jobs that are trained, not taken up."""
    names, honest = [], jobs.run
    monkeypatch.setattr(jobs, "run", lambda one, *rest: (names.append(one.name), honest(one, *rest))[1])
    return names
