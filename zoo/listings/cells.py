"""The cells of a table as text: what programs write for a missing value is empty."""

import re
from datetime import timedelta
from typing import Any

_MISSING = ("nan", "<na>", "nat", "null")
_DAYS = re.compile(r"(\d+) days?,? *\+?")
_TIME = re.compile(r"(?:(\d+):)?(?:(\d+):)?(\d+(?:[.,]\d*)?|[.,]\d+) *s?")


def text(value: Any) -> str:
    """A cell as text, without spaces around it; empty where there is no value.

    An audio object, as in Hugging Face datasets, is its path; a list of one is that one; the answer of a Hugging Face
    pipeline, a list of {"label", "score"}, is the label with the highest score; a duration is its seconds.

    >>> text({"path": "a.wav", "bytes": None}), text(float("nan")), text(["anger"])
    ('a.wav', '', 'anger')
    >>> text([{"label": "fear", "score": 0.2}, {"label": "anger", "score": 0.8}])
    'anger'
    """
    if isinstance(value, str):
        stripped = value.strip()
        return "" if stripped.lower() in _MISSING else stripped
    if value is None:
        return ""
    if isinstance(value, dict):
        return text(value.get("path"))
    if isinstance(value, list):
        if value and all(isinstance(one, dict) and {"label", "score"} <= set(one) for one in value):
            return _best(value)
        return text(value[0]) if len(value) == 1 else ""
    if isinstance(value, timedelta):
        return str(value.total_seconds())
    return text(str(value))


def _best(answers: list[dict[str, Any]]) -> str:
    scores = [one["score"] for one in answers]
    if not all(isinstance(score, int | float) and score == score for score in scores):
        return ""  # no class has the highest score
    return text(answers[scores.index(max(scores))]["label"])


def seconds(cell: str) -> float | None:
    """The seconds that a cell states, None for what is no time: `1.5`, `1,5 s`, `0:01.5`, `0 days 00:00:01.500000`.

    >>> [seconds(cell) for cell in ("1.5", "1,5 s", "0:01.5", "0 days 00:00:01.500000", "1 days", "soon")]
    [1.5, 1.5, 1.5, 1.5, 86400.0, None]
    """
    days, rest = _DAYS.match(cell.strip()), _DAYS.sub("", cell.strip(), count=1)
    match = _TIME.fullmatch(rest if rest or not days else "0")
    if not match:
        return None
    one, two, last = match.groups()
    hours, minutes = (one, two) if two is not None else (None, one)
    clock = int(hours or 0) * 3600 + int(minutes or 0) * 60 + float(last.replace(",", "."))
    return clock + (int(days[1]) * 86_400 if days else 0)
