"""The Automation account's own state: worker groups, who was seen when, which runbooks are published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from pydantic import AwareDatetime, TypeAdapter, ValidationError

from actions.clients.automation import API_VERSION, AutomationClient
from actions.clients.call import Answer, Call
from actions.errors import NotFound

_STARTABLE = frozenset({"Published", "Edit"})
"""`Edit` is a published runbook with a draft beside it: the published text runs."""

_MOMENT = TypeAdapter(AwareDatetime)


@dataclass(frozen=True)
class WorkerSeen:
    """A hybrid worker and when it last asked for work; `None` when that is not told."""

    name: str
    at: datetime | None


@dataclass(frozen=True)
class GroupSeen:
    """The workers of a group, with the Date header of the answer: the service's own time."""

    workers: tuple[WorkerSeen, ...]
    date: str


@dataclass(frozen=True)
class Hybrid:
    """Hybrid workers and runbooks of one account (azure-automation.md sections 1 and 5)."""

    client: AutomationClient

    async def groups(self) -> frozenset[str]:
        """Return the names of the hybrid worker groups."""
        answer = await self._get("/hybridRunbookWorkerGroups", "Automation Job Operator")
        return frozenset(str(one.get("name", "")) for one in _values(answer))

    async def workers(self, group: str) -> GroupSeen:
        """Return the workers of a group.

        Raises:
            NotFound: there is no such group.
            Forbidden: single workers are not shown to those who may merely start jobs.
        """
        path = f"/hybridRunbookWorkerGroups/{quote(group, safe='')}/hybridRunbookWorkers"
        answer = await self._get(path, "Reader")
        told = (one.get("properties") or {} for one in _values(answer))
        seen = tuple(
            WorkerSeen(str(one.get("workerName", "")), _moment(one.get("lastSeenDateTime"))) for one in told
        )
        return GroupSeen(seen, answer.headers.get("date", ""))

    async def published(self, runbook: str) -> bool:
        """Whether a runbook of this name is there and can be started."""
        return await self.declared(runbook) is not None

    async def declared(self, runbook: str) -> Mapping[str, bool] | None:
        """Return the parameters a runbook declares, each with whether it is mandatory; `None` without one.

        A runbook that is not published counts as none.
        """
        try:
            answer = await self._get(f"/runbooks/{quote(runbook, safe='')}", "Automation Runbook Operator")
        except NotFound:
            return None
        properties = answer.object.get("properties") or {}
        if properties.get("state") not in _STARTABLE:
            return None
        told = properties.get("parameters") or {}
        return {str(name): (one or {}).get("isMandatory") is True for name, one in told.items()}

    async def _get(self, path: str, role: str) -> Answer:
        call = Call(method="GET", path=f"{self.client.account}{path}", params=API_VERSION, permission=role)
        return await self.client.api.send(call)


def _values(answer: Answer) -> list[dict[str, Any]]:
    found = answer.object.get("value") or []
    return [one for one in found if isinstance(one, dict)]


def _moment(text: object) -> datetime | None:
    try:
        return _MOMENT.validate_python(text)
    except ValidationError:
        return None
