"""`/asks`: what is asked of whoever is signed in, as manager, owner or deputy; no app role is needed."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from actions.errors import OutsideError
from actions.vocabulary import Tier
from triage.errors import AlreadyDecided, BadInput, NotAllowed, PlanChanged, Unknown
from triage.store import decisions, deputies, invitations, reviews, tickets
from triage.store.reviews import Review, ReviewState
from triage.web import session
from triage.web.callers import Caller
from triage.web.errors import Problem, problem_of
from triage.web.front import Served
from triage.web.pages.answers import Fingerprint, Key, approver, refuse_unconfirmed
from triage.web.pages.case import read_case
from triage.web.pages.frame import Anybody
from triage.web.pages.marks import shown
from triage.web.pages.render import render
from triage.workflow.answering import Answer, Shown
from triage.workflow.approvals import approve, reject
from triage.workflow.services import Services

router = APIRouter()


@router.get("/asks")
async def asks(request: Request, services: Served, caller: Anybody, said: str = "") -> Response:
    """List the open reviews that name the caller, or somebody for whom they stand in."""
    async with services.engine.connect() as conn:
        found = await invitations.waiting_for(conn, await _heads(services, caller))
        waiting = [
            (one, await tickets.get(conn, one.ticket_id), await decisions.get(conn, one.decision_id))
            for one in found
        ]
        agreed = {
            one.id
            for one in found
            if any(given.person_id == caller.id for given in await reviews.approvals_of(conn, one.id))
        }
    facts = {"waiting": waiting, "agreed": agreed, "said": said, "actions": services.tools.actions}
    return render(request, "asks.html", facts)


@router.get("/asks/{review_id}")
async def ask(request: Request, services: Served, caller: Anybody, review_id: uuid.UUID) -> Response:
    """Show what the caller is asked to agree to, and nothing else of the ticket."""
    return await _page(request, services, caller, await _named(services, caller, review_id))


@router.post("/asks/{review_id}/approve")
async def yes(
    *,
    request: Request,
    services: Served,
    caller: Anybody,
    review_id: uuid.UUID,
    fingerprint: Fingerprint = "",
    key: Key = "",
    confirmed: Annotated[str, Form(max_length=8)] = "",
) -> Response:
    """Agree to the plan that was shown."""

    async def act() -> Answer:
        await refuse_unconfirmed(services, review_id, confirmed)
        return await approve(
            services, Shown(review_id, fingerprint, key), approver(request, services, caller)
        )

    return await _answered(request, services, caller, review_id, act)


@router.post("/asks/{review_id}/reject")
async def no(
    *,
    request: Request,
    services: Served,
    caller: Anybody,
    review_id: uuid.UUID,
    fingerprint: Fingerprint = "",
    key: Key = "",
) -> Response:
    """Say no; people take the ticket over."""

    async def act() -> Answer:
        return await reject(services, Shown(review_id, fingerprint, key), approver(request, services, caller))

    return await _answered(request, services, caller, review_id, act)


async def _answered(
    request: Request,
    services: Services,
    caller: Caller,
    review_id: uuid.UUID,
    act: Callable[[], Awaitable[Answer]],
) -> Response:
    review = await _named(services, caller, review_id)
    try:
        answer = await act()
    except (AlreadyDecided, PlanChanged, NotAllowed, BadInput, OutsideError) as error:
        return await _page(request, services, caller, review, problem=problem_of(error))
    said = "agreed" if answer.state is ReviewState.OPEN else answer.state.value
    return RedirectResponse(f"/asks?said={said}", HTTPStatus.SEE_OTHER)


async def _page(
    request: Request, services: Services, caller: Caller, review: Review, *, problem: Problem | None = None
) -> Response:
    case = await read_case(services, review.ticket_id)
    kept = next(one for one in case.decisions if one.id == review.decision_id)
    credential = review.tier >= Tier.CREDENTIAL
    now = next((one for one in case.reviews if one.id == review.id), review)
    facts = {
        "review": now,
        "ticket": case.stored.ticket,
        "decision": kept.decision,
        "facts": kept.facts,
        "action": services.tools.actions.get(kept.decision.action),
        "shown": shown(case.stored.ticket, ()),
        "given": case.given if case.open and case.open.id == review.id else (),
        "name": case.name,
        "confirm": credential,
        "sign_in": credential and not session.fresh(request, services.clock),
        "key": str(services.new_id()),
        "problem": problem,
        "agreed": any(one.person_id == caller.id for one in case.given),
    }
    return render(request, "ask.html", facts, status=problem.status if problem else HTTPStatus.OK)


async def _named(services: Services, caller: Caller, review_id: uuid.UUID) -> Review:
    """Return the review if it names the caller.

    Raises:
        Unknown: it does not, or there is none; whoever asks does not learn which.
    """
    async with services.engine.connect() as conn:
        named = {one.person_id for one in await invitations.of_review(conn, review_id)}
        if named & await _heads(services, caller):
            return await reviews.get(conn, review_id)
    raise Unknown(
        "nothing of that address is asked of you",
        hint="Look at what is asked of you.",
        subject=f"review {review_id}",
    )


async def _heads(services: Services, caller: Caller) -> frozenset[str]:
    async with services.engine.connect() as conn:
        return frozenset({caller.id}) | await deputies.standing_in(conn, caller.id, services.clock())
