"""Tickets: each (source, sys_id, revision) is kept once, with the state it has reached."""

from __future__ import annotations

import uuid
from datetime import datetime

from pydantic import AwareDatetime
from sqlalchemy import RowMapping, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from actions.vocabulary import Frozen
from triage.domain.run import TicketState
from triage.domain.ticket import Ticket
from triage.errors import Unknown
from triage.store.tables import tickets


class StoredTicket(Frozen):
    """A ticket with our id for it and where it stands."""

    id: uuid.UUID
    ticket: Ticket
    state: TicketState
    received_at: AwareDatetime
    changed_at: AwareDatetime


async def add(conn: AsyncConnection, ticket_id: uuid.UUID, ticket: Ticket, now: datetime) -> uuid.UUID | None:
    """Keep `ticket` under `ticket_id` as received; `None` when this revision is kept already."""
    query = (
        insert(tickets)
        .values(
            id=ticket_id,
            source=ticket.source,
            sys_id=ticket.sys_id,
            revision=ticket.revision,
            number=ticket.number,
            content=ticket.model_dump(mode="json"),
            state=TicketState.RECEIVED,
            received_at=now,
            changed_at=now,
        )
        .on_conflict_do_nothing()
        .returning(tickets.c.id)
    )
    added: uuid.UUID | None = (await conn.execute(query)).scalar()
    return added


async def get(conn: AsyncConnection, ticket_id: uuid.UUID, *, lock: bool = False) -> StoredTicket:
    """Return one ticket; with `lock`, nobody else changes it until the transaction ends.

    Raises:
        Unknown: there is no ticket of that id.
    """
    query = select(tickets).where(tickets.c.id == ticket_id)
    row = (await conn.execute(query.with_for_update() if lock else query)).mappings().first()
    if row is None:
        raise Unknown(
            "there is no such ticket", hint="Look it up by its number.", subject=f"ticket {ticket_id}"
        )
    return _stored(row)


async def id_of(conn: AsyncConnection, ticket: Ticket) -> uuid.UUID:
    """Return our id of exactly this revision.

    Raises:
        Unknown: it was never taken in.
    """
    query = select(tickets.c.id).where(
        tickets.c.source == ticket.source,
        tickets.c.sys_id == ticket.sys_id,
        tickets.c.revision == ticket.revision,
    )
    found: uuid.UUID | None = (await conn.execute(query)).scalar()
    if found is None:
        raise Unknown("this revision was never taken in", subject=f"{ticket.source} {ticket.sys_id}")
    return found


async def set_state(conn: AsyncConnection, ticket_id: uuid.UUID, state: TicketState, now: datetime) -> None:
    """Say where the ticket stands now."""
    query = update(tickets).where(tickets.c.id == ticket_id).values(state=state, changed_at=now)
    await conn.execute(query)


async def others(conn: AsyncConnection, stored: StoredTicket) -> tuple[StoredTicket, ...]:
    """Return the other revisions of the same ticket, locked, oldest first."""
    query = (
        select(tickets)
        .where(
            tickets.c.source == stored.ticket.source,
            tickets.c.sys_id == stored.ticket.sys_id,
            tickets.c.id != stored.id,
        )
        .order_by(tickets.c.received_at, tickets.c.id)
        .with_for_update()
    )
    return tuple(_stored(row) for row in (await conn.execute(query)).mappings())


async def by_number(conn: AsyncConnection, number: str) -> tuple[StoredTicket, ...]:
    """Return every revision of the ticket with this number, newest first."""
    query = select(tickets).where(tickets.c.number == number).order_by(tickets.c.received_at.desc())
    return tuple(_stored(row) for row in (await conn.execute(query)).mappings())


async def newest(conn: AsyncConnection, limit: int) -> tuple[StoredTicket, ...]:
    """Return the tickets that were taken in last, newest first."""
    query = select(tickets).order_by(tickets.c.received_at.desc(), tickets.c.id).limit(limit)
    return tuple(_stored(row) for row in (await conn.execute(query)).mappings())


async def unmoved(conn: AsyncConnection, before: datetime) -> tuple[StoredTicket, ...]:
    """Return the tickets that were received before then and are still undecided."""
    query = select(tickets).where(tickets.c.state == TicketState.RECEIVED, tickets.c.received_at < before)
    return tuple(_stored(row) for row in (await conn.execute(query)).mappings())


async def counts(conn: AsyncConnection) -> dict[TicketState, int]:
    """Count the tickets in each state; every state is there."""
    query = select(tickets.c.state, func.count()).group_by(tickets.c.state)
    found = {row[0]: row[1] for row in await conn.execute(query)}
    return {state: found.get(state, 0) for state in TicketState}


def _stored(row: RowMapping) -> StoredTicket:
    return StoredTicket(
        id=row["id"],
        ticket=Ticket.model_validate(row["content"]),
        state=TicketState(row["state"]),
        received_at=row["received_at"],
        changed_at=row["changed_at"],
    )
