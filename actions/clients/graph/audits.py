"""The directory's own audit log: who changed what, as Entra recorded it some minutes later."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import AwareDatetime

from actions.clients.call import Call
from actions.clients.graph.odata import literal
from actions.clients.graph.pages import items
from actions.clients.graph.permissions import PERMISSIONS
from actions.clients.graph.values import Read
from actions.clients.http import Api


class ChangedProperty(Read):
    """A property that changed; its values are not read."""

    display_name: str = ""


class ChangedObject(Read):
    """What a change is about."""

    id: str = ""
    modified_properties: tuple[ChangedProperty, ...] = ()


class InitiatingApp(Read):
    """The app that made a change."""

    app_id: str = ""


class Initiator(Read):
    """Who made a change; `app` is `None` when a person did."""

    app: InitiatingApp | None = None


class DirectoryAudit(Read):
    """One entry. `correlation_id` is the `client-request-id` of the call that made the change."""

    id: str
    activity_display_name: str = ""
    activity_date_time: AwareDatetime
    correlation_id: str = ""
    result: str = ""
    initiated_by: Initiator = Initiator()
    target_resources: tuple[ChangedObject, ...] = ()

    @property
    def app_id(self) -> str:
        """The client id of the app that made the change, "" for a person or an app without one."""
        return self.initiated_by.app.app_id if self.initiated_by.app else ""

    @property
    def targets(self) -> tuple[str, ...]:
        """Object ids of what was changed."""
        return tuple(one.id for one in self.target_resources if one.id)

    @property
    def properties(self) -> frozenset[str]:
        """Names of the properties that changed."""
        return frozenset(
            prop.display_name for one in self.target_resources for prop in one.modified_properties
        )


@dataclass(frozen=True)
class Audits:
    """The audit log of the directory; at most 5 requests in 10 seconds (graph.md)."""

    api: Api

    async def since(self, moment: datetime) -> AsyncIterator[DirectoryAudit]:
        """Yield the entries of changes made at `moment` (aware) or later, newest first."""
        async for one in self._filtered(_since(moment), "audits.since"):
            yield one

    async def of_object(self, object_id: str, moment: datetime) -> AsyncIterator[DirectoryAudit]:
        """Yield the entries of changes to one object made at `moment` (aware) or later, newest first."""
        about = f"targetResources/any(t:t/id eq '{literal(object_id)}')"
        async for one in self._filtered(f"{_since(moment)} and {about}", "audits.of_object"):
            yield one

    async def _filtered(self, where: str, operation: str) -> AsyncIterator[DirectoryAudit]:
        call = Call(
            method="GET",
            path="/auditLogs/directoryAudits",
            params={"$filter": where, "$top": "999"},
            permission=PERMISSIONS[operation],
        )
        async for item in items(self.api, call):
            yield DirectoryAudit.of(item)


def _since(moment: datetime) -> str:
    return f"activityDateTime ge {moment.astimezone(UTC).strftime('%Y-%m-%dT%H:%M:%SZ')}"
