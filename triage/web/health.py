"""Whether the process lives and whether it can do its work: for load balancers and people."""

from __future__ import annotations

from fastapi import APIRouter, Response
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from models.errors import ModelError
from triage.store import workers
from triage.web.front import Served
from triage.workflow.services import Services

router = APIRouter(tags=["health"])
_OK = "ok"


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """Say that the process answers."""
    return {"status": _OK}


@router.get("/readyz", responses={503: {"description": "Something is missing; the answer says what."}})
async def readyz(services: Served, response: Response) -> dict[str, str]:
    """Say of database, model and worker whether they are there."""
    found = {**await _database(services), "model": _model(services)}
    if any(value != _OK for value in found.values()):
        response.status_code = 503
    return found


async def _database(services: Services) -> dict[str, str]:
    try:
        async with services.engine.connect() as conn:
            await conn.execute(text("SELECT 1"))
            working = await workers.alive(conn, services.settings.limits.stalled)
    except (SQLAlchemyError, OSError):
        return {"database": "does not answer", "worker": "not known"}
    return {"database": _OK, "worker": _OK if working else "none is running: start `triage work`"}


def _model(services: Services) -> str:
    try:
        services.tools.model()
    except ModelError as error:
        return f"{error} {error.hint}"
    return _OK
