"""Asking the people a review names: once, reminded once, and given up on, so that somebody stands in."""

from __future__ import annotations

import uuid
from datetime import datetime

from triage.audit.events import Event
from triage.audit.log import append
from triage.store import decisions, invitations, reviews, tickets
from triage.store.invitations import CLOSED, OPEN, Invitation
from triage.store.notes import NoteKind
from triage.store.reviews import ReviewState
from triage.workflow.reaching import Asked, away, mail, open_record
from triage.workflow.saying import say
from triage.workflow.services import Services

_WITHDRAWN = "Triage: an answer here is no longer needed."


async def ask_people(services: Services, review_id: uuid.UUID) -> datetime | None:
    """Take the step that is due for each person a review names; return when the next is, `None` for never.

    Raises:
        Throttled: a service asks to come back later.
        OutsideError: somebody could not be asked; asking again is safe.
    """
    async with services.engine.connect() as conn:
        review = await reviews.get(conn, review_id)
        kept = await decisions.get(conn, review.decision_id)
        stored = await tickets.get(conn, review.ticket_id)
        given = {one.person_id for one in await reviews.approvals_of(conn, review_id)}
        invited = await invitations.of_review(conn, review_id)
    after = []
    for one in invited:
        if review.state is not ReviewState.OPEN or one.person_id in given:
            after.append(await _withdraw(services, one))
        elif one.look_at is not None and one.look_at <= services.clock():
            after.append(await _step(services, Asked(review, kept, stored), one))
        else:
            after.append(one)
    return min((one.look_at for one in after if one.look_at is not None), default=None)


async def _step(services: Services, asked: Asked, one: Invitation) -> Invitation:
    if one.asked_at is None:
        return await _ask(services, asked, one)
    if one.reminded_at is None and not one.away:
        return await _remind(services, asked, one)
    return await _escalate(services, asked, one)


async def _ask(services: Services, asked: Asked, one: Invitation) -> Invitation:
    user = await services.tools.reading.graph.users.get(one.person_id)
    gone = await away(services, one.person_id)
    record = await open_record(services, asked, one, user)
    await mail(services, asked, user, "asked")
    now = services.clock()
    update = {
        "asked_at": now,
        "away": gone,
        "record": record,
        "record_state": OPEN if record else "",
        "look_at": now if gone else now + services.settings.limits.reminder,
    }
    data = {"person_id": one.person_id, "capacity": one.capacity.value, "record": record or "none"}
    return await _keep(services, asked, one.model_copy(update=update), Event.REVIEW_ASKED, data)


async def _remind(services: Services, asked: Asked, one: Invitation) -> Invitation:
    user = await services.tools.reading.graph.users.get(one.person_id)
    await mail(services, asked, user, "reminded")
    later = asked.review.opened_at + services.settings.limits.escalation
    update = {"reminded_at": services.clock(), "look_at": max(later, services.clock())}
    data = {"person_id": one.person_id}
    return await _keep(services, asked, one.model_copy(update=update), Event.REVIEW_REMINDED, data)


async def _escalate(services: Services, asked: Asked, one: Invitation) -> Invitation:
    reason = "the mailbox answers by itself" if one.away else "no answer in time"
    after = one.model_copy(update={"escalated_at": services.clock(), "look_at": None})
    data = {"person_id": one.person_id, "reason": reason}
    return await _keep(services, asked, after, Event.REVIEW_ESCALATED, data)


async def _keep(
    services: Services, asked: Asked, after: Invitation, event: Event, data: dict[str, str]
) -> Invitation:
    async with services.engine.begin() as conn:
        await invitations.save(conn, after)
        await append(
            conn, event, f"ticket {asked.review.ticket_id}", data, actor="service", now=services.clock()
        )
        if event is Event.REVIEW_ESCALATED:
            text = (
                f"Triage: somebody who was asked to agree cannot be reached ({data['reason']}). "
                "An administrator of the review page can stand in, or a deputy they name."
            )
            about = (f"escalated {after.review_id}", text)
            await say(conn, services, asked.review.ticket_id, NoteKind.WORK_NOTE, about)
    return after


async def _withdraw(services: Services, one: Invitation) -> Invitation:
    if one.look_at is None and one.record_state != OPEN:
        return one
    if one.record_state == OPEN and services.servicenow is not None:
        await services.servicenow.approvals.withdraw(one.record, _WITHDRAWN)
    state = CLOSED if one.record else ""
    after = one.model_copy(update={"look_at": None, "record_state": state})
    async with services.engine.begin() as conn:
        await invitations.save(conn, after)
    return after
