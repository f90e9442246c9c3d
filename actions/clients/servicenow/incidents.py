"""Incidents of our own: opened once per operation, for the group that has to mend something."""

from __future__ import annotations

from dataclasses import dataclass

from actions.clients.servicenow.query import Row, equal, where
from actions.clients.servicenow.table import Tables
from actions.errors import OutcomeUnknown, Unreachable

_TABLE = "incident"
OURS = "ticket-triage"
"""What `correlation_display` says of an incident of ours, which is for people and never triaged."""


@dataclass(frozen=True)
class Incidents:
    """Incidents that we open (servicenow.md section 4: the operation id goes into `correlation_id`)."""

    tables: Tables

    async def open(
        self, operation: str, *, subject: str, text: str, group: str = "", urgent: bool = False
    ) -> str:
        """Open an incident for this group, unless one of this operation is there; return its number.

        One that is `urgent` has impact and urgency 1, which is priority 1.

        A group that is not known is left out: whoever watches unassigned incidents sees it.

        Raises:
            Unreachable: it may be there or not; opening it again is safe.
        """
        found = await self._find(operation)
        if found:
            return found
        values = {
            "short_description": subject,
            "description": text,
            "contact_type": "monitoring",
            "correlation_id": operation,
            "correlation_display": OURS,
            "assignment_group": await self._group(group),
            **({"impact": "1", "urgency": "1"} if urgent else {}),
        }
        try:
            return (await self.tables.insert(_TABLE, values)).get("number", "")
        except OutcomeUnknown as lost:
            if found := await self._find(operation):
                return found
            raise Unreachable(lost.message, hint="It is tried again.", subject=lost.subject) from None

    async def _group(self, name: str) -> str:
        query = where(equal("name", name))
        rows = await self.tables.query("sys_user_group", query, ("name",), limit=1) if name else []
        return rows[0]["sys_id"] if rows else ""

    async def _find(self, operation: str) -> str:
        query = where(equal("correlation_id", operation))
        rows: list[Row] = await self.tables.query(_TABLE, query, ("number", "correlation_id"), limit=1)
        return rows[0]["number"] if rows else ""
