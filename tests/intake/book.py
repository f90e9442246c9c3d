"""What polling brought, told apart by ticket and revision."""

from __future__ import annotations

import uuid
from collections import Counter
from datetime import datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.intake.instance import Desk
from triage.domain.ticket import Ticket
from triage.intake.poll import poll
from triage.store import tickets
from triage.store.engine import Database

OVERLAP = timedelta(seconds=120)


class Book:
    """Takes tickets in and counts how often each revision was new."""

    def __init__(self, database: Database, desk: Desk) -> None:
        self.database = database
        self.desk = desk
        self.new: Counter[tuple[str, str]] = Counter()
        self.seen: list[Ticket] = []

    async def poll(
        self, table: str = "incident", *, ahead: timedelta = timedelta(), since: datetime | None = None
    ) -> int:
        now = self.desk.time.now + ahead
        return await poll(
            self.database.engine,
            self.desk.client,
            table,
            self._accept,
            overlap=OVERLAP,
            now=now,
            since=since,
        )

    async def _accept(self, conn: AsyncConnection, ticket: Ticket) -> None:
        self.seen.append(ticket)
        if await tickets.add(conn, uuid.uuid4(), ticket, self.desk.time.now):
            self.new[ticket.sys_id, ticket.revision] += 1


@pytest.fixture
def book(database: Database, desk: Desk) -> Book:
    return Book(database, desk)
