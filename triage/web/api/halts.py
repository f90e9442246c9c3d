"""POST /halt and /resume: the kill switch."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from triage.halt import Scope, halt_of
from triage.web.front import Admin, Served
from triage.web.switching import Standing, go_on, stop

router = APIRouter(tags=["halt"])


class Wish(BaseModel):
    """What is to be halted or resumed: everything, an action, a tier and all above it, or a label."""

    model_config = ConfigDict(extra="forbid")  # a misspelt narrower wish must not lift every halt

    scope: Scope
    key: str = Field(default="", max_length=100, description="The action, tier or label; empty for all.")

    @property
    def text(self) -> str:
        """The wish as `triage.halt.halt_of` reads it."""
        return f"{self.scope}:{self.key}" if self.key else str(self.scope)


class Reason(Wish):
    """What is to be halted, and why."""

    reason: str = Field(min_length=3, max_length=500, description="Why; it is shown everywhere.")


@router.post("/halt")
async def halt(services: Served, caller: Admin, body: Reason) -> Standing:
    """Stop effects before the next one; runs keep their place. Needs the app role admin."""
    return await stop(services, halt_of(body.text), reason=body.reason, actor=caller.id)


@router.post("/resume")
async def resume(services: Served, caller: Admin, body: Wish) -> Standing:
    """Lift one halt; what it held goes on. Needs the app role admin."""
    return await go_on(services, halt_of(body.text), actor=caller.id)
