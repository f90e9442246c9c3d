"""`/activity`: every ticket with where it stands, found by number, state or label."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from triage.domain.run import TicketState
from triage.errors import BadInput
from triage.store import desk, tickets
from triage.store.desk import Line, Sought
from triage.web.front import Served
from triage.web.pages.frame import Onlooker
from triage.web.pages.render import render

router = APIRouter()
_PER_PAGE = 100


@router.get("/activity")
async def activity(
    *,
    request: Request,
    services: Served,
    caller: Onlooker,
    number: Annotated[str, Query(max_length=100)] = "",
    state: Annotated[str, Query(max_length=20)] = "",
    label: Annotated[str, Query(max_length=100)] = "",
    after: Annotated[str, Query(max_length=100)] = "",
) -> Response:
    """Show the tickets that were asked for, newest first."""
    del caller
    wanted = TicketState(state) if state in set(TicketState) else None
    sought = Sought(number=number.strip(), state=wanted, label=label, after=_place(after))
    async with services.engine.connect() as conn:
        found = await desk.find(conn, sought, _PER_PAGE + 1)
        counts = await tickets.counts(conn)
        labels = await desk.labels(conn)
    asked = {"number": number, "state": state, "label": label}
    facts = {
        "lines": found[:_PER_PAGE],
        "older": _older(asked, found) if len(found) > _PER_PAGE else "",
        "counts": {one.value: total for one, total in counts.items()},
        "labels": labels,
        "asked": asked,
    }
    return render(request, "activity.html", facts)


def _older(asked: dict[str, str], found: tuple[Line, ...]) -> str:
    last = found[_PER_PAGE - 1]
    return "?" + urlencode({**asked, "after": f"{last.received_at.isoformat()} {last.id}"})


def _place(after: str) -> tuple[datetime, uuid.UUID] | None:
    """Read where the page before ended."""
    if not after:
        return None
    at, _, ticket_id = after.partition(" ")
    try:
        place = datetime.fromisoformat(at), uuid.UUID(ticket_id)
    except ValueError as error:
        raise BadInput("this page of the list is not there", hint="Start from the newest.") from error
    if place[0].tzinfo is None:
        raise BadInput("this page of the list is not there", hint="Start from the newest.")
    return place
