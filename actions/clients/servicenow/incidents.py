"""Incidents of our own: opened once per operation, for the group that has to mend something."""

from __future__ import annotations

from dataclasses import dataclass

from actions.clients.servicenow.query import Row, equal, where
from actions.clients.servicenow.table import Tables
from actions.errors import OutcomeUnknown, Unreachable

_TABLE = "incident"


@dataclass(frozen=True)
class Incidents:
    """Incidents that we open (servicenow.md section 4: the operation id goes into `correlation_id`)."""

    tables: Tables

    async def open(self, operation: str, *, subject: str, text: str, group: str) -> str:
        """Open an incident for this group, unless one of this operation is there; return its number.

        A group that is not known is left out: whoever watches unassigned incidents sees it.

        Raises:
            Unreachable: it may be there or not; opening it again is safe.
        """
        found = await self._find(operation)
        if found:
            return found
        groups = await self.tables.query("sys_user_group", where(equal("name", group)), ("name",), limit=1)
        values = {
            "short_description": subject,
            "description": text,
            "contact_type": "monitoring",
            "correlation_id": operation,
            "assignment_group": groups[0]["sys_id"] if groups else "",
        }
        try:
            return (await self.tables.insert(_TABLE, values)).get("number", "")
        except OutcomeUnknown as lost:
            if found := await self._find(operation):
                return found
            raise Unreachable(lost.message, hint="It is tried again.", subject=lost.subject) from None

    async def _find(self, operation: str) -> str:
        query = where(equal("correlation_id", operation))
        rows: list[Row] = await self.tables.query(_TABLE, query, ("number", "correlation_id"), limit=1)
        return rows[0]["number"] if rows else ""
