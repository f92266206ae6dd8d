"""Marks: a sign beside a figure, and below it what it means."""

from zoo.reporting import marks
from zoo.reporting.results import with_interval

ROW = {"value": 0.7, "low": 0.6, "high": 0.8, "exploration": "post-exploration: all", "protocol": "random"}


def test_a_figure_has_its_sign_and_the_table_what_it_means():
    cell = with_interval(ROW)
    assert cell == "0.700 [0.600, 0.800] †"
    assert "† post-exploration:" in marks.table(["a", "b"], [["x", cell]])
    assert "post-exploration" not in marks.table(["a", "b"], [["x", with_interval(ROW | {"exploration": None})]])


def test_another_doubt_is_one_mark_and_one_line(monkeypatch):
    other = marks.Mark("¶", "noisy", "test speakers were trained on")
    monkeypatch.setattr(marks, "MARKS", (*marks.MARKS, other))
    monkeypatch.setattr(marks, "OF_ROW", (*marks.OF_ROW, (other, lambda row: row.get("protocol") == "random")))
    cell = with_interval(ROW)
    assert cell.endswith("†¶") and marks.signs_of([ROW, {}]) == " †¶"
    shown = marks.figure(f"<svg><text>cnn{marks.signs(ROW)}</text></svg>", "caption")
    assert "¶ noisy: test speakers were trained on." in shown and "† post-exploration" in shown
