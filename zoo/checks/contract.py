"""A check in words, and what came of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from zoo.errors import REFUSED, ZooError

if TYPE_CHECKING:
    import polars as pl

_NAMED = 3  # findings named in the error

Severity = Literal["fail", "warn"]
State = Literal["passed", "warned", "failed", "skipped"]


@dataclass(frozen=True)
class Check:
    """An expectation of a table.

    title: what is expected, in plain words.
    expectation: the name of one of Great Expectations' own, with `arguments`; or none, and
    find: the table -> what is wrong with it, a finding a line; none where nothing is.
    skip: why it does not apply to this corpus; empty where it does.
    """

    title: str
    severity: Severity
    expectation: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    find: "Callable[[pl.DataFrame], list[str]] | None" = None
    skip: str = ""


@dataclass(frozen=True)
class Outcome:
    """What a check says of a table of a corpus. findings: what is wrong, or why it was skipped; one a line."""

    corpus: str
    table: str
    title: str
    severity: Severity
    state: State
    expectation: str
    findings: tuple[str, ...] = ()


def outcome(corpus: str, table: str, check: Check, findings: list[str]) -> Outcome:
    """The outcome of a check that was made."""
    state: State = "passed" if not findings else "failed" if check.severity == "fail" else "warned"
    return Outcome(corpus, table, check.title, check.severity, state, named(check), tuple(findings))


def skipped(corpus: str, table: str, check: Check, reason: str) -> Outcome:
    """The outcome of a check that does not apply or could not be made."""
    return Outcome(corpus, table, check.title, check.severity, "skipped", named(check), (reason,))


def named(check: Check) -> str:
    """The name of the expectation, Great Expectations' or ours."""
    return check.expectation or "ExpectNoFindings"


def failure(outcomes: Sequence[Outcome], hint: str) -> ZooError | None:
    """The error that stops the study, naming the first failures; None when nothing failed. hint: what to do."""
    failed = [one for one in outcomes if one.state == "failed"]
    if not failed:
        return None
    said = []
    for one in failed[:_NAMED]:
        more = f" and {len(one.findings) - 2} more" if len(one.findings) > 2 else ""
        said.append(f"{one.corpus} {one.table}: not so: {one.title} ({'; '.join(one.findings[:2])}{more})")
    if len(failed) > _NAMED:
        said.append(f"and {len(failed) - _NAMED} more")
    number = "1 check" if len(failed) == 1 else f"{len(failed)} checks"
    return ZooError(f"{number} failed: {'; '.join(said)}", hint, REFUSED)
