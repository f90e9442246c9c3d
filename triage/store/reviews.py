"""Reviews: what waits for people, and the approvals they have given. Nothing waits anywhere else."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from pydantic import AwareDatetime
from sqlalchemy import RowMapping, func, insert, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from actions.vocabulary import Frozen, Tier
from triage.domain.decision import ApproverRole
from triage.errors import Unknown
from triage.store.notes import NoteKind
from triage.store.tables import approvals, notes, reviews


class ReviewState(StrEnum):
    """Where a review stands; voided: what was shown no longer holds; expired: nobody answered in time."""

    OPEN = "open"
    APPROVED = "approved"
    REJECTED = "rejected"
    CORRECTED = "corrected"
    VOIDED = "voided"
    EXPIRED = "expired"


class Review(Frozen):
    """A decision that waits for people.

    Attributes:
        reason: why it came back to people, if it did.
        fingerprint: what an approval must name; the empty string when there is nothing to approve.
        needed: how many people must agree.
        closed_by: object id of the person whose answer settled it, or the empty string.
        label: what a corrector said it should have been called.
    """

    id: uuid.UUID
    ticket_id: uuid.UUID
    decision_id: uuid.UUID
    state: ReviewState = ReviewState.OPEN
    reason: str = ""
    fingerprint: str
    tier: Tier
    needed: int
    role: ApproverRole
    opened_at: AwareDatetime
    closed_at: AwareDatetime | None = None
    closed_by: str = ""
    label: str | None = None


class Approval(Frozen):
    """One person's yes to one fingerprint, in what `capacity`; it counts until `expires_at`."""

    review_id: uuid.UUID
    person_id: str
    person: str
    capacity: ApproverRole = ApproverRole.APPROVER
    fingerprint: str
    given_at: AwareDatetime
    expires_at: AwareDatetime


async def add(conn: AsyncConnection, review: Review) -> None:
    """Open a review; a ticket has at most one that is open."""
    await conn.execute(insert(reviews).values({**review.model_dump(), "tier": int(review.tier)}))


async def get(conn: AsyncConnection, review_id: uuid.UUID, *, lock: bool = False) -> Review:
    """Return one review; with `lock`, nobody else changes it until the transaction ends.

    Raises:
        Unknown: there is no review of that id.
    """
    query = select(reviews).where(reviews.c.id == review_id)
    row = (await conn.execute(query.with_for_update() if lock else query)).mappings().first()
    if row is None:
        raise Unknown(
            "there is no such review",
            hint="`triage review list` shows those that wait.",
            subject=f"review {review_id}",
        )
    return _review(row)


async def open_of(conn: AsyncConnection, ticket_id: uuid.UUID) -> Review | None:
    """Return the open review of a ticket, locked, or `None`."""
    query = select(reviews).where(reviews.c.ticket_id == ticket_id, reviews.c.state == ReviewState.OPEN)
    row = (await conn.execute(query.with_for_update())).mappings().first()
    return None if row is None else _review(row)


async def of_ticket(conn: AsyncConnection, ticket_id: uuid.UUID) -> tuple[Review, ...]:
    """Return all reviews of a ticket, newest first."""
    query = select(reviews).where(reviews.c.ticket_id == ticket_id).order_by(reviews.c.opened_at.desc())
    return tuple(_review(row) for row in (await conn.execute(query)).mappings())


async def waiting(
    conn: AsyncConnection, *, limit: int, after: tuple[datetime, uuid.UUID] | None = None
) -> tuple[Review, ...]:
    """Return a page of open reviews, oldest first; `after` is (opened_at, id) of the last one seen."""
    query = select(reviews).where(reviews.c.state == ReviewState.OPEN)
    if after is not None:
        query = query.where(tuple_(reviews.c.opened_at, reviews.c.id) > after)
    query = query.order_by(reviews.c.opened_at, reviews.c.id).limit(limit)
    return tuple(_review(row) for row in (await conn.execute(query)).mappings())


async def count_waiting(conn: AsyncConnection) -> int:
    """Count the open reviews."""
    query = select(func.count()).select_from(reviews).where(reviews.c.state == ReviewState.OPEN)
    return (await conn.execute(query)).scalar_one()


async def unanswered(conn: AsyncConnection, key: str, before: datetime) -> tuple[uuid.UUID, ...]:
    """Return the tickets that wait without a plan, and whose comment of this key was said before then."""
    query = (
        select(reviews.c.ticket_id)
        .join(notes, notes.c.ticket_id == reviews.c.ticket_id)
        .where(reviews.c.state == ReviewState.OPEN, reviews.c.fingerprint == "")
        .where(notes.c.kind == NoteKind.COMMENT, notes.c.key == key, notes.c.created_at < before)
    )
    return tuple((await conn.execute(query)).scalars())


async def open_since(
    conn: AsyncConnection, before: datetime, *, tiers: tuple[Tier, Tier]
) -> tuple[Review, ...]:
    """Return the reviews of these tiers (lowest, highest) that were opened before then and still wait."""
    query = select(reviews).where(reviews.c.state == ReviewState.OPEN, reviews.c.opened_at <= before)
    query = query.where(reviews.c.tier.between(int(tiers[0]), int(tiers[1])))
    rows = (await conn.execute(query.order_by(reviews.c.opened_at, reviews.c.id))).mappings()
    return tuple(_review(row) for row in rows)


async def correction(conn: AsyncConnection, ticket_id: uuid.UUID) -> str | None:
    """Return the label a person gave this ticket last, or `None`."""
    query = (
        select(reviews.c.label)
        .where(reviews.c.ticket_id == ticket_id, reviews.c.state == ReviewState.CORRECTED)
        .order_by(reviews.c.closed_at.desc())
        .limit(1)
    )
    label: str | None = (await conn.execute(query)).scalar()
    return label


async def close(
    conn: AsyncConnection,
    review_id: uuid.UUID,
    state: ReviewState,
    *,
    by: str = "",
    label: str | None = None,
    now: datetime,
) -> None:
    """Settle a review; `by` is the object id of the person whose answer did it."""
    query = update(reviews).where(reviews.c.id == review_id)
    await conn.execute(query.values(state=state, closed_at=now, closed_by=by, label=label))


async def approve(conn: AsyncConnection, approval: Approval) -> None:
    """Keep an approval; a person's newer one takes the place of the older one."""
    values = approval.model_dump()
    await conn.execute(
        upsert(approvals)
        .values(values)
        .on_conflict_do_update(index_elements=[approvals.c.review_id, approvals.c.person_id], set_=values)
    )


async def approvals_of(conn: AsyncConnection, review_id: uuid.UUID) -> tuple[Approval, ...]:
    """Return the approvals of a review, expired ones too, oldest first."""
    query = select(approvals).where(approvals.c.review_id == review_id).order_by(approvals.c.given_at)
    return tuple(Approval.model_validate(dict(row)) for row in (await conn.execute(query)).mappings())


async def given_since(conn: AsyncConnection, person_id: str, since: datetime) -> int:
    """Count the approvals a person gave since then (no rubber stamping, safety.md C3)."""
    query = select(func.count()).select_from(approvals)
    query = query.where(approvals.c.person_id == person_id, approvals.c.given_at >= since)
    return (await conn.execute(query)).scalar_one()


def _review(row: RowMapping) -> Review:
    return Review.model_validate(dict(row))
