"""The section `cross`: which models answer about which other corpora, and what is done about the difference."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from zoo.study.section import Name, Number, Section

EACH = "each"
LEAVE_ONE_CORPUS_OUT = "leave_one_corpus_out"
SOURCE_ONLY = "source_only"  # the method that every other one is compared with


def _listed(names: Any) -> Any:
    """`train: emodb` is short for `train: [emodb]`."""
    return [names] if isinstance(names, str) else names


def _declared(value: Any) -> Any:
    """One message, where a union would give one for each of its types."""
    if isinstance(value, dict) or value in (EACH, LEAVE_ONE_CORPUS_OUT):
        return value
    raise ValueError(f"write {EACH}, {LEAVE_ONE_CORPUS_OUT}, or such as {{train: [emodb, nemo], test: ravdess}}")


class Cell(Section):
    """train: one or several corpora, on which a model is trained together. test: the corpus it answers about."""

    train: Annotated[list[Name], Field(min_length=1), BeforeValidator(_listed)]
    test: Name


class Cross(Section):
    """cells: `each` is models of every corpus and pool about every other corpus, `leave_one_corpus_out` those of all
    other corpora together about each. methods: name -> options; see zoo/methods. draws: of the labelled utterances of
    methods that see some. stress: whether methods are tried with few utterances and with skewed targets too."""

    cells: list[Annotated[Literal["each", "leave_one_corpus_out"] | Cell, BeforeValidator(_declared)]]
    methods: dict[Name, dict[str, Any]]
    draws: Number
    stress: bool


def method_type(name: str, entry: Mapping[str, Any]) -> str:
    """The file of zoo/methods that an entry of `methods` is of: `few_shot_5: {method_type: few_shot, labels: 5}`."""
    return str(entry.get("method_type", name))
