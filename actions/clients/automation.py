"""Azure Automation: starting a runbook once and reading what became of it (azure-automation.md)."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from actions.clients.call import Call, Json
from actions.clients.http import Api
from actions.errors import Conflict, OutsideError, Refused

RESULT_MARK = "TRIAGE-RESULT "
"""What the one line of output begins with in which a runbook tells its result as JSON."""

API_VERSION = {"api-version": "2024-10-23"}
"""Goes out with every request to Azure Automation."""

_OPERATOR = "Automation Job Operator"


class JobState(StrEnum):
    """Where a job stands, in our words."""

    WAITING = "waiting"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    STUCK = "stuck"


_STATES = {
    **dict.fromkeys(("New", "Activating", "Resuming"), JobState.WAITING),
    **dict.fromkeys(("Running", "Stopping", "Suspending"), JobState.RUNNING),
    "Completed": JobState.COMPLETED,
    **dict.fromkeys(("Failed", "Stopped", "Suspended"), JobState.FAILED),
    **dict.fromkeys(("Blocked", "Disconnected", "Removing"), JobState.STUCK),
}


@dataclass(frozen=True)
class JobResult:
    """What became of a job.

    Attributes:
        name: the id we chose for it.
        state: `STUCK` may come to life again, so it is a failure only after some grace; suspended is one
            (three times no worker took it); an unknown status counts as running.
        status: the service's own word.
        result: the runbook's result object; empty when there is none (yet).
        errors: how many records the error stream has. Completed alone is no success.
    """

    name: uuid.UUID
    state: JobState
    status: str
    result: Json = field(default_factory=dict)
    errors: int = 0

    @property
    def succeeded(self) -> bool:
        """Whether it completed, told us `ok` for this very execution, and wrote no error."""
        return (
            self.state is JobState.COMPLETED
            and not self.errors
            and self.result.get("ok") is True
            and str(self.result.get("executionId", "")).lower() == str(self.name)
        )


@dataclass(frozen=True)
class AutomationClient:
    """One Automation account.

    Attributes:
        account: path of the account below the ARM base.
        worker_group: hybrid worker group on which the Active Directory runbooks run.
    """

    api: Api
    account: str
    worker_group: str

    async def submit_job(
        self, name: uuid.UUID, runbook: str, parameters: Mapping[str, str], run_on: str
    ) -> None:
        """Start a published runbook on a worker group; a second call with the same name changes nothing.

        Parameters stay readable for 30 days: never a secret.

        Raises:
            Refused: the runbook is unknown or not published.
            Forbidden: our identity may not start jobs.
        """
        properties = {"runbook": {"name": runbook}, "parameters": dict(parameters), "runOn": run_on}
        try:
            await self._send("PUT", f"/jobs/{name}", {"properties": properties})
        except (Conflict, Refused) as refusal:  # the status of "exists already" is not documented
            if await self._kept(name) is None:
                raise refusal from None

    async def job(self, name: uuid.UUID) -> JobResult:
        """Return what became of the job of this name.

        Raises:
            NotFound: no such job was ever accepted.
        """
        properties = (await self._send("GET", f"/jobs/{name}")).get("properties") or {}
        status = str(properties.get("status", ""))
        state = _STATES.get(status, JobState.RUNNING)
        if state not in {JobState.COMPLETED, JobState.FAILED}:
            return JobResult(name, state, status)
        output = await self.api.send(self._call("GET", f"/jobs/{name}/output", accept="text/plain"))
        return JobResult(name, state, status, result_of(output.text), await self._error_count(name))

    def on_behalf_of(self, run_id: uuid.UUID) -> AutomationClient:
        """Return the same client with `run_id` as the id of its requests."""
        return AutomationClient(self.api.on_behalf_of(run_id), self.account, self.worker_group)

    async def _kept(self, name: uuid.UUID) -> Json | None:
        try:
            return await self._send("GET", f"/jobs/{name}")
        except OutsideError:
            return None

    async def _error_count(self, name: uuid.UUID) -> int:
        streams = (await self._send("GET", f"/jobs/{name}/streams")).get("value") or []
        kinds = [(one.get("properties") or {}).get("streamType") for one in streams if isinstance(one, dict)]
        return kinds.count("Error")

    async def _send(self, method: str, path: str, body: Any = None) -> Json:
        return (await self.api.send(self._call(method, path, body=body))).object

    def _call(self, method: str, path: str, *, body: Any = None, accept: str = "application/json") -> Call:
        return Call(
            method=method,
            path=f"{self.account}{path}",
            params=API_VERSION,
            json=body,
            headers={"Accept": accept},
            repeatable=True,
            permission=_OPERATOR,
        )


def account_path(subscription: str, resource_group: str, account: str) -> str:
    """Return the path of an Automation account below the ARM base."""
    return (
        f"/subscriptions/{subscription}/resourceGroups/{resource_group}"
        f"/providers/Microsoft.Automation/automationAccounts/{account}"
    )


def result_of(output: str) -> Json:
    """Return the object of the last result line of a runbook's output; empty when there is none."""
    for line in reversed(output.splitlines()):
        if not line.startswith(RESULT_MARK):
            continue
        try:
            result = json.loads(line.removeprefix(RESULT_MARK))
        except ValueError:
            return {}
        return result if isinstance(result, dict) else {}
    return {}
