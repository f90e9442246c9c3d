"""Resolving a ticket: state, close code and notes, read back before it counts (servicenow.md section 4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from actions.clients.servicenow.query import equal, where
from actions.clients.servicenow.table import Tables
from actions.errors import Refused

CLOSE_CODES = ("Solution provided", "Solved (Permanently)", "Solved Remotely (Permanently)")
"""What we would like to close with, best first; the instance's own choices decide."""

_RESOLVED, _CLOSED, _CANCELLED = "6", "7", "8"
_COMPLETE = "3"
_OPEN_TASK_STATES = ("-5", "1", "2")


@dataclass
class Closing:
    """Resolves incidents and completes requested items; remembers the instance's close codes."""

    tables: Tables
    _codes: list[str] = field(default_factory=list, repr=False)

    async def resolve_incident(self, sys_id: str, notes: str) -> None:
        """Set an incident to resolved with a valid close code; a resolved or closed one is left as it is.

        Raises:
            Refused: it was cancelled, or the write did not take (access rule, business rule).
        """
        state = (await self.tables.get("incident", sys_id, ("state",)))["state"]
        if state in {_RESOLVED, _CLOSED}:
            return
        if state == _CANCELLED:
            raise Refused("The incident was cancelled meanwhile.", hint="Nothing to resolve.", subject=sys_id)
        code = await self._close_code()
        values = {"state": _RESOLVED, "close_code": code, "close_notes": notes}
        await self.tables.patch("incident", sys_id, values)
        await self._check("incident", sys_id, _RESOLVED)

    async def complete_item(self, sys_id: str, notes: str) -> None:
        """Close the open tasks of a requested item, so that its flow closes it; without tasks the item."""
        item = await self.tables.get("sc_req_item", sys_id, ("state",))
        if item["state"] == _COMPLETE:
            return
        tasks = await self.tables.query("sc_task", where(equal("request_item", sys_id)), ("state",))
        for task in tasks:
            if task["state"] in _OPEN_TASK_STATES:
                await self._complete("sc_task", task["sys_id"], notes)
        if not tasks:
            await self._complete("sc_req_item", sys_id, notes)

    async def _complete(self, table: str, sys_id: str, notes: str) -> None:
        await self.tables.patch(table, sys_id, {"state": _COMPLETE, "close_notes": notes})
        await self._check(table, sys_id, _COMPLETE)

    async def _check(self, table: str, sys_id: str, state: str) -> None:
        found = (await self.tables.get(table, sys_id, ("state",)))["state"]
        if found != state:
            raise Refused(
                f"ServiceNow left {table} {sys_id} in state {found}.",
                hint="An access rule or business rule stops our user: it needs write access to the state.",
                subject=sys_id,
            )

    async def _close_code(self) -> str:
        if not self._codes:
            query = where(
                equal("name", "incident"), equal("element", "close_code"), equal("inactive", "false")
            )
            rows = await self.tables.query("sys_choice", query, ("value",), limit=200)
            self._codes.extend(row["value"] for row in rows)
        return _best(CLOSE_CODES, self._codes)


def _best(liked: Sequence[str], offered: Sequence[str]) -> str:
    """Return the best liked close code on offer.

    Raises:
        Refused: none of them is on offer.
    """
    for code in liked:
        if code in offered:
            return code
    raise Refused(
        "None of our close codes is a choice of this instance.",
        hint=f"Add one of these to incident.close_code: {', '.join(liked)}.",
        subject="incident.close_code",
    )
