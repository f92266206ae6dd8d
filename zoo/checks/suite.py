"""A suite of Great Expectations over one table. Importing this module costs seconds: import it where it is used."""

import os

os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")

import contextlib
import logging
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, ClassVar

import great_expectations as gx
import great_expectations.expectations as own
import polars as pl
from great_expectations.execution_engine.pandas_execution_engine import PandasExecutionEngine
from great_expectations.expectations.expectation import BatchExpectation
from great_expectations.expectations.metrics.metric_provider import metric_value
from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider

from zoo.checks.contract import Check, Outcome, outcome, skipped

_SEVERITY = {"fail": "critical", "warn": "warning"}
# the rules of ExpectNoFindings by title, since expectations can only hold plain values; each is bound to its polars
# table, which saves converting half a million rows to pandas and back
_RULES: dict[str, Callable[[], list[str]]] = {}


class TableFindings(TableMetricProvider):
    """The findings of a rule about the table."""

    metric_name = "table.findings"
    value_keys = ("rule",)

    @metric_value(engine=PandasExecutionEngine)
    def _pandas(
        cls,  # noqa: N805
        execution_engine: Any,
        metric_domain_kwargs: dict[str, Any],
        metric_value_kwargs: dict[str, Any],
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any],
    ) -> list[str]:
        return _RULES[metric_value_kwargs["rule"]]()


class ExpectNoFindings(BatchExpectation):
    """Expect that one of our rules has no findings about the table."""

    rule: str
    metric_dependencies: ClassVar[tuple[str, ...]] = ("table.findings",)
    success_keys: ClassVar[tuple[str, ...]] = ("rule",)

    def _validate(
        self, metrics: dict[str, Any], runtime_configuration: Any = None, execution_engine: Any = None
    ) -> dict[str, Any]:
        findings = metrics["table.findings"]
        return {"success": not findings, "result": {"observed_value": len(findings), "details": findings}}


def validate(corpus: str, table: str, frame: pl.DataFrame, key: str, checks: Sequence[Check]) -> list[Outcome]:
    """Run the checks of a table in one validation; returns the outcomes in the order of the checks.

    key: the column that identifies a row in findings.
    """
    applicable = [check for check in checks if not check.skip]
    _RULES.clear()
    _RULES.update({check.title: partial(check.find, frame) for check in applicable if check.find is not None})
    columns = {key}.union(*(_columns(check) for check in applicable))
    suite = gx.ExpectationSuite(name=f"{table} of {corpus}", expectations=[_expectation(check) for check in applicable])
    with _quiet():
        context: Any = gx.get_context(mode="ephemeral")
        context.variables.progress_bars = {"globally": False}
        asset = context.data_sources.add_pandas(corpus).add_dataframe_asset(table)
        batch = asset.add_batch_definition_whole_dataframe("all").get_batch(
            {"dataframe": frame.select(sorted(columns)).to_pandas(use_pyarrow_extension_array=True)}
        )
        result = batch.validate(
            suite, result_format={"result_format": "COMPLETE", "unexpected_index_column_names": [key]}
        )
    found = {one.expectation_config.meta["title"]: _findings(one, key) for one in result.results}
    return [
        skipped(corpus, table, check, check.skip) if check.skip else outcome(corpus, table, check, found[check.title])
        for check in checks
    ]


def _columns(check: Check) -> list[str]:
    """The columns that an expectation of Great Expectations needs."""
    named = check.arguments.get("column_list", [check.arguments["column"]] if "column" in check.arguments else [])
    return list(named)


def _expectation(check: Check) -> Any:
    common: dict[str, Any] = {
        "severity": _SEVERITY[check.severity],
        "description": check.title,
        "meta": {"title": check.title},
    }
    if check.find is not None:
        return ExpectNoFindings(rule=check.title, **common)
    return getattr(own, check.expectation)(**check.arguments, **common)


def _findings(one: Any, key: str) -> list[str]:
    """The findings in the result of an expectation; rows are identified by their key."""
    if one.success:
        return []
    problems = {str(info.get("exception_message", "")) for info in _exceptions(one.exception_info)}
    if problems:
        return [f"could not be checked: {problem}" for problem in sorted(problems)]
    result = one.result
    if details := result.get("details"):
        return list(details) if isinstance(details, list) else [str(details)]
    column = one.expectation_config.kwargs.get("column")
    lines = []
    for row in result.get("unexpected_index_list") or []:
        value = row.get(column)
        lines.append(str(row[key]) if column in (key, None) else f"{row[key]}: {column} is {_shown(value)}")
    return sorted(set(lines)) or [f"found {result.get('observed_value')}"]


def _exceptions(info: Any) -> list[dict[str, Any]]:
    if not info:
        return []
    if "raised_exception" in info:
        return [info] if info["raised_exception"] else []
    return [part for part in info.values() if part.get("raised_exception")]


def _shown(value: object) -> str:
    if value is None or value != value:  # NaN
        return "not a number"
    return f"{value:.3f}" if isinstance(value, float) else f"'{value}'"


class _quiet(contextlib.AbstractContextManager[None]):  # noqa: N801
    """Silence warnings of Great Expectations about frames without a catalogue, which do not concern users."""

    def __enter__(self) -> None:
        logging.getLogger("great_expectations").setLevel(logging.CRITICAL)

    def __exit__(self, *problem: object) -> None:
        logging.getLogger("great_expectations").setLevel(logging.NOTSET)
