"""What stands where: every ticket with its newest decision, for lists that people look at."""

from __future__ import annotations

import uuid

from pydantic import AwareDatetime
from sqlalchemy import RowMapping, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from actions.vocabulary import Frozen
from triage.domain.decision import Decision
from triage.domain.run import TicketState
from triage.domain.ticket import Ticket
from triage.store.tables import decisions, tickets


class Line(Frozen):
    """One ticket with the newest decision on it; `decision` is `None` until there is one."""

    id: uuid.UUID
    ticket: Ticket
    state: TicketState
    received_at: AwareDatetime
    changed_at: AwareDatetime
    decision: Decision | None = None


async def lines(conn: AsyncConnection, *, limit: int = 100) -> tuple[Line, ...]:
    """Return the tickets that came in last, newest first, superseded revisions left out."""
    newest = (
        select(decisions.c.content)
        .where(decisions.c.ticket_id == tickets.c.id)
        .order_by(decisions.c.made_at.desc())
        .limit(1)
        .lateral("newest")
    )
    query = (
        select(tickets, newest.c.content.label("decision"))
        .select_from(tickets.outerjoin(newest, true()))
        .where(tickets.c.state != TicketState.SUPERSEDED)
        .order_by(tickets.c.received_at.desc(), tickets.c.id)
        .limit(limit)
    )
    return tuple(_line(row) for row in (await conn.execute(query)).mappings())


def _line(row: RowMapping) -> Line:
    return Line(
        id=row["id"],
        ticket=Ticket.model_validate(row["content"]),
        state=TicketState(row["state"]),
        received_at=row["received_at"],
        changed_at=row["changed_at"],
        decision=Decision.model_validate(row["decision"]) if row["decision"] else None,
    )
