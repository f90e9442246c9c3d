"""GET /breakers and POST /breakers/close: circuit breakers that trouble opened, closed by two people."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, Field

from triage.breaker import Breaker
from triage.web.front import Admin, Served, Viewer
from triage.workflow.breaking import agree_to_close, open_breakers

router = APIRouter(prefix="/breakers", tags=["breakers"])


class Wish(BaseModel):
    """Whose breaker is to be closed."""

    action: str = Field(max_length=100, description="The action, by its name.")


@router.get("")
async def list_open(services: Served, caller: Viewer) -> dict[str, Breaker]:
    """Give every breaker that is open, by action: such an action runs only with approval."""
    del caller
    return await open_breakers(services)


@router.post("/close")
async def close(services: Served, caller: Admin, body: Wish) -> Breaker:
    """Agree that a breaker is closed; it closes when a second person agrees. Needs the app role admin."""
    return await agree_to_close(services, body.action, caller.id)
