"""`/deputies`: naming somebody who answers in one's place for a time, and taking that back."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, time, timedelta
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from actions.errors import OutsideError
from triage.errors import BadInput, NotAllowed
from triage.store import deputies
from triage.web import session
from triage.web.callers import Caller
from triage.web.errors import Problem, problem_of
from triage.web.front import Served
from triage.web.pages.answers import approver
from triage.web.pages.case import name_of, people
from triage.web.pages.frame import Anybody
from triage.web.pages.render import render
from triage.workflow.services import Services
from triage.workflow.substitution import LONGEST, end_deputy, name_deputy

router = APIRouter()


@router.get("/deputies")
async def mine(request: Request, services: Served, caller: Anybody) -> Response:
    """Show who stands in for the caller, and for whom they stand in."""
    return await _page(request, services, caller)


@router.post("/deputies")
async def name(
    *,
    request: Request,
    services: Served,
    caller: Anybody,
    deputy: Annotated[str, Form(max_length=200)] = "",
    starts: Annotated[str, Form(max_length=10)] = "",
    ends: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Let somebody stand in, from the beginning of one day to the end of another (UTC)."""
    try:
        first, last = _day(starts), _day(ends)
        person = approver(request, services, caller)
        await name_deputy(services, person, deputy, first, last + timedelta(days=1))
    except (BadInput, NotAllowed, OutsideError) as error:
        return await _page(request, services, caller, problem=problem_of(error))
    return RedirectResponse("/deputies", HTTPStatus.SEE_OTHER)


@router.post("/deputies/{word_id}/end")
async def end(request: Request, services: Served, caller: Anybody, word_id: uuid.UUID) -> Response:
    """Take it back."""
    await end_deputy(services, approver(request, services, caller), word_id)
    return RedirectResponse("/deputies", HTTPStatus.SEE_OTHER)


async def _page(
    request: Request, services: Services, caller: Caller, *, problem: Problem | None = None
) -> Response:
    known, now = await people(services), services.clock()
    async with services.engine.connect() as conn:
        words = await deputies.named_by(conn, caller.id, now)
        principals = await deputies.standing_in(conn, caller.id, now)
    facts = {
        "words": words,
        "principals": sorted(name_of(known, one) for one in principals),
        "name": lambda person_id: name_of(known, person_id),
        "sign_in": not session.fresh(request, services.clock),
        "today": f"{now:%Y-%m-%d}",
        "latest": f"{now + LONGEST - timedelta(days=1):%Y-%m-%d}",
        "longest": LONGEST.days,
        "problem": problem,
    }
    return render(request, "deputies.html", facts, status=problem.status if problem else HTTPStatus.OK)


def _day(text: str) -> datetime:
    try:
        return datetime.combine(date.fromisoformat(text), time(), UTC)
    except ValueError as error:
        raise BadInput("that is no day", hint="Write it as 2026-11-24.", subject="deputy") from error
