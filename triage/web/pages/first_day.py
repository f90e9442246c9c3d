"""`/first-day/{run}`: a manager, with the newcomer beside them, asks for the access pass of the first day."""

from __future__ import annotations

import uuid
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from triage.errors import NotSignedIn
from triage.web.front import Served
from triage.web.pages.frame import Anybody, drawn
from triage.web.pages.render import render
from triage.web.session import person
from triage.workflow.first_day import call, expected

router = APIRouter()


@router.get("/first-day/{run_id}")
async def look(request: Request, services: Served, run_id: uuid.UUID) -> Response:
    """Ask for a sign-in, then show whose first day it is; nobody but the manager learns that."""
    try:
        caller = person(request, services.clock)
    except NotSignedIn:
        return render(request, "first_day.html", {"run_id": run_id, "whom": None, "done": False})
    request.state.frame = await drawn(services, caller)
    whom = await expected(services, run_id, caller.id)
    return render(request, "first_day.html", {"run_id": run_id, "whom": whom, "done": False})


@router.post("/first-day/{run_id}")
async def ask(
    *,
    request: Request,
    services: Served,
    caller: Anybody,
    run_id: uuid.UUID,
    beside: Annotated[str, Form(max_length=8)] = "",
) -> Response:
    """Let the pass be made for whoever attests whom they help; its one-time link comes by mail."""
    done = beside == "yes" and await call(services, run_id, caller.id)
    facts = {"run_id": run_id, "whom": await expected(services, run_id, caller.id), "done": done}
    status = HTTPStatus.OK if done else HTTPStatus.CONFLICT
    return render(request, "first_day.html", facts, status=status)
