"""A name that no model has: which one is meant, and what there is to do."""

import re

import pytest

from zoo.releases import tag_of
from zoo.releases.names import meant

KNOWN = {
    "cnn@emodb": ["2.0.0", "1.0.0"],
    "cnn@ravdess": ["2.0.0"],
    "cnn_lstm@emodb": ["2.0.0"],
    "whisper_base@emodb": ["1.0.0"],
    "whisper_base@pooled": ["1.0.1", "1.0.0"],
}


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("cnn@1.0.0", "cnn@emodb:1.0.0"),
        ("cnn@v1.0.0", "cnn@emodb:1.0.0"),
        ("cnn@7.0.0", "cnn@emodb"),
        ("cnn@1.0.1", "cnn@emodb"),
        ("@1.0.0", "cnn@emodb:1.0.0"),
        ("whisper_base@1.0.1", "whisper_base@pooled:1.0.1"),
        ("cnn-lstm@emodb", "cnn_lstm@emodb"),
        ("cnn-lstm@emodb:2.0.0", "cnn_lstm@emodb:2.0.0"),
        ("CNN@EmoDB", "cnn@emodb"),
        ("cnn@emo-db", "cnn@emodb"),
        ("cnn emodb", "cnn@emodb"),
        ("emodb/cnn", "cnn@emodb"),
        ("whisper", "whisper_base@emodb"),
        ("whisper@pooled", "whisper_base@pooled"),
        ("whisperbase@ravdes", "whisper_base@pooled"),
        ("lstm", "cnn_lstm@emodb"),
        ("cnm@emodb", "cnn@emodb"),
    ],
)
def test_the_model_that_is_meant_is_suggested_first(text, first):
    assert first in meant(text, KNOWN)[: 2 if text == "whisperbase@ravdes" else 1]


def test_suggestions_are_few_and_none_where_nothing_is_like_it():
    assert len(meant("@1.0.0", KNOWN)) <= 3
    assert meant("qqqqqq", KNOWN) == meant("", KNOWN) == meant("@:", KNOWN) == []
    assert meant("9" * 100_000, KNOWN) == []


@pytest.mark.parametrize(
    ("name", "named"),
    [
        ("statistcs@emodb", "did you mean statistics@emodb"),
        ("statistics@emodbb", "did you mean statistics@emodb"),
        ("statistics", "did you mean statistics@emodb or statistics@ravdess? names are model@corpus"),
        ("STATISTICS@Emo-DB", "did you mean statistics@emodb?"),
        ("statistics@1.0.0", "did you mean statistics@emodb"),
        ("statistics@emodb:7.0.0", "available: candidate"),
        ("statistics@emodb:new", "versions are X.Y.Z"),
        ("cnn_lstm@iemocap", "zoo data add iemocap PATH"),
    ],
)
def test_unknown_names_say_what_to_do(zoo, name, named):
    result = zoo("pull", name)
    assert result.exit_code in (1, 2)
    assert named in result.stderr
    assert "Traceback" not in result.output


def test_an_absent_model_says_that_repro_makes_only_the_synthetic_one(zoo):
    hint = zoo("pull", "cnn_lstm@iemocap").stderr
    assert "`make repro` makes a SYNTHETIC one" in hint
    assert "zoo publish" in hint


def test_a_release_s_git_tag_is_one_that_gto_registers_and_no_other_release_has():
    names = ("whisper_base@emodb_nemo", "whisper@base_emodb_nemo", "cnn@emodb")
    tags = [tag_of(name, version) for name in names for version in ("1.0.0", "1.10.0")]
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9/-]*[a-z0-9]@v\d+\.\d+\.\d+", tag) for tag in tags)
    assert len(set(tags)) == len(tags)
    assert tags[0] == "whisper-base/emodb-nemo@v1.0.0"
