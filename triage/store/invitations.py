"""Invitations: the people a review names to agree, when they were asked, reminded and given up on."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime

from pydantic import AwareDatetime
from sqlalchemy import Select, and_, exists, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from actions.vocabulary import Frozen
from triage.domain.decision import ApproverRole
from triage.store.people_tables import invitations
from triage.store.reviews import Review, ReviewState
from triage.store.tables import approvals, reviews

OPEN, CLOSED = "open", "closed"
"""How an approval record in the ITSM stands, as far as we know."""


class Invitation(Frozen):
    """One person who is asked to agree to one review; people by object id.

    Attributes:
        capacity: as what they are asked: manager or owner.
        principal_id: whose deputy they are, or the empty string.
        look_at: when the next step (asking, reminding, escalating) is due; `None` when there is none.
        away: their mailbox said, when they were asked, that they are away.
        record: sys_id of the approval record in the ITSM, or the empty string.
        record_state: open, closed, or the empty string where there is no record.
    """

    review_id: uuid.UUID
    person_id: str
    capacity: ApproverRole
    principal_id: str = ""
    look_at: AwareDatetime | None = None
    asked_at: AwareDatetime | None = None
    reminded_at: AwareDatetime | None = None
    escalated_at: AwareDatetime | None = None
    away: bool = False
    record: str = ""
    record_state: str = ""


async def add(conn: AsyncConnection, invited: Iterable[Invitation]) -> None:
    """Invite; whoever is invited already stays so."""
    values = [one.model_dump() for one in invited]
    if values:
        await conn.execute(insert(invitations).values(values).on_conflict_do_nothing())


async def save(conn: AsyncConnection, invitation: Invitation) -> None:
    """Keep what became of an invitation."""
    of = invitations.c.review_id == invitation.review_id, invitations.c.person_id == invitation.person_id
    await conn.execute(update(invitations).where(*of).values(invitation.model_dump()))


async def of_review(conn: AsyncConnection, review_id: uuid.UUID) -> tuple[Invitation, ...]:
    """Return everybody a review invites, in order of id."""
    return await _read(conn, select(invitations).where(invitations.c.review_id == review_id))


async def due(conn: AsyncConnection, now: datetime) -> tuple[uuid.UUID, ...]:
    """Return the reviews in which a step is due, or a record is open that nobody needs to answer any more."""
    settled = exists().where(reviews.c.id == invitations.c.review_id, reviews.c.state != ReviewState.OPEN)
    agreed = exists().where(
        approvals.c.review_id == invitations.c.review_id, approvals.c.person_id == invitations.c.person_id
    )
    needless = and_(invitations.c.record_state == OPEN, or_(settled, agreed))
    query = select(invitations.c.review_id).where(or_(invitations.c.look_at <= now, needless))
    return tuple((await conn.execute(query.distinct())).scalars())


async def recorded(conn: AsyncConnection) -> tuple[Invitation, ...]:
    """Return the invitations whose approval record in the ITSM is open."""
    return await _read(conn, select(invitations).where(invitations.c.record_state == OPEN))


async def waiting_for(conn: AsyncConnection, person_ids: frozenset[str]) -> tuple[Review, ...]:
    """Return the open reviews that invite one of these people, oldest first."""
    named = select(invitations.c.review_id).where(invitations.c.person_id.in_(person_ids))
    query = select(reviews).where(reviews.c.state == ReviewState.OPEN, reviews.c.id.in_(named))
    rows = (await conn.execute(query.order_by(reviews.c.opened_at, reviews.c.id))).mappings()
    return tuple(Review.model_validate(dict(row)) for row in rows)


async def _read(conn: AsyncConnection, query: Select[tuple[object, ...]]) -> tuple[Invitation, ...]:
    query = query.order_by(invitations.c.review_id, invitations.c.person_id)
    return tuple(Invitation.model_validate(dict(row)) for row in (await conn.execute(query)).mappings())
