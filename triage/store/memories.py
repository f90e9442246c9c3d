"""The memory of asks and effects that all workers share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext, suppress
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    RowMapping,
    Select,
    and_,
    distinct,
    func,
    insert,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from triage.breaker import REACH
from triage.domain.lately import MemoryFacts
from triage.memory import (
    BREAKER_EVENTS,
    CAP_WINDOWS,
    CREDENTIAL_LONG,
    HOUR,
    OPEN_DUPLICATE,
    WEEK,
    Event,
    InMemoryMemory,
)
from triage.store.tables import memories, polls

DIRECTORY: Final = "entra:directoryAudits"
"""Name of the mark that tells how far changes made outside us were read into the memory."""
STALE: Final = timedelta(minutes=30)
"""Age of that mark at which the memory counts as unknown: something may have changed that nobody told it."""
_TRIES = 2


class PostgresMemory:
    """`triage.memory.Memory` over a table.

    It reads what could matter and lets `InMemoryMemory` count it, so that service and replay cannot differ.
    """

    def __init__(self, connect: Callable[[], AbstractAsyncContextManager[AsyncConnection]]) -> None:
        self._connect = connect

    async def recall(
        self,
        *,
        ticket: str = "",
        person_id: str,
        requester_id: str,
        label: str,
        action: str,
        key: str,
        department: str = "",
        now: datetime,
    ) -> MemoryFacts:
        """Return what is known at `now`; `known` is false when the database does not answer.

        It is false too when changes made outside us were read too long ago; a service without a directory to
        read, as in tests, has no such mark and knows what it was told.
        """
        query = (
            select(memories)
            .where(_relevant(person_id, requester_id, key, action, now))
            .order_by(memories.c.id)
        )
        rows = await self._rows(query)
        looked = await self._rows(select(polls.c.polled_at).where(polls.c.source == DIRECTORY))
        if rows is None or looked is None or any(now - row["polled_at"] > STALE for row in looked):
            return MemoryFacts(known=False)
        wide = await self._rows(_wide(ticket, action, department, now))
        if wide is None:
            return MemoryFacts(known=False)
        known = InMemoryMemory()
        for row in _not_later(rows, ticket, key):
            await _retell(row, known)
        facts = await known.recall(
            ticket=ticket,
            person_id=person_id,
            requester_id=requester_id,
            label=label,
            action=action,
            key=key,
            department=department,
            now=now,
        )
        return facts.model_copy(update=dict(wide[0]))

    async def _rows(self, query: Select[Any]) -> Sequence[RowMapping] | None:
        """Run the query, once more when the connection was cut; `None` when it cannot be run."""
        for _ in range(_TRIES):
            with suppress(SQLAlchemyError, OSError):
                async with self._connect() as conn:
                    found: Sequence[RowMapping] = (await conn.execute(query)).mappings().all()
                    return found
        return None

    async def remember(
        self,
        *,
        ticket: str,
        person_id: str,
        requester_id: str,
        label: str,
        action: str,
        key: str,
        event: Event,
        department: str = "",
        attribute: str = "",
        now: datetime,
    ) -> None:
        """Record that `event` happened at `now`."""
        values = {
            "ticket": ticket,
            "person_id": person_id,
            "requester_id": requester_id,
            "label": label,
            "action": action,
            "key": key,
            "event": event.value,
            "department": department,
            "attribute": attribute,
            "at": now,
        }
        async with self._connect() as conn:
            await conn.execute(insert(memories).values(values))


async def knows(conn: AsyncConnection, ticket: str) -> bool:
    """Return whether anything is remembered of this ticket, or of this change made outside us."""
    return (await conn.scalar(select(memories.c.id).where(memories.c.ticket == ticket).limit(1))) is not None


def shared_memory(engine: AsyncEngine) -> PostgresMemory:
    """Return the memory with a transaction of its own for each call."""
    return PostgresMemory(engine.begin)


def memory_on(conn: AsyncConnection) -> PostgresMemory:
    """Return the memory in the caller's transaction."""
    return PostgresMemory(lambda: nullcontext(conn))


def _relevant(person_id: str, requester_id: str, key: str, action: str, now: datetime) -> ColumnElement[bool]:
    """Rows of the last hour, of these two people for as long as caps reach back, and of the same ask."""
    people = [one for one in (person_id, requester_id) if one]
    involved = or_(memories.c.person_id.in_(people), memories.c.requester_id.in_(people))
    return or_(
        memories.c.at > now - HOUR,
        and_(involved, memories.c.at > now - CREDENTIAL_LONG),
        and_(memories.c.key == key, memories.c.key != "", memories.c.at > now - OPEN_DUPLICATE),
        and_(memories.c.person_id.in_(people), memories.c.event == Event.REPUDIATED.value),
        and_(_of_breakers(), memories.c.action == action, memories.c.at > now - REACH),
    )


def _wide(ticket: str, action: str, department: str, now: datetime) -> Select[Any]:
    """Count the other tickets done for the caps that are about more than these people, in the long windows.

    They are counted where they lie: a busy tenant's week is too much to tell again for each decision.
    """
    about = {
        "action": and_(memories.c.action == action, literal(action != "")),
        "department": and_(memories.c.department == department, literal(department != "")),
        "tenant": true(),
    }
    counts: list[Any] = [
        func.count(distinct(memories.c.ticket))
        .filter(condition, memories.c.at > now - window)
        .label(f"{kind}_{name}")
        for kind, condition in about.items()
        for name, window in CAP_WINDOWS.items()
    ]
    done = memories.c.event == Event.DONE.value
    reach = and_(memories.c.at > now - WEEK, memories.c.at <= now)
    return select(*counts).where(done, reach, memories.c.ticket != ticket)


def _of_breakers() -> ColumnElement[bool]:
    """The condition of the partial index on trouble, word for word."""
    return memories.c.event.in_([event.value for event in BREAKER_EVENTS])


def _not_later(rows: Sequence[RowMapping], ticket: str, key: str) -> list[RowMapping]:
    """Leave out the same ask of others after this ticket's own: of two, only the later is a duplicate."""
    own = next((row["id"] for row in rows if row["ticket"] == ticket), None)
    return [
        row
        for row in rows
        if own is None or row["id"] <= own or row["key"] != key or row["event"] != Event.ASKED.value
    ]


async def _retell(row: RowMapping, known: InMemoryMemory) -> None:
    await known.remember(
        ticket=row["ticket"],
        person_id=row["person_id"],
        requester_id=row["requester_id"],
        label=row["label"],
        action=row["action"],
        key=row["key"],
        event=Event(row["event"]),
        department=row["department"],
        attribute=row["attribute"],
        now=row["at"],
    )
