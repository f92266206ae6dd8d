"""Sets of speakers who said very different numbers of things."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zoo.folds.evening_out import UNEVEN, evened_out
from zoo.folds.speakers import Speakers, balanced_parts, balanced_sets


def speakers(sizes: list[int]) -> Speakers:
    """Women and men in turn, with four classes in random proportions."""
    random = np.random.default_rng(sizes)
    traits = np.zeros((len(sizes), 6))
    traits[:, :4] = [random.multinomial(size, random.dirichlet(np.full(4, 5.0))) for size in sizes]
    traits[np.arange(len(sizes)), 4 + np.arange(len(sizes)) % 2] = 1
    return Speakers(tuple(f"s{number:02}" for number in range(len(sizes))), traits, "mine")


def sizes_of(found: Speakers, sets: list[list[str]]) -> list[int]:
    row = {name: number for number, name in enumerate(found.names)}
    return sorted(int(found.traits[[row[name] for name in one], :4].sum()) for one in sets)


def test_29_very_uneven_speakers_give_test_sets_of_a_usable_size() -> None:
    found = speakers([146, 60, 40, *[7] * 14, *[4] * 12])
    drawn = balanced_parts([[name] for name in found.names], found, 5, seed=0)
    before = sizes_of(found, [[found.names[unit] for unit in part] for part in drawn])
    after = sizes_of(found, balanced_sets(found, 5))
    assert before[-1] > 3 * before[0]
    assert after[-1] <= 156 and after[0] >= 48  # one speaker alone has 146 of 392


def test_sets_of_about_the_same_size_stay_as_they_were_drawn() -> None:
    found = speakers([30, 35, 40, 45, 50, 55, 60, 35, 40, 45])
    drawn = balanced_parts([[name] for name in found.names], found, 5, seed=0)
    sizes = sizes_of(found, [[found.names[unit] for unit in part] for part in drawn])
    assert sizes[-1] <= UNEVEN * sizes[0]
    assert balanced_sets(found, 5) == [sorted(found.names[unit] for unit in part) for part in drawn]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 200), min_size=6, max_size=30), st.integers(2, 5))
def test_every_speaker_is_in_one_set_none_is_empty(sizes: list[int], number: int) -> None:
    found = speakers(sizes)
    drawn = balanced_parts([[name] for name in found.names], found, number, seed=0)
    parts = evened_out(drawn, found.traits)
    assert sorted(unit for part in parts for unit in part) == list(range(len(sizes)))
    assert all(parts) and parts == evened_out(drawn, found.traits)
    held = [found.traits[part, :4].sum() for part in drawn]
    assert parts == drawn or max(held) > UNEVEN * min(held)


@pytest.mark.parametrize("lonely", [0, 1])
def test_a_sex_is_not_left_out_for_the_sake_of_size(lonely: int) -> None:
    traits = np.zeros((9, 3))
    traits[:, 0] = [90, 10, 10, 10, 10, 10, 10, 10, 10]
    traits[np.arange(9), 1 + (np.arange(9) + lonely) % 2] = 1
    parts = evened_out([[0, 1], [2, 3], [4, 5], [6, 7, 8]], np.column_stack([traits[:, :1], traits[:, 1:]]))
    assert all((traits[part, 1:].sum(axis=0) > 0).all() for part in parts if len(part) > 1)
