"""A check and its outcome."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from zoo import corpus_file
from zoo.errors import REFUSED, ZooError

if TYPE_CHECKING:
    import polars as pl

_NAMED = 3  # failed checks listed in the error

Severity = Literal["fail", "warn"]
State = Literal["passed", "warned", "failed", "skipped"]


@dataclass(frozen=True)
class Check:
    """An expectation of a table.

    title: what is expected, in plain words.
    expectation: the name of an expectation of Great Expectations, with its `arguments`; or empty, and
    find: table -> findings, one line per problem.
    skip: why the check does not apply to this corpus; empty where it does.
    field: of the corpus's description, by which it may be so; empty where nothing allows it.
    """

    title: str
    severity: Severity
    expectation: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    find: "Callable[[pl.DataFrame], list[str]] | None" = None
    skip: str = ""
    field: str = ""


@dataclass(frozen=True)
class Outcome:
    """The outcome of a check of a corpus's table. findings: one line per problem, or why it was skipped. field: as of
    the check."""

    corpus: str
    table: str
    title: str
    severity: Severity
    state: State
    expectation: str
    findings: tuple[str, ...] = ()
    field: str = ""


def outcome(corpus: str, table: str, check: Check, findings: list[str]) -> Outcome:
    """The outcome of a check that was run."""
    state: State = "passed" if not findings else "failed" if check.severity == "fail" else "warned"
    return Outcome(corpus, table, check.title, check.severity, state, named(check), tuple(findings), check.field)


def skipped(corpus: str, table: str, check: Check, reason: str) -> Outcome:
    """The outcome of a check that does not apply or could not be run."""
    return Outcome(corpus, table, check.title, check.severity, "skipped", named(check), (reason,))


def described_in(corpus: str) -> str:
    """The file that describes a corpus."""
    return str(corpus_file.path_of(corpus)) if corpus_file.has(corpus) else f"zoo/corpora/{corpus}.py"


def named(check: Check) -> str:
    """The name of the expectation, from Great Expectations or our own."""
    return check.expectation or "ExpectNoFindings"


def failure(outcomes: Sequence[Outcome], hint: str) -> ZooError | None:
    """The error that stops the pipeline, naming the first failures; None when nothing failed. hint: what to do."""
    failed = [one for one in outcomes if one.state == "failed"]
    if not failed:
        return None
    messages = []
    for one in failed[:_NAMED]:
        more = f" and {len(one.findings) - 2} more" if len(one.findings) > 2 else ""
        messages.append(f"{one.corpus} {one.table}: violated: {one.title} ({'; '.join(one.findings[:2])}{more})")
        if one.field:
            messages[-1] += f"; if it is right as it is, `{one.field}` of {described_in(one.corpus)} says so"
    if len(failed) > _NAMED:
        messages.append(f"and {len(failed) - _NAMED} more")
    number = "1 check" if len(failed) == 1 else f"{len(failed)} checks"
    return ZooError(f"{number} failed: {'; '.join(messages)}", hint, REFUSED)
