"""Deputies: who stands in for whom, from when to when; a word that was given is never changed, only ended."""

from __future__ import annotations

import uuid
from datetime import datetime

from pydantic import AwareDatetime
from sqlalchemy import Select, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from actions.vocabulary import Frozen
from triage.store.people_tables import deputies


class Deputy(Frozen):
    """One person's word that another stands in for them; people by object id.

    `ended_at` is when they took it back before its time, if they did.
    """

    id: uuid.UUID
    person_id: str
    deputy_id: str
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    named_at: AwareDatetime
    ended_at: AwareDatetime | None = None


async def add(conn: AsyncConnection, deputy: Deputy) -> None:
    """Keep a word."""
    await conn.execute(insert(deputies).values(deputy.model_dump()))


async def end(conn: AsyncConnection, deputy_id: uuid.UUID, person_id: str, now: datetime) -> bool:
    """Take a word back; false when it is not this person's, or ended already."""
    query = update(deputies).where(
        deputies.c.id == deputy_id,
        deputies.c.person_id == person_id,
        deputies.c.ended_at.is_(None),
        deputies.c.ends_at > now,
    )
    return (await conn.execute(query.values(ended_at=now))).rowcount > 0


async def named_by(conn: AsyncConnection, person_id: str, now: datetime) -> tuple[Deputy, ...]:
    """Return the words of a person that hold now or later, the earliest first."""
    query = select(deputies).where(deputies.c.person_id == person_id)
    return await _holding(conn, query, now)


async def standing_in(conn: AsyncConnection, deputy_id: str, now: datetime) -> frozenset[str]:
    """Return the ids of those for whom this person stands in now."""
    query = select(deputies).where(deputies.c.deputy_id == deputy_id, deputies.c.starts_at <= now)
    return frozenset(one.person_id for one in await _holding(conn, query, now))


async def of(conn: AsyncConnection, person_ids: frozenset[str], now: datetime) -> tuple[Deputy, ...]:
    """Return the words of these people that hold now."""
    query = select(deputies).where(deputies.c.person_id.in_(person_ids), deputies.c.starts_at <= now)
    return await _holding(conn, query, now)


async def _holding(
    conn: AsyncConnection, query: Select[tuple[object, ...]], now: datetime
) -> tuple[Deputy, ...]:
    query = query.where(deputies.c.ended_at.is_(None), deputies.c.ends_at > now)
    rows = (await conn.execute(query.order_by(deputies.c.starts_at, deputies.c.id))).mappings()
    return tuple(Deputy.model_validate(dict(row)) for row in rows)
