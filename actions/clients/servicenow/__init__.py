"""ServiceNow: reading tickets, adding notes once, resolving and reading back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from actions.clients.http import Api
from actions.clients.servicenow.approvals import ApprovalRecords
from actions.clients.servicenow.closing import Closing
from actions.clients.servicenow.incidents import Incidents
from actions.clients.servicenow.journal import Entries, Journal
from actions.clients.servicenow.query import Condition, Query, Row, equal, where
from actions.clients.servicenow.table import Tables

__all__ = ["Condition", "Journal", "Query", "Row", "ServiceNowClient", "Tables", "equal", "where"]

USER_FIELDS = ("user_name", "email", "employee_number", "name", "active", "manager", "department")


@dataclass(frozen=True)
class ServiceNowClient:
    """One ServiceNow instance, for intake and write-back."""

    api: Api
    closing: Closing = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "closing", Closing(self.tables))

    @property
    def tables(self) -> Tables:
        """The Table API: `query`, `get`, `patch`."""
        return Tables(self.api)

    @property
    def entries(self) -> Entries:
        """Journal entries: `read`, `add`."""
        return Entries(self.tables)

    @property
    def approvals(self) -> ApprovalRecords:
        """Approval records: `ask`, `answered`, `withdraw`."""
        return ApprovalRecords(self.tables)

    @property
    def incidents(self) -> Incidents:
        """Incidents of our own: `open`."""
        return Incidents(self.tables)

    async def record(self, table: str, sys_id: str, fields: Iterable[str]) -> Row:
        """Return one record (`NotFound` when it is not there or hidden)."""
        return await self.tables.get(table, sys_id, fields)

    async def user(self, sys_id: str) -> Row:
        """Return a user record with `USER_FIELDS`."""
        return await self.tables.get("sys_user", sys_id, USER_FIELDS)

    async def users_named(self, field: str, value: str) -> list[Row]:
        """Return the active users whose `field` (email, user_name, employee_number) is `value`."""
        query = where(equal(field, value), equal("active", "true"))
        return await self.tables.query("sys_user", query, USER_FIELDS, limit=10)

    async def add_work_note(self, table: str, sys_id: str, text: str, operation: str) -> None:
        """Add a note for the desk, once per operation id."""
        await self.entries.add(table, sys_id, Journal.WORK_NOTES, text, operation)

    async def add_comment(self, table: str, sys_id: str, text: str, operation: str) -> None:
        """Add a comment the requester reads, once per operation id."""
        await self.entries.add(table, sys_id, Journal.COMMENTS, text, operation)

    async def resolve(self, table: str, sys_id: str, notes: str) -> None:
        """Resolve an incident, or complete a requested item, with `notes`, and read it back.

        Raises:
            Refused: ServiceNow did not take it, or has no close code of ours.
        """
        if table == "incident":
            await self.closing.resolve_incident(sys_id, notes)
        else:
            await self.closing.complete_item(sys_id, notes)
