"""What the job engine says of itself: whether anybody works, and how much is to be done."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Text, cast, column, func, select, table
from sqlalchemy.ext.asyncio import AsyncConnection

_workers = table("procrastinate_workers", column("last_heartbeat"))
_jobs = table("procrastinate_jobs", column("status"), column("scheduled_at"))


async def alive(conn: AsyncConnection, silence: timedelta) -> int:
    """Count the workers that gave a sign of life within `silence`."""
    query = select(func.count()).select_from(_workers).where(_workers.c.last_heartbeat > func.now() - silence)
    return (await conn.execute(query)).scalar_one()


async def depth(conn: AsyncConnection) -> int:
    """Count the jobs that are due and not begun."""
    due = func.coalesce(_jobs.c.scheduled_at, func.now()) <= func.now()
    query = select(func.count()).select_from(_jobs).where(cast(_jobs.c.status, Text) == "todo", due)
    return (await conn.execute(query)).scalar_one()
