"""GET /events: tells open pages that something has changed, by Server-Sent Events."""

from __future__ import annotations

from collections.abc import AsyncIterator

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from triage.web.callers import Role
from triage.web.front import front_of
from triage.web.session import person

router = APIRouter()
_SILENCE_SECONDS = 20.0


@router.get("/events")
async def events(request: Request) -> StreamingResponse:
    """Send the mark of the present state, then each new one; a page reads itself anew at each."""
    front = front_of(request)
    person(request, front.services.clock).needs(Role.VIEWER)

    async def told() -> AsyncIterator[str]:
        yield "retry: 3000\n\n"
        async for mark in front.feed.marks(_SILENCE_SECONDS):
            yield f"data: {mark}\n\n" if mark else ": still here\n\n"

    return StreamingResponse(told(), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})
