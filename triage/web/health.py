"""Whether the process lives and whether it can do its work: for load balancers and people."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from models.errors import ModelError
from triage.workflow.services import Services

router = APIRouter()


@router.get("/healthz", include_in_schema=False)
async def healthz() -> dict[str, str]:
    """Say that the process answers."""
    return {"status": "ok"}


@router.get("/readyz", include_in_schema=False)
async def readyz(request: Request, response: Response) -> dict[str, str]:
    """Say what is missing, with 503, or that everything needed is there."""
    services: Services = request.app.state.services
    found = {"database": await _database(services), "model": _model(services)}
    if any(value != "ok" for value in found.values()):
        response.status_code = 503
    return found


async def _database(services: Services) -> str:
    try:
        async with services.engine.connect() as conn:
            await conn.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return "does not answer"
    return "ok"


def _model(services: Services) -> str:
    try:
        services.tools.model()
    except ModelError as error:
        return str(error)
    return "ok"
