"""The driver's connection under ours, for what has to happen in our transaction without SQLAlchemy."""

from __future__ import annotations

from typing import Any

from psycopg import AsyncConnection as Psycopg
from sqlalchemy.ext.asyncio import AsyncConnection

from triage.errors import Broken


async def driver(conn: AsyncConnection) -> Psycopg[Any]:
    """Return the psycopg connection under `conn`, on which the job engine writes in our transaction."""
    raw = (await conn.get_raw_connection()).driver_connection
    if not isinstance(raw, Psycopg):
        raise Broken("the database engine does not run on psycopg", subject=str(type(raw)))
    return raw
