"""Closing the circuit breaker of an action, which needs two people, and telling that one opened."""

from __future__ import annotations

import logging
from datetime import datetime

from pydantic import JsonValue
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from triage.audit.events import Event
from triage.audit.log import append
from triage.breaker import PEOPLE, Breaker
from triage.errors import NotAllowed, Unknown
from triage.store import alarms, breakers
from triage.store.alarms import Alarm
from triage.workflow.services import Services

_log = logging.getLogger(__name__)
KEY = "breaker:"
"""How the keys of these alarms begin."""


async def open_breakers(services: Services) -> dict[str, Breaker]:
    """Return every breaker that is open, by action."""
    async with services.engine.connect() as conn:
        return await breakers.all_open(conn, services.clock())


async def agree_to_close(services: Services, action: str, person_id: str) -> Breaker:
    """Note that a person agrees; the second person's word closes the breaker. Return how it stands then.

    Raises:
        Unknown: the breaker of this action is not open.
        NotAllowed: this person agreed already, and another one has to.
    """
    now = services.clock()
    async with services.engine.begin() as conn:
        await conn.execute(text("LOCK TABLE memories IN SHARE ROW EXCLUSIVE MODE"))
        standing = (await breakers.all_open(conn, now)).get(action)
        if standing is None:
            raise Unknown("the breaker of this action is not open", subject=action)
        if person_id in standing.agreed:
            raise NotAllowed(
                "you agreed already", hint="Another person has to agree as well.", subject=action
            )
        await breakers.agree(conn, action, person_id, now)
        given = len(standing.agreed) + 1
        data: dict[str, JsonValue] = {"action": action, "given": given, "count": PEOPLE}
        await append(conn, Event.BREAKER_CLOSING, f"breaker {action}", data, actor=person_id, now=now)
        left = (await breakers.all_open(conn, now)).get(action, Breaker())
        if not left.open:
            await alarms.clear(conn, f"{KEY}{action}")
        return left


async def tell_if_opened(conn: AsyncConnection, action: str, now: datetime) -> None:
    """Record and log that the breaker of an action opened with what was remembered of `now`."""
    standing = (await breakers.all_open(conn, now)).get(action)
    if standing is None or standing.opened_at != now:
        return
    _log.error("the circuit breaker of %s opened: until two people close it, people approve", action)
    sentence = f"The circuit breaker of {action} opened: too much went wrong, people approve each run."
    hint = "Find the cause; then two people close it with `triage breakers close`."
    alarm = Alarm(key=f"{KEY}{action}", sentence=sentence, hint=hint, raised_at=now)
    await alarms.raise_alarm(conn, alarm)
    data: dict[str, JsonValue] = {"action": action}
    await append(conn, Event.BREAKER_OPENED, f"breaker {action}", data, actor="service", now=now)
