"""How far each table of the ITSM has been read."""

from __future__ import annotations

from datetime import datetime

from pydantic import AwareDatetime, Field
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from actions.vocabulary import Frozen
from triage.store.tables import polls


class Cursor(Frozen):
    """The last row read of a source, in the order (updated_on, sys_id).

    `updated_on` is ServiceNow's own text, `YYYY-MM-DD HH:MM:SS` in UTC; `recent` is the version of each row
    that a later poll may meet again, by sys_id. `moved_at` is when this last row was first seen, `polled_at`
    when the source was last read to its end, both by our clock.
    """

    source: str
    updated_on: str
    sys_id: str
    moved_at: AwareDatetime
    polled_at: AwareDatetime
    recent: dict[str, str] = Field(default_factory=dict)


async def get(conn: AsyncConnection, source: str) -> Cursor | None:
    """Return how far `source` was read; `None` before the first poll."""
    row = (await conn.execute(select(polls).where(polls.c.source == source))).mappings().first()
    return None if row is None else Cursor.model_validate(dict(row))


async def put(conn: AsyncConnection, cursor: Cursor) -> None:
    """Keep how far the source was read."""
    values = cursor.model_dump()
    query = insert(polls).values(values)
    await conn.execute(query.on_conflict_do_update(index_elements=[polls.c.source], set_=values))


async def silent_since(conn: AsyncConnection, source: str) -> datetime | None:
    """Return when `source` was last read with success, or `None`."""
    return (await conn.execute(select(polls.c.polled_at).where(polls.c.source == source))).scalar()
