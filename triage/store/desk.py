"""What the review desk shows: what waits with all that people choose by, and tickets found by a filter."""

from __future__ import annotations

import uuid
from datetime import datetime

from pydantic import AwareDatetime
from sqlalchemy import RowMapping, Select, func, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from actions.vocabulary import Frozen
from triage.domain.decision import Decision
from triage.domain.run import TicketState
from triage.domain.ticket import Ticket
from triage.store.reviews import Review, ReviewState
from triage.store.tables import approvals, decisions, reviews, tickets


class Line(Frozen):
    """One ticket with the newest decision on it; `decision` is `None` until there is one."""

    id: uuid.UUID
    ticket: Ticket
    state: TicketState
    received_at: AwareDatetime
    changed_at: AwareDatetime
    decision: Decision | None = None


class Waiting(Frozen):
    """An open review with its ticket, the decision that is to be answered, and who has agreed until when.

    `given_by` are the object ids of those whose approval of this plan still counts; `lapses_at` is when the
    first of these approvals ends, `None` without one.
    """

    review: Review
    ticket: Ticket
    decision: Decision
    given_by: tuple[str, ...] = ()
    lapses_at: AwareDatetime | None = None


class Sought(Frozen):
    """What tickets are wanted: those that have all of it; an empty text is no wish.

    `number` is how a number begins, letter case aside; `after` is (received_at, id) of the last one seen.
    """

    number: str = ""
    state: TicketState | None = None
    label: str = ""
    after: tuple[datetime, uuid.UUID] | None = None


async def waiting(conn: AsyncConnection, now: datetime) -> tuple[Waiting, ...]:
    """Return every open review, oldest first."""
    given = (
        select(
            approvals.c.review_id,
            func.array_agg(approvals.c.person_id).label("given_by"),
            func.min(approvals.c.expires_at).label("lapses_at"),
        )
        .join(reviews, reviews.c.id == approvals.c.review_id)
        .where(approvals.c.expires_at > now, approvals.c.fingerprint == reviews.c.fingerprint)
        .group_by(approvals.c.review_id)
        .subquery("given")
    )
    query = (
        select(
            reviews,
            tickets.c.content.label("ticket"),
            decisions.c.content.label("decision"),
            given.c.given_by,
            given.c.lapses_at,
        )
        .join(tickets, tickets.c.id == reviews.c.ticket_id)
        .join(decisions, decisions.c.id == reviews.c.decision_id)
        .outerjoin(given, given.c.review_id == reviews.c.id)
        .where(reviews.c.state == ReviewState.OPEN)
        .order_by(reviews.c.opened_at, reviews.c.id)
    )
    return tuple(_waiting(row) for row in (await conn.execute(query)).mappings())


async def find(conn: AsyncConnection, sought: Sought, limit: int) -> tuple[Line, ...]:
    """Return up to `limit` tickets with their newest decision, newest first.

    Superseded revisions are left out unless they are asked for by state or number.
    """
    newest = (
        select(decisions.c.content, decisions.c.label)
        .where(decisions.c.ticket_id == tickets.c.id)
        .order_by(decisions.c.made_at.desc())
        .limit(1)
        .lateral("newest")
    )
    query = select(tickets, newest.c.content.label("decision")).select_from(tickets.outerjoin(newest, true()))
    query = _filtered(query, sought)
    if sought.label:
        query = query.where(newest.c.label == sought.label)
    query = query.order_by(tickets.c.received_at.desc(), tickets.c.id.desc()).limit(limit)
    return tuple(_line(row) for row in (await conn.execute(query)).mappings())


async def next_waiting(conn: AsyncConnection, ticket_id: uuid.UUID) -> uuid.UUID | None:
    """Return another ticket that waits for people, the one that has waited longest, or `None`."""
    query = (
        select(reviews.c.ticket_id)
        .where(reviews.c.state == ReviewState.OPEN, reviews.c.ticket_id != ticket_id)
        .order_by(reviews.c.opened_at, reviews.c.id)
        .limit(1)
    )
    found: uuid.UUID | None = (await conn.execute(query)).scalar()
    return found


async def labels(conn: AsyncConnection) -> tuple[str, ...]:
    """Return the labels that decisions have given, in order."""
    query = select(decisions.c.label).distinct().order_by(decisions.c.label)
    return tuple((await conn.execute(query)).scalars())


def _filtered(query: Select[tuple[object, ...]], sought: Sought) -> Select[tuple[object, ...]]:
    if sought.number:
        query = query.where(tickets.c.number.istartswith(sought.number, autoescape=True))
    if sought.state is not None:
        query = query.where(tickets.c.state == sought.state)
    elif not sought.number:
        query = query.where(tickets.c.state != TicketState.SUPERSEDED)
    if sought.after is not None:
        query = query.where(tuple_(tickets.c.received_at, tickets.c.id) < sought.after)
    return query


def _waiting(row: RowMapping) -> Waiting:
    review = {column.name: row[column.name] for column in reviews.columns}
    return Waiting(
        review=Review.model_validate(review),
        ticket=Ticket.model_validate(row["ticket"]),
        decision=Decision.model_validate(row["decision"]),
        given_by=tuple(row["given_by"] or ()),
        lapses_at=row["lapses_at"],
    )


def _line(row: RowMapping) -> Line:
    return Line(
        id=row["id"],
        ticket=Ticket.model_validate(row["content"]),
        state=TicketState(row["state"]),
        received_at=row["received_at"],
        changed_at=row["changed_at"],
        decision=Decision.model_validate(row["decision"]) if row["decision"] else None,
    )
