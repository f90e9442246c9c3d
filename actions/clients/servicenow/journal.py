"""Work notes and comments: they cannot be taken back, so each carries a mark and is written once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from actions.clients.servicenow.query import Row, equal, where
from actions.clients.servicenow.table import Tables
from actions.errors import OutcomeUnknown, Unreachable

_FIELDS = ("value", "element", "sys_created_on", "sys_created_by")
_MOST = 500
_OPERATION = re.compile(r"[A-Za-z0-9._:-]{1,100}")


class Journal(StrEnum):
    """Who reads an entry: the desk, or the requester too (a mail goes out)."""

    WORK_NOTES = "work_notes"
    COMMENTS = "comments"


@dataclass(frozen=True)
class Entries:
    """Journal entries of tasks (servicenow.md section 6)."""

    tables: Tables

    async def read(self, sys_id: str, journal: Journal) -> list[Row]:
        """Return the entries of a record, oldest first, with `value`, `sys_created_on`, `sys_created_by`."""
        query = where(
            equal("element_id", sys_id), equal("element", journal), order=("sys_created_on", "sys_id")
        )
        return await self.tables.query("sys_journal_field", query, _FIELDS, limit=_MOST)

    async def add(self, table: str, sys_id: str, journal: Journal, text: str, operation: str) -> None:
        """Add an entry marked `[op:operation]`, unless one with that mark is there.

        Raises:
            Unreachable: it may be there or not; adding again is safe, as the mark is looked for first.
        """
        ours = mark(operation)
        if await self._has(sys_id, journal, ours):
            return
        try:
            await self.tables.patch(table, sys_id, {journal: f"{text}\n{ours}"}, repeatable=False)
        except OutcomeUnknown as lost:
            if await self._has(sys_id, journal, ours):
                return
            raise Unreachable(lost.message, hint="It is tried again.", subject=lost.subject) from None

    async def _has(self, sys_id: str, journal: Journal, ours: str) -> bool:
        return any(ours in entry["value"] for entry in await self.read(sys_id, journal))


def mark(operation: str) -> str:
    """Return the mark by which an entry of this operation is found again: `[op:…]`."""
    if not _OPERATION.fullmatch(operation):
        raise ValueError("an operation id has letters, digits, dots, colons and hyphens")
    return f"[op:{operation}]"
