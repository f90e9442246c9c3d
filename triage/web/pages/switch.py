"""`/switch`: the kill switch, seen by everybody, turned by administrators."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from triage.errors import BadInput
from triage.halt import halt_of
from triage.web.front import Served
from triage.web.pages.case import name_of, people
from triage.web.pages.frame import Administrator, Onlooker
from triage.web.pages.render import render
from triage.web.switching import go_on, stop

router = APIRouter()


@router.get("/switch")
async def switch(request: Request, services: Served, caller: Onlooker) -> Response:
    """Show what is halted and what can be."""
    del caller
    known = await people(services)
    facts = {
        "actions": {name: one.title for name, one in sorted(services.tools.actions.items())},
        "labels": {name: one.title for name, one in sorted(services.tools.playbooks.items())},
        "name": lambda actor: name_of(known, actor),
    }
    return render(request, "switch.html", facts)


@router.post("/switch/halt")
async def halt(
    services: Served,
    caller: Administrator,
    what: Annotated[str, Form(max_length=120)] = "",
    reason: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Halt before the next effect."""
    if len(reason.strip()) < 3:
        raise BadInput("a halt needs a reason", hint="Say why in a few words; everybody sees it.")
    await stop(services, halt_of(what), reason=reason.strip(), actor=caller.id)
    return RedirectResponse("/switch", HTTPStatus.SEE_OTHER)


@router.post("/switch/resume")
async def resume(
    services: Served, caller: Administrator, what: Annotated[str, Form(max_length=120)] = ""
) -> Response:
    """Lift one halt."""
    await go_on(services, halt_of(what), actor=caller.id)
    return RedirectResponse("/switch", HTTPStatus.SEE_OTHER)
