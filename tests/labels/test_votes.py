"""Votes as labels and as distributions."""

from collections import Counter
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zoo.errors import ZooError
from zoo.labels import NO_AGREEMENT, mapping, votes

WORDS = ("ANG", "DIS", "FEA", "HAP", "NEU", "SAD")
BALLOTS = st.lists(
    st.fixed_dictionaries(
        {
            "source": st.sampled_from(["voice", "face", "both"]),
            "label": st.sampled_from(WORDS),
            "count": st.integers(0, 12).map(float),
        }
    ),
    max_size=18,
    unique_by=lambda vote: (vote["source"], vote["label"]),
)


def ballots(**counts: float) -> list[dict[str, object]]:
    return [{"source": "voice", "label": label, "count": count} for label, count in counts.items()]


def manifest(*rows: tuple[str, list[dict[str, object]] | None]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                "corpus": "crema_d",
                "utterance_id": f"clip{index}",
                "native_label": label,
                "label_source": "acted",
                "agreement": None,
                "votes": cast,
            }
            for index, (label, cast) in enumerate(rows)
        ],
        schema_overrides={"agreement": pl.Float64()},
    )


def test_the_label_with_most_votes_wins_and_a_tie_has_no_winner() -> None:
    assert votes.winner(ballots(HAP=3, NEU=6), "voice") == "NEU"
    assert votes.winner(ballots(ANG=2, FEA=2, SAD=1), "voice") == NO_AGREEMENT
    assert votes.winner(ballots(ANG=2), "face") == NO_AGREEMENT
    for scheme in ("native", "core4", "ekman6", "ekman7", "valence3", "arousal2"):
        assert mapping(scheme, "crema_d", [NO_AGREEMENT]) == {NO_AGREEMENT: None}


def test_a_distribution_is_over_the_classes_that_the_scheme_keeps() -> None:
    heard = ballots(ANG=2, DIS=4, FEA=2, HAP=1, NEU=1)
    assert votes.distribution(heard, "voice", "core4", "crema_d") == {"anger": 0.5, "happiness": 0.25, "neutral": 0.25}
    assert votes.distribution(heard, "voice", "valence3", "crema_d") == {
        "negative": 0.8,
        "neutral": 0.1,
        "positive": 0.1,
    }
    assert votes.distribution(ballots(DIS=4), "voice", "core4", "crema_d") == {}


def test_votes_for_labels_of_one_class_add_up_and_choices_apply() -> None:
    raters = [{"source": "raters", "label": label, "count": 1.0} for label in ("exc", "hap", "fru")]
    assert votes.distribution(raters, "raters", "core4", "iemocap") == {"happiness": 1.0}
    assert votes.distribution(raters, "raters", "core4+frustration_as_anger", "iemocap") == {
        "anger": pytest.approx(1 / 3),
        "happiness": pytest.approx(2 / 3),
    }


@settings(deadline=None, max_examples=50)
@given(BALLOTS)
def test_shares_add_up_to_one_and_the_winner_has_the_largest(cast: list[dict[str, object]]) -> None:
    for source in ("voice", "face", "both"):
        shares = votes.distribution(cast, source, "native", "crema_d")
        word = votes.winner(cast, source)
        if not shares:
            assert word == NO_AGREEMENT
            continue
        assert sum(shares.values()) == pytest.approx(1)
        best = [label for label, share in shares.items() if share == max(shares.values())]
        assert best == [word] or (len(best) > 1 and word == NO_AGREEMENT)


def test_a_manifest_takes_the_crowd_s_label_and_keeps_every_row() -> None:
    before = manifest(("HAP", ballots(HAP=3, NEU=6)), ("ANG", ballots(ANG=2, FEA=2)), ("SAD", ballots(SAD=5)))
    after = votes.relabelled(before, "crowd_audio")
    assert after["native_label"].to_list() == ["NEU", NO_AGREEMENT, "SAD"]
    assert after["agreement"].to_list() == [pytest.approx(2 / 3, abs=1e-6), None, 1.0]
    assert set(after["label_source"]) == {"crowd_audio"}
    assert after.columns == before.columns
    assert after.schema == before.schema
    assert votes.relabelled(before, "acted").equals(before)


def test_a_crowd_that_did_not_vote_is_an_error_that_names_the_utterance() -> None:
    frame = manifest(("HAP", ballots(HAP=3)), ("ANG", None))
    with pytest.raises(ZooError, match="crema_d: clip1 has no votes by voice"):
        votes.relabelled(frame, "crowd_audio")
    with pytest.raises(ZooError, match="clip0 has no votes by both"):
        votes.relabelled(frame, "crowd_multimodal")
    with pytest.raises(ZooError, match="unknown label source 'crowd_sound'") as error:
        votes.relabelled(frame, "crowd_sound")
    assert "crowd_audio" in error.value.hint


LABELS = Path(__file__).parents[2] / "../shared/corpora/crema_d_labels"


@pytest.mark.real
@pytest.mark.skipif(not LABELS.is_dir(), reason="no label files of CREMA-D in ../shared")
def test_the_real_crowd_hears_neutral_most_often(tmp_path: Path) -> None:
    import gzip

    from zoo.corpora.crema_d import SILENT, read_votes

    path = tmp_path / "tabulatedVotes.csv"
    path.write_bytes(gzip.decompress((LABELS / "tabulatedVotes.csv.gz").read_bytes()))
    found = {name: cast for name, cast in read_votes(path).items() if name != SILENT}
    frame = manifest(*((name[9:12], [vars(vote) for vote in cast]) for name, cast in found.items()))
    after = Counter(votes.relabelled(frame, "crowd_audio")["native_label"])
    # as published, less the silent clip
    published = {"NEU": 3897, "ANG": 986, "FEA": 645, "DIS": 547, "SAD": 370, "HAP": 353, NO_AGREEMENT: 644}
    silent = votes.winner([vars(vote) for vote in read_votes(path)[SILENT]], "voice")
    assert dict(after) == {label: number - (label == silent) for label, number in published.items()}
