"""One run, and taking it back."""

from __future__ import annotations

import uuid

from fastapi import APIRouter

from triage.domain.run import Run
from triage.store import runs
from triage.web.front import Admin, Documented, Served, Viewer
from triage.workflow.undoing import request_undo

router = APIRouter(prefix="/runs", tags=["runs"])
_UNKNOWN: Documented = {404: {"description": "There is no such run."}}


@router.get("/{run_id}", responses=_UNKNOWN)
async def tell(services: Served, caller: Viewer, run_id: uuid.UUID) -> Run:
    """Tell where a run stands, with its plan. Needs the app role viewer."""
    del caller
    async with services.engine.connect() as conn:
        return await runs.get(conn, run_id)


@router.post("/{run_id}/undo", status_code=202, responses=_UNKNOWN)
async def undo(services: Served, caller: Admin, run_id: uuid.UUID) -> Run:
    """Take a verified run back: what was before is restored and read back. Needs the app role admin."""
    return await request_undo(services, run_id, caller.id)
