"""The three answers to a review: approve what was shown, reject it, or correct its label."""

from __future__ import annotations

from datetime import datetime

from pydantic import JsonValue
from sqlalchemy.ext.asyncio import AsyncConnection

from actions.vocabulary import Tier
from triage.audit.events import Event
from triage.audit.log import append
from triage.domain.decision import ApproverRole
from triage.domain.run import TicketState
from triage.errors import BadInput, NotAllowed
from triage.memory import DAY, HOUR
from triage.memory import Event as Memorable
from triage.store import decisions, reviews, tickets
from triage.store.notes import NoteKind
from triage.store.queue import defer, triage_job
from triage.store.reviews import Approval, Review, ReviewState
from triage.workflow.answering import (
    Answer,
    Approver,
    Shown,
    answer,
    answers_by_role,
    refuse_without_role,
)
from triage.workflow.endings import remember
from triage.workflow.eyes import Eyes, Hand, look, refuse_unless_allowed
from triage.workflow.saying import say
from triage.workflow.services import Services
from triage.workflow.starting import start_run

__all__ = ["Answer", "Approver", "Shown", "approve", "correct", "reject"]


async def approve(services: Services, shown: Shown, person: Approver) -> Answer:
    """Agree to exactly the plan that was shown; the last approval needed commits the intent of a run.

    Raises:
        NotAllowed: the policy does not let this person approve this, or there is nothing to approve.
        OutsideError: somebody could not be looked up; then nobody approves.
        TriageError: see `triage.workflow.answering.answer`.
    """
    eyes = await _look(services, shown, person)

    async def act(conn: AsyncConnection, review: Review) -> Answer:
        return await _approve(conn, services, review, person, eyes)

    return await answer(services, shown, person, "approve", act)


async def reject(services: Services, shown: Shown, person: Approver) -> Answer:
    """Decline what was shown; people take the ticket over.

    Raises:
        NotAllowed: the person has no app role that answers, and may not approve this either.
        OutsideError: somebody without such a role, or one they stand in for, could not be looked up.
        TriageError: see `triage.workflow.answering.answer`.
    """
    eyes = None if answers_by_role(person) else await _look(services, shown, person)

    async def act(conn: AsyncConnection, review: Review) -> Answer:
        if eyes is not None:
            await _refuse_unless_allowed(conn, services, review, person, eyes)
        now = services.clock()
        await reviews.close(conn, review.id, ReviewState.REJECTED, by=person.id, now=now)
        await tickets.set_state(conn, review.ticket_id, TicketState.HANDOVER, now)
        await remember(conn, review.ticket_id, review.decision_id, Memorable.CLOSED, now)
        text = f"Triage: {person.upn} rejected what the service proposed; people take over."
        await say(conn, services, review.ticket_id, NoteKind.WORK_NOTE, (f"review {review.id}", text))
        await append(conn, Event.REVIEW_REJECTED, _subject(review), {}, actor=person.id, now=now)
        return Answer(review_id=review.id, state=ReviewState.REJECTED, needed=review.needed)

    return await answer(services, shown, person, "reject", act)


async def correct(services: Services, shown: Shown, person: Approver, label: str) -> Answer:
    """Say what the ticket is really about; it is decided anew under that label, with a person in front.

    Raises:
        NotAllowed: correcting needs the app role approver or admin.
        BadInput: there is no such label, or it is the one that was guessed.
        TriageError: see `triage.workflow.answering.answer`.
    """
    refuse_without_role(person)
    known = {*services.tools.playbooks, "other"}
    if label not in known:
        raise BadInput(f"{label!r} is no label", hint=f"Labels: {', '.join(sorted(known))}.")

    async def act(conn: AsyncConnection, review: Review) -> Answer:
        before = (await decisions.get(conn, review.decision_id)).decision.label
        if before == label:
            raise BadInput(f"{label} is what was guessed", hint="Approve or reject it, or say another label.")
        now, stored = services.clock(), await tickets.get(conn, review.ticket_id)
        await reviews.close(conn, review.id, ReviewState.CORRECTED, by=person.id, label=label, now=now)
        await tickets.set_state(conn, review.ticket_id, TicketState.RECEIVED, now)
        await defer(conn, services.queue, triage_job(stored.id, stored.ticket.caller_id))
        await remember(conn, review.ticket_id, review.decision_id, Memorable.CORRECTED, now)
        data = {"before": before, "after": label}
        await append(conn, Event.REVIEW_CORRECTED, _subject(review), data, actor=person.id, now=now)
        return Answer(review_id=review.id, state=ReviewState.CORRECTED, needed=review.needed)

    return await answer(services, shown, person, f"correct {label}", act)


def valid(given: tuple[Approval, ...], fingerprint: str, now: datetime) -> tuple[Approval, ...]:
    """Return the approvals of this fingerprint that have not expired."""
    return tuple(one for one in given if one.fingerprint == fingerprint and one.expires_at > now)


async def _approve(
    conn: AsyncConnection, services: Services, review: Review, person: Approver, eyes: Eyes
) -> Answer:
    if not review.fingerprint:
        hint = "Reject the review, or correct its label."
        raise NotAllowed("there is no plan to approve", hint=hint, subject=f"review {review.id}")
    now = services.clock()
    kept = await decisions.get(conn, review.decision_id)
    capacity, earlier = await _refuse_unless_allowed(conn, services, review, person, eyes)
    await reviews.approve(conn, _approval(services, review, person, capacity))
    given = len(earlier) + 1
    data: dict[str, JsonValue] = {
        "count": review.needed,
        "fingerprint": review.fingerprint,
        "given": given,
        "capacity": capacity.value,
    }
    reply = Answer(review_id=review.id, state=ReviewState.OPEN, given=given, needed=review.needed)
    if given >= review.needed:
        await reviews.close(conn, review.id, ReviewState.APPROVED, by=person.id, now=now)
        await tickets.set_state(conn, review.ticket_id, TicketState.RUNNING, now)
        run = await start_run(conn, services, kept, review_id=review.id, actor=person.id)
        reply = reply.model_copy(update={"state": ReviewState.APPROVED, "run_id": run.id})
    await append(conn, Event.REVIEW_APPROVED, _subject(review), data, actor=person.id, now=now)
    return reply


async def _look(services: Services, shown: Shown, person: Approver) -> Eyes:
    async with services.engine.connect() as conn:
        review = await reviews.get(conn, shown.review_id)
        stored = await tickets.get(conn, review.ticket_id)
        kept = await decisions.get(conn, review.decision_id)
        given = await reviews.approvals_of(conn, review.id)
    return await look(services, stored, kept, person.id, given)


async def _refuse_unless_allowed(
    conn: AsyncConnection, services: Services, review: Review, person: Approver, eyes: Eyes
) -> tuple[ApproverRole, tuple[Approval, ...]]:
    """Return as what the person may agree, and the approvals that count already."""
    now = services.clock()
    kept = await decisions.get(conn, review.decision_id)
    given = valid(await reviews.approvals_of(conn, review.id), review.fingerprint, now)
    approved_1h = await reviews.given_since(conn, person.id, now - HOUR)
    approved_24h = await reviews.given_since(conn, person.id, now - DAY)
    hand = Hand(person.roles, person.fresh_sign_in, approved_1h, approved_24h, given, review.needed)
    return refuse_unless_allowed(services, kept, eyes, hand), given


def _approval(services: Services, review: Review, person: Approver, capacity: ApproverRole) -> Approval:
    limits = services.settings.limits
    life = limits.approval_credential if review.tier >= Tier.CREDENTIAL else limits.approval
    now = services.clock()
    return Approval(
        review_id=review.id,
        person_id=person.id,
        person=person.upn,
        capacity=capacity,
        fingerprint=review.fingerprint,
        given_at=now,
        expires_at=now + life,
    )


def _subject(review: Review) -> str:
    return f"ticket {review.ticket_id}"
