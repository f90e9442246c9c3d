"""Alarms: what people have to mend, raised once, told once, gone when it is mended."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from pydantic import AwareDatetime
from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from actions.vocabulary import Frozen
from triage.store.tables import alarms


class Alarm(Frozen):
    """Something that is wrong with the service itself; `key` names it and is its id in the ITSM."""

    key: str
    sentence: str
    hint: str
    raised_at: AwareDatetime
    told_at: AwareDatetime | None = None


async def raise_alarm(conn: AsyncConnection, alarm: Alarm) -> bool:
    """Raise an alarm; false when it stood already, which is left as it is."""
    query = insert(alarms).values(alarm.model_dump()).on_conflict_do_nothing().returning(alarms.c.key)
    return (await conn.execute(query)).first() is not None


async def clear(conn: AsyncConnection, prefix: str, *, but: Collection[str] = ()) -> bool:
    """Take away the alarms whose key begins so; return whether there was one."""
    query = delete(alarms).where(alarms.c.key.startswith(prefix, autoescape=True), alarms.c.key.not_in(but))
    return (await conn.execute(query.returning(alarms.c.key))).first() is not None


async def standing(conn: AsyncConnection) -> tuple[Alarm, ...]:
    """Return every alarm, the oldest first."""
    rows = (await conn.execute(select(alarms).order_by(alarms.c.raised_at, alarms.c.key))).mappings()
    return tuple(Alarm.model_validate(dict(row)) for row in rows)


async def mark_told(conn: AsyncConnection, key: str, now: datetime) -> None:
    """Note that the ITSM knows of it."""
    await conn.execute(update(alarms).where(alarms.c.key == key).values(told_at=now))
