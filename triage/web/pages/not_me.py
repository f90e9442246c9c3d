"""`/not-me/{id}`: saying of a change to one's account that it was not oneself; no sign-in is needed for that.

Looking does nothing, so that mail scanners spend nothing; the token stands in the fragment of the mailed
address, and the page's script moves it into the form.
"""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from pydantic import SecretStr

from triage.web.front import Served, front_of
from triage.web.pages.render import render
from triage.workflow.containing import contain_now, object_to

router = APIRouter()
MOST, WINDOW = 20, timedelta(minutes=1)
"""How many presses of the button one address may send (ours)."""
_TOKEN = re.compile(r"[\w-]{43}\s*$")


@router.get("/not-me/{objection_id}")
async def look(request: Request, objection_id: uuid.UUID) -> Response:
    """Show the button, the same for every id."""
    return render(request, "not_me.html", {"objection_id": objection_id, "done": None, "contained": False})


@router.post("/not-me/{objection_id}")
async def object_(
    request: Request,
    services: Served,
    objection_id: uuid.UUID,
    token: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Block the account at once; whatever is wrong with the link, the answer is the same."""
    front_of(request).pace.refuse_haste(request.client.host if request.client else "")
    found = _TOKEN.search(token)
    taken = found is not None and await object_to(services, objection_id, SecretStr(found.group().strip()))
    contained = taken and await contain_now(services, objection_id)
    facts = {"objection_id": objection_id, "done": taken, "contained": contained}
    return render(request, "not_me.html", facts, status=HTTPStatus.OK if taken else HTTPStatus.FORBIDDEN)
