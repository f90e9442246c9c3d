"""Approval records: asking a person inside ServiceNow, and reading who answered (servicenow.md section 4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from actions.clients.servicenow.journal import Entries, Journal, mark
from actions.clients.servicenow.query import Condition, Row, equal, where
from actions.clients.servicenow.table import Tables
from actions.errors import Forbidden, NotFound, OutcomeUnknown, Refused, Unreachable

_TABLE = "sysapproval_approver"
_REQUESTED, _WITHDRAWN = "requested", "not_required"
_FIELDS = ("state", "approver", "sys_updated_by")
_MOST = 50
"""Records asked for at once: their ids stay within the length of an address."""


@dataclass(frozen=True)
class ApprovalRecords:
    """The records in which people of an instance say yes or no (`sysapproval_approver`).

    We open and withdraw them, which needs the role approval_admin; only the person answers.
    """

    tables: Tables

    async def ask(self, task: str, user: str, text: str, operation: str) -> str:
        """Open a record on a task for a user, once per operation id; return its sys_id.

        Records of the instance's own workflows are left alone: ours carry the mark of the operation.

        Raises:
            Refused: the record did not come to be as it was asked for.
            Unreachable: it may be there or not; asking again is safe.
        """
        known = await self._known(task, user, operation)
        if known:
            return known
        values = {
            "sysapproval": task,
            "approver": user,
            "state": _REQUESTED,
            "comments": f"{text}\n{mark(operation)}",
        }
        try:
            made = await self.tables.insert(_TABLE, values)
        except OutcomeUnknown as lost:
            raise Unreachable(lost.message, hint="It is tried again.", subject=lost.subject) from None
        if made.get("approver") != user or made.get("state") != _REQUESTED:
            raise Refused(
                "ServiceNow did not open the approval record as asked.",
                hint="Our user needs the role approval_admin there.",
                subject=_TABLE,
            )
        return made["sys_id"]

    async def answered(self, sys_ids: Sequence[str]) -> list[Row]:
        """Return those of these records that somebody has answered, with `state` and `sys_updated_by`."""
        found: list[Row] = []
        for start in range(0, len(sys_ids), _MOST):
            ids = Condition("sys_id", "IN", ",".join(sys_ids[start : start + _MOST]))
            query = where(ids, Condition("state", "!=", _REQUESTED))
            found += await self.tables.query(_TABLE, query, _FIELDS, limit=_MOST)
        return found

    async def answered_by(self, sys_id: str) -> str:
        """Return the user name that last changed the state by the instance's audit; "" where it has none."""
        query = where(
            equal("tablename", _TABLE),
            equal("documentkey", sys_id),
            equal("fieldname", "state"),
            order=("-sys_created_on", "sys_id"),
        )
        try:
            rows = await self.tables.query("sys_audit", query, ("user",), limit=1)
        except (Forbidden, NotFound):
            return ""
        return rows[0]["user"] if rows else ""

    async def withdraw(self, sys_id: str, text: str) -> None:
        """Say that an answer is no longer needed; a record that is gone or answered stays as it is."""
        try:
            if (await self.tables.get(_TABLE, sys_id, ("state",)))["state"] == _REQUESTED:
                values = {"state": _WITHDRAWN, "comments": text}
                await self.tables.patch(_TABLE, sys_id, values, repeatable=False)
        except (NotFound, OutcomeUnknown):
            return

    async def _known(self, task: str, user: str, operation: str) -> str:
        query = where(equal("sysapproval", task), equal("approver", user), equal("state", _REQUESTED))
        for row in await self.tables.query(_TABLE, query, ()):
            entries = await Entries(self.tables).read(row["sys_id"], Journal.COMMENTS)
            if any(mark(operation) in entry["value"] for entry in entries):
                return row["sys_id"]
        return ""
