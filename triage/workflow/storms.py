"""Many tickets alike within minutes: single steps stop, and one candidate for a major incident is raised."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Final

from pydantic import JsonValue
from sqlalchemy.ext.asyncio import AsyncConnection

from triage.audit.events import Event
from triage.audit.log import append
from triage.store import alarms
from triage.store.alarms import Alarm
from triage.store.decisions import StoredDecision

_log = logging.getLogger(__name__)
RULE: Final = "memory.storm"
KEY: Final = "storm:"
"""How the keys of these alarms begin."""
_OVER: Final = timedelta(hours=1)
_HINT: Final = "Look for one cause; if there is one, make this the major incident and link the tickets to it."


async def heed_storm(conn: AsyncConnection, kept: StoredDecision) -> None:
    """Raise the candidate when a decision says that its label came in a storm; one a label and storm."""
    decision = kept.decision
    if RULE not in {rule.id for rule in decision.rules}:
        return
    count = kept.facts.memory.alike_10m
    sentence = f"{count} tickets of {decision.label} within ten minutes: a candidate for a major incident."
    alarm = Alarm(key=f"{KEY}{decision.label}", sentence=sentence, hint=_HINT, raised_at=kept.made_at)
    if await alarms.raise_alarm(conn, alarm):
        _log.error("%s", sentence)
        data: dict[str, JsonValue] = {"count": count, "label": decision.label}
        await append(
            conn, Event.STORM_RAISED, f"storm {decision.label}", data, actor="service", now=kept.made_at
        )


async def end_storms(conn: AsyncConnection, now: datetime) -> None:
    """Take away the candidates of an hour ago: the next storm is another one."""
    fresh = [one.key for one in await alarms.standing(conn) if one.raised_at > now - _OVER]
    await alarms.clear(conn, KEY, but=fresh)
