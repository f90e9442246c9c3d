"""`/secrets/{run}`: handing over a new password by a one-time link; looking at the page spends nothing.

The token stands in the fragment of the mailed address, which no browser sends and no mail scanner opens with;
the page's script moves it into the form, and without scripts it is pasted there.
"""

from __future__ import annotations

import re
import uuid
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from pydantic import SecretStr

from triage.errors import NotSignedIn
from triage.web.front import Served
from triage.web.opening import helped, open_secret
from triage.web.pages.frame import Anybody, drawn
from triage.web.pages.render import render
from triage.web.session import person

router = APIRouter()
_TOKEN = re.compile(r"[\w-]{43}\s*$")


@router.get("/secrets/{run_id}")
async def look(request: Request, services: Served, run_id: uuid.UUID) -> Response:
    """Ask for a sign-in, then for the attestation."""
    try:
        caller = person(request, services.clock)
    except NotSignedIn:
        return render(request, "sealed.html", {"run_id": run_id, "helped": None, "refused": False})
    request.state.frame = await drawn(services, caller)
    whom = await helped(services, run_id, caller.id)
    return render(request, "sealed.html", {"run_id": run_id, "helped": whom, "refused": False})


@router.post("/secrets/{run_id}")
async def open_it(
    *,
    request: Request,
    services: Served,
    caller: Anybody,
    run_id: uuid.UUID,
    token: Annotated[str, Form(max_length=500)] = "",
    attested: Annotated[str, Form(max_length=8)] = "",
) -> Response:
    """Show the password once, to the person the link was made out to, who attests whom they help."""
    found = _TOKEN.search(token)
    whom = await helped(services, run_id, caller.id)
    if found is not None and attested == "yes":
        secret = await open_secret(services, run_id, SecretStr(found.group().strip()), caller.id)
        if secret is not None:
            return render(request, "opened.html", {"secret": secret.get_secret_value(), "helped": whom})
    facts = {"run_id": run_id, "helped": whom, "refused": True}
    return render(request, "sealed.html", facts, status=HTTPStatus.FORBIDDEN)
