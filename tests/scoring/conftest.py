"""A trained study of two corpora, each of which is answered about by a model of the other."""

import shutil

import pytest
import torch
from conftest import write_study
from fixtures.searches import Runs
from fixtures.trainings import train

from zoo.folds import pool
from zoo.tuning.search import search

# a corpus with the words of the tiny study's labels
NEMO = {"folds": {"nemo": "leave_one_speaker_out"}, "labels": {"nemo": "native"}, "cross_scheme": "ekman6"}


@pytest.fixture(scope="session")
def trained_once(tmp_path_factory):
    """The study and its folder, to copy: it is trained once, and every test may change its own."""
    top = tmp_path_factory.mktemp("two_corpora")
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(top)
        study = write_study(top, models=["statistics"], corpora=["emodb", "nemo"], **NEMO)
        pool.write(study)
        search(study, Runs({}))
        train(study)
    torch.set_num_threads(threads)
    return study, top


@pytest.fixture
def two_corpora(trained_once, tmp_path, monkeypatch):
    """two_corpora(**changes of cross): the study in a folder of its own, which is the current one."""

    def make(**changes):
        study, top = trained_once
        shutil.copytree(top, tmp_path / "study")
        monkeypatch.chdir(tmp_path / "study")
        return study.model_copy(update={"cross": study.cross.model_copy(update=changes)})

    return make
