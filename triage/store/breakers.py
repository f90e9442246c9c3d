"""The breakers of all actions, as the memory of trouble and agreement has them."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from triage.breaker import REACH, Breaker, Happening, standing
from triage.memory import BREAKER_EVENTS, Event, happening
from triage.store.memories import memory_on
from triage.store.tables import memories


async def all_open(conn: AsyncConnection, now: datetime) -> dict[str, Breaker]:
    """Return every breaker that is open, by action."""
    query = select(memories).where(
        memories.c.event.in_(BREAKER_EVENTS), memories.c.action != "", memories.c.at > now - REACH
    )
    found: dict[str, list[Happening]] = defaultdict(list)
    for row in (await conn.execute(query)).mappings():
        person = row["requester_id"]
        found[row["action"]].append(happening(Event(row["event"]), row["ticket"], person, row["at"]))
    stand = {action: standing(happenings) for action, happenings in found.items()}
    return {action: breaker for action, breaker in sorted(stand.items()) if breaker.open}


async def agree(conn: AsyncConnection, action: str, person_id: str, now: datetime) -> None:
    """Remember that a person agrees to close the breaker of an action."""
    await memory_on(conn).remember(
        ticket="",
        person_id="",
        requester_id=person_id,
        label="",
        action=action,
        key="",
        event=Event.AGREED,
        now=now,
    )
