"""The values that parts share are the intersection of their sets."""

import doctest
from collections import Counter
from itertools import combinations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from zoo.audit import crossing

ROW = st.tuples(
    st.integers(0, 2), st.sampled_from("abc"), st.sampled_from([None, "01", "02", "03"]), st.text("xy", max_size=2)
)
SCHEMA = {"fold": pl.Int64(), "split": pl.String(), "speaker_id": pl.String(), "file": pl.String()}


@given(st.lists(ROW, max_size=30))
def test_values_in_two_parts_of_a_fold_are_found_with_all_their_rows(rows):
    table = pl.DataFrame(rows, schema=SCHEMA, orient="row")
    found = crossing.shared(table, "speakers", name="file")
    parts = {}
    for fold, part, speaker, _ in rows:
        if speaker is not None:
            parts.setdefault(fold, {}).setdefault(part, set()).add(speaker)
    expected = {(fold, one) for fold, by in parts.items() for a, b in combinations(by.values(), 2) for one in a & b}
    assert [(one.fold, one.value) for one in found] == sorted(expected)
    rows_found = Counter(
        (one.fold, part, one.value, name) for one in found for part in one.names for name in one.names[part]
    )
    assert rows_found == Counter(row for row in rows if (row[0], row[2]) in expected)
    everywhere = crossing.shared(table.drop("fold"), "speakers")
    assert {one.value for one in everywhere} >= {speaker for _, speaker in expected}
    assert all(one.fold is None and len(one.names) > 1 for one in everywhere)


def test_the_example_in_the_documentation_holds():
    assert doctest.testmod(crossing).failed == 0
