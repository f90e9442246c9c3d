"""Writing to and reading from the chain, always on the connection of the caller's transaction."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import datetime

from pydantic import JsonValue
from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from triage.audit.chain import GENESIS, Record, sealed
from triage.audit.events import Event
from triage.audit.tables import audit
from triage.errors import Broken

_LOCK = 0x7472_6961_6765  # "triage": one writer at a time, released when the transaction ends
_PAGE = 1_000


async def append(
    conn: AsyncConnection,
    event: Event,
    subject: str,
    data: Mapping[str, JsonValue],
    *,
    actor: str,
    now: datetime,
) -> Record:
    """Add one event to the chain in the caller's transaction; it is as durable as the state change beside it.

    Args:
        conn: connection with an open transaction.
        event: what happened.
        subject: what it happened to, for instance `ticket 5f…`.
        data: exactly the fields that the event's template names.
        actor: who caused it: `service`, a person's object id, or `cli:<user>`.
        now: when (aware).

    Raises:
        Broken: `data` has other fields than the event's.
    """
    if set(data) != event.fields:
        odd = ", ".join(sorted(set(data) ^ event.fields))
        raise Broken(f"audit event {event.label} got the wrong fields: {odd}", subject=subject)
    last = await head(conn)
    record = sealed(
        Record(
            seq=last.seq + 1 if last else 1,
            at=now,
            event=event.label,
            subject=subject,
            actor=actor,
            data=dict(data),
            previous=last.hash if last else GENESIS,
            hash="",
        )
    )
    await conn.execute(insert(audit).values(**record.model_dump()))
    return record


async def head(conn: AsyncConnection) -> Record | None:
    """Return the last record; nobody else adds one before the caller's transaction ends."""
    await conn.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    return await newest(conn)


async def newest(conn: AsyncConnection, *events: Event) -> Record | None:
    """Return the last record, of these events if any are named."""
    query = select(audit).order_by(audit.c.seq.desc()).limit(1)
    if events:
        query = query.where(audit.c.event.in_([event.label for event in events]))
    row = (await conn.execute(query)).mappings().first()
    return Record.model_validate(dict(row)) if row else None


async def known(conn: AsyncConnection, event: Event, subject: str) -> bool:
    """Return whether this event is recorded of this subject already."""
    query = select(audit.c.seq).where(audit.c.event == event.label, audit.c.subject == subject).limit(1)
    return (await conn.scalar(query)) is not None


async def records(conn: AsyncConnection, *, after: int = 0, subject: str = "") -> AsyncIterator[Record]:
    """The chain in order, page by page, from the record after number `after`; of one subject if named."""
    while True:
        query = select(audit).where(audit.c.seq > after).order_by(audit.c.seq).limit(_PAGE)
        if subject:
            query = query.where(audit.c.subject == subject)
        rows = (await conn.execute(query)).mappings().all()
        for row in rows:
            yield Record.model_validate(dict(row))
        if len(rows) < _PAGE:
            return
        after = rows[-1]["seq"]
