"""Waiting ends: a question nobody answers and a review nobody decides go to people, and who asked is told."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from actions.vocabulary import Tier
from triage.audit.events import Event
from triage.audit.log import append
from triage.domain.run import TicketState
from triage.memory import Event as Memorable
from triage.store import reviews, tickets
from triage.store.notes import NoteKind
from triage.store.reviews import Review, ReviewState
from triage.workflow import words
from triage.workflow.endings import remember
from triage.workflow.questions import QUESTION
from triage.workflow.saying import say
from triage.workflow.services import Services


@dataclass(frozen=True)
class _Ending:
    """How a review ends unanswered: its state, a key for its notes, and what the desk reads."""

    state: ReviewState
    key: str
    text: str


_UNANSWERED = _Ending(
    ReviewState.VOIDED,
    "unanswered",
    "Triage: the requester has not answered the question; people take over.",
)
_EXPIRED = _Ending(
    ReviewState.EXPIRED,
    "expired",
    "Triage: nobody has answered the review in time. Nothing was done; people take over.",
)


async def end_waiting(services: Services) -> None:
    """Let people take over what has waited too long, for an answer of the requester or for a decision."""
    await stop_waiting(services)
    await expire_reviews(services)


async def stop_waiting(services: Services) -> None:
    """Hand the tickets over whose requester has not answered for `limits.answer`."""
    before = services.clock() - services.settings.limits.answer
    async with services.engine.connect() as conn:
        late = await reviews.unanswered(conn, QUESTION, before)
    for ticket_id in late:
        async with services.engine.begin() as conn:
            await tickets.get(conn, ticket_id, lock=True)
            review = await reviews.open_of(conn, ticket_id)
            if review is not None:
                await _hand_over(conn, services, review, _UNANSWERED)


async def expire_reviews(services: Services) -> None:
    """Remind the desk of the reviews that have used half their life, and hand over those that used it all.

    A review that comes back to people is a new one, with a life of its own.
    """
    limits, now = services.settings.limits, services.clock()
    lives = ((Tier.READ, limits.review), (Tier.CREDENTIAL, limits.review_credential))
    for least, life in lives:
        most = Tier.DISRUPTIVE if least is Tier.READ else Tier.EXCEPTIONAL
        async with services.engine.connect() as conn:
            late = await reviews.open_since(conn, now - life / 2, tiers=(least, most))
        for review in late:
            if review.opened_at <= now - life:
                await _expire(services, review.id)
            else:
                await _remind(services, review, review.opened_at + life)


async def _expire(services: Services, review_id: uuid.UUID) -> None:
    async with services.engine.begin() as conn:
        seen = await reviews.get(conn, review_id)
        stored = await tickets.get(conn, seen.ticket_id, lock=True)
        review = await reviews.get(conn, review_id, lock=True)
        if review.state is not ReviewState.OPEN:
            return
        await _hand_over(conn, services, review, _EXPIRED)
        about = (f"expired {review.id}", words.expired(stored.ticket))
        await say(conn, services, review.ticket_id, NoteKind.COMMENT, about)


async def _remind(services: Services, review: Review, end: datetime) -> None:
    """Say in the ticket, once, that a review waits and until when; the people it names are asked by mail."""
    text = (
        f"Triage: the review of this ticket still waits for an answer. It ends at {end:%Y-%m-%d %H:%M} UTC."
    )
    async with services.engine.begin() as conn:
        await say(conn, services, review.ticket_id, NoteKind.WORK_NOTE, (f"waits {review.id}", text))


async def _hand_over(conn: AsyncConnection, services: Services, review: Review, ending: _Ending) -> None:
    """Close the review and give its ticket to people, in the caller's transaction, which holds the ticket."""
    now = services.clock()
    await reviews.close(conn, review.id, ending.state, now=now)
    await tickets.set_state(conn, review.ticket_id, TicketState.HANDOVER, now)
    await remember(conn, review.ticket_id, review.decision_id, Memorable.CLOSED, now)
    await say(
        conn, services, review.ticket_id, NoteKind.WORK_NOTE, (f"{ending.key} {review.id}", ending.text)
    )
    data = {"expires_at": now.isoformat(timespec="seconds")}
    subject = f"ticket {review.ticket_id}"
    await append(conn, Event.REVIEW_EXPIRED, subject, data, actor="service", now=now)
