"""The human ceiling: votes as answers, against the label or the other listeners' majority."""

import polars as pl
import pytest

from zoo.evaluation.human_ceiling import answers, human_ceiling
from zoo.tables.human_ceiling import LABEL, OTHERS
from zoo.tables.manifest import MANIFEST


def utterance(number, label, votes, source="raters", speaker=None, label_source="raters"):
    texts = ("path", "take_group", "language", "licence", "sha256_file", "sha256_samples")
    numbers = ("duration_s", "level_dbfs", "peak", "dc_offset", "clipped")
    return {
        **dict.fromkeys(texts, "x"),
        **dict.fromkeys(numbers, 0.0),
        "corpus": "iemocap",
        "utterance_id": f"u{number:03d}",
        "speaker_id": speaker or f"s{number % 5}",
        "native_label": label,
        "elicitation": "improvised",
        "votes": [{"source": source, "label": word, "count": float(count)} for word, count in votes.items()],
        "label_source": label_source,
        "sampling_rate_hz": 16000,
        "channels": 1,
        "origin": "recorded",
    }


def frame(rows):
    return {"iemocap": MANIFEST.frame(rows)}


def test_listeners_who_agree_are_perfect_and_those_who_do_not_are_between_both_references():
    words = ["ang", "hap", "neu", "sad"]
    agreed = [utterance(at, words[at % 4], {words[at % 4]: 3}) for at in range(40)]
    found = human_ceiling(frame(agreed), "core4")
    assert found["reference"].to_list() == [LABEL, OTHERS] and found["value"].to_list() == [1.0, 1.0]
    torn = [utterance(at, words[at % 4], {words[at % 4]: 2, words[(at + 1) % 4]: 1}) for at in range(40)]
    label, others = human_ceiling(frame(torn), "core4")["value"]
    assert label == pytest.approx(2 / 3) and others == pytest.approx(1 / 3)  # two in three, and one pair in three


def test_of_acted_speech_the_listeners_of_the_voice_answer_like_a_model():
    rows = [
        utterance(0, "ang", {"ang": 1, "sad": 3}, source="voice", label_source="acted"),
        utterance(1, "sad", {"sad": 4}, source="voice", label_source="acted"),
    ]
    [row] = human_ceiling(frame(rows), "core4").iter_rows(named=True)
    assert row["reference"] == LABEL and row["listeners"] == "voice"
    assert row["value"] == pytest.approx((0.25 + 1) / 2)
    assert row["low"] is None and row["interval"].startswith("none: 2 speakers")


def test_votes_for_what_the_scheme_leaves_out_do_not_count_and_no_votes_give_no_row():
    rows = [utterance(at, "ang", {"ang": 1, "fru": 2}) for at in range(3)]
    rows += [utterance(at, "sad", {"sad": 3}) for at in range(3, 6)]
    assert human_ceiling(frame(rows), "core4").filter(reference=LABEL)["value"].to_list() == [1.0]
    silent = frame([utterance(0, "ang", {})])
    assert human_ceiling(silent, "core4").is_empty()
    assert human_ceiling(frame([utterance(0, "fru", {"fru": 3})]), "core4").is_empty()


def test_the_vote_of_one_listener_alone_has_no_other_to_agree_with():
    assert list(answers("anger", {"anger": 1.0}, OTHERS)) == []
    assert isinstance(human_ceiling({}, "core4"), pl.DataFrame)
