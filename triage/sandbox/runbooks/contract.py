"""What a runbook is: its parameters, the keys of its result line, and the run every twin goes through."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from triage.sandbox.records import Json
from triage.sandbox.tenant import Tenant

RESULT_MARK = "TRIAGE-RESULT "
RESULT_KEYS = ("executionId", "runbook", "ok", "changed", "before", "after", "detail")
EXECUTION_ID = "ExecutionId"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a runbook did: `before` and `after` are what it saw of the object, never a secret."""

    ok: bool
    changed: bool
    before: Json
    after: Json
    detail: str


@dataclass(frozen=True, slots=True)
class Twin:
    """The Python twin of a PowerShell runbook: the same name, parameters and result keys, all mandatory."""

    name: str
    parameters: tuple[str, ...]
    before: tuple[str, ...]
    after: tuple[str, ...]
    run: Callable[[Tenant, Mapping[str, str]], Outcome]


def refused(twin_before: Json, detail: str) -> Outcome:
    """Return the outcome of a runbook that looked and did nothing."""
    return Outcome(ok=False, changed=False, before=twin_before, after={}, detail=detail)


def executed(tenant: Tenant, twin: Twin, parameters: Mapping[str, str]) -> Json:
    """Run the twin once for an execution id; asked again, give the same answer and do nothing.

    Returns:
        The result object with the keys `RESULT_KEYS`.
    """
    key = (twin.name, parameters[EXECUTION_ID])
    if key not in tenant.runbook_results:
        outcome = twin.run(tenant, parameters)
        values = (key[1], key[0], outcome.ok, outcome.changed, outcome.before, outcome.after, outcome.detail)
        tenant.runbook_results[key] = dict(zip(RESULT_KEYS, values, strict=True))
    return tenant.runbook_results[key]


def result_line(result: Json) -> str:
    """Return the one line a runbook writes to its Output stream."""
    return RESULT_MARK + json.dumps(result, separators=(",", ":"))
