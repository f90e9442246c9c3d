"""The buttons of a ticket's page: approve, reject, correct, undo, call off, carry on."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from actions.errors import OutsideError
from actions.vocabulary import Tier
from triage.errors import AlreadyDecided, BadInput, NotAllowed, PlanChanged
from triage.store import reviews
from triage.web import session
from triage.web.callers import Caller
from triage.web.errors import problem_of
from triage.web.front import Served
from triage.web.pages.case import read_case
from triage.web.pages.frame import Administrator, Answerer
from triage.web.pages.ticket import page
from triage.workflow.approvals import Answer, Approver, Shown, approve, correct, reject
from triage.workflow.services import Services
from triage.workflow.steering import call_off, carry_on
from triage.workflow.undoing import request_undo
from triage.workflow.unwinding import request_unwind

router = APIRouter()

Act = Callable[[], Awaitable[Answer]]
"""Gives the answer."""

Fingerprint = Annotated[str, Form(max_length=128)]
Key = Annotated[str, Form(max_length=64)]


@router.post("/reviews/{review_id}/approve")
async def yes(
    *,
    request: Request,
    services: Served,
    caller: Answerer,
    review_id: uuid.UUID,
    fingerprint: Fingerprint = "",
    key: Key = "",
    confirmed: Annotated[str, Form(max_length=8)] = "",
) -> Response:
    """Approve the plan that was shown."""
    shown = Shown(review_id, fingerprint, key)

    async def act() -> Answer:
        await refuse_unconfirmed(services, review_id, confirmed)
        return await approve(services, shown, approver(request, services, caller))

    return await _answered(request, services, caller, shown, act)


@router.post("/reviews/{review_id}/reject")
async def no(
    *,
    request: Request,
    services: Served,
    caller: Answerer,
    review_id: uuid.UUID,
    fingerprint: Fingerprint = "",
    key: Key = "",
) -> Response:
    """Reject what was shown."""
    shown = Shown(review_id, fingerprint, key)

    async def act() -> Answer:
        return await reject(services, shown, approver(request, services, caller))

    return await _answered(request, services, caller, shown, act)


@router.post("/reviews/{review_id}/correct")
async def other(
    *,
    request: Request,
    services: Served,
    caller: Answerer,
    review_id: uuid.UUID,
    label: Annotated[str, Form(max_length=100)] = "",
    fingerprint: Fingerprint = "",
    key: Key = "",
) -> Response:
    """Say what the ticket is really about."""
    shown = Shown(review_id, fingerprint, key)

    async def act() -> Answer:
        return await correct(services, shown, approver(request, services, caller), label)

    return await _answered(request, services, caller, shown, act)


@router.post("/runs/{run_id}/undo")
async def undo(services: Served, caller: Administrator, run_id: uuid.UUID) -> Response:
    """Take a verified run back."""
    run = await request_undo(services, run_id, caller.id)
    return RedirectResponse(f"/tickets/{run.ticket_id}?said=undoing", HTTPStatus.SEE_OTHER)


@router.post("/runs/{run_id}/cancel")
async def cancel(services: Served, caller: Answerer, run_id: uuid.UUID) -> Response:
    """Call off what has not begun."""
    run = await call_off(services, run_id, caller.id)
    return RedirectResponse(f"/tickets/{run.ticket_id}?said=cancelled", HTTPStatus.SEE_OTHER)


@router.post("/tickets/{ticket_id}/continue")
async def carry_on_with(services: Served, caller: Answerer, ticket_id: uuid.UUID) -> Response:
    """Let what is left of a stopped plan be planned anew."""
    await carry_on(services, ticket_id, caller.id)
    return RedirectResponse(f"/tickets/{ticket_id}?said=continued", HTTPStatus.SEE_OTHER)


@router.post("/tickets/{ticket_id}/undo")
async def undo_all(services: Served, caller: Administrator, ticket_id: uuid.UUID) -> Response:
    """Take everything back that was done for a ticket."""
    await request_unwind(services, ticket_id, caller.id)
    return RedirectResponse(f"/tickets/{ticket_id}?said=undoing", HTTPStatus.SEE_OTHER)


async def _answered(request: Request, services: Services, caller: Caller, shown: Shown, act: Act) -> Response:
    """Give the answer and go to the ticket; one that was not taken is explained beside the ticket."""
    async with services.engine.connect() as conn:
        ticket_id = (await reviews.get(conn, shown.review_id)).ticket_id
    try:
        answer = await act()
    except (AlreadyDecided, PlanChanged, NotAllowed, BadInput, OutsideError) as error:
        case = await read_case(services, ticket_id)
        return await page(request, caller, case, problem=problem_of(error), seen=shown.fingerprint)
    said = "agreed" if answer.state == reviews.ReviewState.OPEN else answer.state.value
    return RedirectResponse(f"/tickets/{ticket_id}?said={said}", HTTPStatus.SEE_OTHER)


async def refuse_unconfirmed(services: Services, review_id: uuid.UUID, confirmed: str) -> None:
    """Let a credential step be approved only by somebody who says that they checked it.

    Raises:
        BadInput: they did not.
    """
    async with services.engine.connect() as conn:
        review = await reviews.get(conn, review_id)
    if review.tier >= Tier.CREDENTIAL and confirmed != "yes":
        raise BadInput(
            "a credential step is approved only when you say that you have checked it",
            hint="Tick the box beside the button and approve again.",
            subject=f"review {review_id}",
        )


def approver(request: Request, services: Services, caller: Caller) -> Approver:
    """Return whoever is signed in as somebody who answers."""
    roles = frozenset(role.value for role in caller.roles)
    return Approver(caller.id, caller.upn, roles, fresh_sign_in=session.fresh(request, services.clock))
