"""What a runbook is: its parameters, the keys of its result line, and the run every twin goes through."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from triage.sandbox.records import AdAccount, Json
from triage.sandbox.tenant import Tenant, record

RESULT_MARK = "TRIAGE-RESULT "
RESULT_KEYS = ("executionId", "runbook", "ok", "changed", "before", "after", "detail")
EXECUTION_ID = "ExecutionId"
GUID = r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
SAM = r"[A-Za-z0-9._-]{1,20}"
ADDRESS = r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,190}"


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
    """The Python twin of a PowerShell runbook: the same name, parameters, patterns and result keys.

    `parameters` maps each mandatory parameter to the pattern its value must have; `before` and `after` are
    the keys of these objects in the result line.
    """

    name: str
    parameters: Mapping[str, str]
    before: tuple[str, ...]
    after: tuple[str, ...]
    run: Callable[[Tenant, Mapping[str, str]], Outcome]


@dataclass(frozen=True, slots=True)
class Setting:
    """What a runbook brings about: of which object (id, name), from what it saw to what was asked for.

    `what` is its name in the change log.
    """

    runbook: str
    what: str
    target: tuple[str, str]
    before: Json
    after: Json


def brought_about(
    tenant: Tenant, setting: Setting, parameters: Mapping[str, str], write: Callable[[], object]
) -> Outcome:
    """Write what is not as asked yet and record it; what is so already is left as it is."""
    before, after = setting.before, setting.after
    if before == after:
        return Outcome(ok=True, changed=False, before=before, after=after, detail="already_so")
    write()
    record(
        tenant,
        actor=setting.runbook,
        area="onprem",
        what=setting.what,
        target=setting.target,
        before=before,
        after=after,
        correlation=parameters[EXECUTION_ID],
    )
    return Outcome(ok=True, changed=True, before=before, after=after, detail="set")


def ordinary(tenant: Tenant, sam: str) -> tuple[AdAccount | None, str]:
    """Return the account of this name, or why a runbook does not touch it."""
    account = tenant.ad.get(sam.lower())
    if account is None:
        return None, "account_not_found"
    return (None, "account_protected") if account.protected else (account, "")


def refused(detail: str) -> Outcome:
    """Return the outcome of a runbook that looked and did nothing."""
    return Outcome(ok=False, changed=False, before={}, after={}, detail=detail)


def binds(twin: Twin, parameters: Mapping[str, str]) -> bool:
    """Tell whether PowerShell would bind these parameters: all of them, no other, each of its pattern."""
    return parameters.keys() == twin.parameters.keys() and all(
        re.fullmatch(pattern, parameters[name]) for name, pattern in twin.parameters.items()
    )


def executed(tenant: Tenant, twin: Twin, parameters: Mapping[str, str]) -> Json:
    """Run the twin once for an execution id; what succeeded gives the same answer again and does nothing.

    Returns:
        The result object with the keys `RESULT_KEYS`.
    """
    key = (twin.name, parameters[EXECUTION_ID].lower())
    kept = tenant.runbook_results.get(key)
    if kept is not None:
        return kept
    did = twin.run(tenant, parameters)
    values = (parameters[EXECUTION_ID], twin.name, did.ok, did.changed, did.before, did.after, did.detail)
    result = dict(zip(RESULT_KEYS, values, strict=True))
    if did.ok:
        tenant.runbook_results[key] = result
    return result


def result_line(result: Json) -> str:
    """Return the one line a runbook writes to its Output stream."""
    return RESULT_MARK + json.dumps(result, separators=(",", ":"))
