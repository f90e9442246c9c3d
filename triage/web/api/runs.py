"""Runs: what is at work or waits, one of them, calling it off and taking it back."""

from __future__ import annotations

import uuid

from fastapi import APIRouter
from pydantic import BaseModel

from triage.domain.run import Run
from triage.store import runs
from triage.web.front import Admin, Answering, Documented, Served, Viewer
from triage.workflow.steering import call_off
from triage.workflow.undoing import request_undo

router = APIRouter(prefix="/runs", tags=["runs"])
_UNKNOWN: Documented = {404: {"description": "There is no such run."}}


class Open(BaseModel):
    """The runs that have not ended, those that wait for a day in its order, the others before."""

    items: tuple[Run, ...]


@router.get("")
async def tell_open(services: Served, caller: Viewer) -> Open:
    """Tell what is at work, held, or waits for its turn or its day. Needs the app role viewer."""
    del caller
    async with services.engine.connect() as conn:
        return Open(items=await runs.unended(conn))


@router.get("/{run_id}", responses=_UNKNOWN)
async def tell(services: Served, caller: Viewer, run_id: uuid.UUID) -> Run:
    """Tell where a run stands, with its plan. Needs the app role viewer."""
    del caller
    async with services.engine.connect() as conn:
        return await runs.get(conn, run_id)


@router.post("/{run_id}/cancel", responses=_UNKNOWN)
async def cancel(services: Served, caller: Answering, run_id: uuid.UUID) -> Run:
    """Call off every step of the plan that has not begun. Needs the app role approver or admin."""
    return await call_off(services, run_id, caller.id)


@router.post("/{run_id}/undo", status_code=202, responses=_UNKNOWN)
async def undo(services: Served, caller: Admin, run_id: uuid.UUID) -> Run:
    """Take a verified run back: what was before is restored and read back. Needs the app role admin."""
    return await request_undo(services, run_id, caller.id)
