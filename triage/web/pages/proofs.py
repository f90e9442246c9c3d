"""Proof that a person asks: the analyst's call-back form, the person's code page, the manager's word."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from actions.errors import OutsideError
from triage.errors import BadInput, NotAllowed
from triage.store import reviews
from triage.web import session
from triage.web.errors import problem_of
from triage.web.front import Served, front_of
from triage.web.pages.answers import approver
from triage.web.pages.case import name_of, people, read_case
from triage.web.pages.frame import Answerer, Anybody
from triage.web.pages.render import render
from triage.web.pages.ticket import page
from triage.workflow import challenges, presenting
from triage.workflow.services import Services

router = APIRouter()
_ASKING: dict[str, Callable[..., Awaitable[object]]] = {
    "code": challenges.send_code,
    "attestation": challenges.ask_manager,
    "verified_id": presenting.ask_presentation,
}


@router.post("/reviews/{review_id}/proofs/{method}")
async def ask(
    request: Request, services: Served, caller: Answerer, review_id: uuid.UUID, method: str
) -> Response:
    """Ask for a proof by this method, and go back to the ticket."""
    if method not in _ASKING:
        raise BadInput("there is no such way to ask for a proof", hint="Choose one of those shown.")
    ticket_id = await _ticket(services, review_id)
    try:
        await _ASKING[method](services, review_id, approver(request, services, caller))
    except (NotAllowed, OutsideError) as error:
        return await page(request, caller, await read_case(services, ticket_id), problem=problem_of(error))
    return RedirectResponse(f"/tickets/{ticket_id}?said=asked", HTTPStatus.SEE_OTHER)


@router.get("/reviews/{review_id}/callback")
async def call(request: Request, services: Served, caller: Answerer, review_id: uuid.UUID) -> Response:
    """Show the number on record, read from the directory now, and the form to log the call."""
    ticket_id = await _ticket(services, review_id)
    case = await read_case(services, ticket_id)
    try:
        number = await challenges.recorded_number(services, review_id, approver(request, services, caller))
    except (NotAllowed, OutsideError) as error:
        return await page(request, caller, case, problem=problem_of(error))
    target = case.decision.facts.target if case.decision else None
    facts = {"review_id": review_id, "ticket": case.stored, "number": number, "target": target}
    return render(request, "callback.html", facts)


@router.post("/reviews/{review_id}/callback")
async def log(
    *,
    request: Request,
    services: Served,
    caller: Answerer,
    review_id: uuid.UUID,
    outcome: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """Log how the call to the number on record went."""
    if outcome not in ("reached", "missed"):
        raise BadInput("how the call went was not said", hint="Choose one of the two.")
    ticket_id = await _ticket(services, review_id)
    try:
        analyst = approver(request, services, caller)
        await challenges.log_call(services, review_id, analyst, reached=outcome == "reached")
    except (NotAllowed, OutsideError) as error:
        return await page(request, caller, await read_case(services, ticket_id), problem=problem_of(error))
    return RedirectResponse(f"/tickets/{ticket_id}?said=logged", HTTPStatus.SEE_OTHER)


@router.get("/prove/{proof_id}")
async def prove(request: Request, proof_id: uuid.UUID) -> Response:
    """Ask for the code; the page is the same for every id, and needs no sign-in."""
    return render(request, "prove.html", {"proof_id": proof_id, "done": False})


@router.post("/prove/{proof_id}")
async def proved(
    request: Request, services: Served, proof_id: uuid.UUID, code: Annotated[str, Form(max_length=40)] = ""
) -> Response:
    """Take a code; the answer is the same whatever it was."""
    front_of(request).pace.refuse_haste(request.client.host if request.client else "")
    await challenges.enter_code(services, proof_id, code)
    return render(request, "prove.html", {"proof_id": proof_id, "done": True})


@router.get("/present/{proof_id}")
async def present(request: Request, proof_id: uuid.UUID) -> Response:
    """Offer to begin; the page is the same for every id, and needs no sign-in."""
    return render(request, "present.html", {"proof_id": proof_id, "begun": False, "wallet": ""})


@router.post("/present/{proof_id}")
async def begin(request: Request, services: Served, proof_id: uuid.UUID) -> Response:
    """Begin a presentation and lead to the wallet; nothing tells why there is none."""
    front_of(request).pace.refuse_haste(request.client.host if request.client else "")
    try:
        wallet = await presenting.begin_presentation(services, proof_id)
    except (NotAllowed, OutsideError):
        wallet = ""
    return render(request, "present.html", {"proof_id": proof_id, "begun": True, "wallet": wallet})


@router.get("/attest/{proof_id}")
async def attest(request: Request, services: Served, caller: Anybody, proof_id: uuid.UUID) -> Response:
    """Ask the manager for their word."""
    proof = await challenges.may_attest(services, proof_id, approver(request, services, caller))
    known = await people(services)
    facts = {
        "proof_id": proof_id,
        "name": name_of(known, proof.person_id),
        "sign_in": not session.fresh(request, services.clock),
        "said": "",
    }
    return render(request, "attest.html", facts)


@router.post("/attest/{proof_id}")
async def attested(
    *,
    request: Request,
    services: Served,
    caller: Anybody,
    proof_id: uuid.UUID,
    word: Annotated[str, Form(max_length=8)] = "",
    seen: Annotated[str, Form(max_length=8)] = "",
) -> Response:
    """Take the manager's word."""
    if word not in ("yes", "no") or (word == "yes" and seen != "yes"):
        raise BadInput("what you attest was not said", hint="Go back, and tick the box if they are with you.")
    person = approver(request, services, caller)
    await challenges.attest(services, proof_id, person, asks=word == "yes")
    facts = {"proof_id": proof_id, "name": "", "sign_in": False, "said": word}
    return render(request, "attest.html", facts)


async def _ticket(services: Services, review_id: uuid.UUID) -> uuid.UUID:
    async with services.engine.connect() as conn:
        return (await reviews.get(conn, review_id)).ticket_id
