"""The credentials of our registration as they were last seen, for metrics and for what is due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from triage.secrets.life import Life
from triage.store.tables import credentials


async def replace(conn: AsyncConnection, found: Sequence[Life], now: datetime) -> None:
    """Keep what was seen now, in the place of what was seen before."""
    await conn.execute(delete(credentials))
    if found:
        await conn.execute(insert(credentials), [one.model_dump() | {"seen_at": now} for one in found])


async def seen(conn: AsyncConnection) -> tuple[Life, ...]:
    """Return what was last seen, the one that ends last first."""
    columns = [column for column in credentials.c if column.name != "seen_at"]
    rows = (await conn.execute(select(*columns).order_by(credentials.c.ends_at.desc()))).mappings()
    return tuple(Life.model_validate(dict(row)) for row in rows)


async def seen_at(conn: AsyncConnection) -> datetime | None:
    """Return when they were last seen, or `None`."""
    found: datetime | None = (await conn.execute(select(func.max(credentials.c.seen_at)))).scalar()
    return found
