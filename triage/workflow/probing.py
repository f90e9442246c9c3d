"""Probing: one caller who tries the desk's checks, or asks for others' credentials, is told to security.

Layered calls first learn the steps of a reset (AA23-320A; safety.md, B7): whoever probes learns nothing, and
security gets one incident a day for each who does.
"""

from __future__ import annotations

import hashlib
import logging
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from actions.errors import OutsideError
from triage.audit.events import Event
from triage.audit.log import append
from triage.memory import DAY
from triage.store import alarms, proofs
from triage.store.alarms import Alarm
from triage.store.decisions import StoredDecision
from triage.store.proofs import Proof
from triage.workflow.services import Services

_log = logging.getLogger(__name__)
RULE: Final = "memory.probing"
KEY: Final = "probing:"
"""How the keys of these alarms begin."""
MOST_FAILURES: Final = 3
"""Failed proofs of one person, or in the tickets of one caller, within a day that are probing (ours)."""
_SUBJECT: Final = "Somebody probes the checks of the service desk"
_HINT: Final = "Call the people concerned by their number on record, and ask who asked for this, and how."


async def heed_asks(conn: AsyncConnection, kept: StoredDecision) -> None:
    """Raise an alarm when a decision says that its requester asks for the credentials of several others."""
    facts = kept.facts
    if facts.requester is None or RULE not in {rule.id for rule in kept.decision.rules}:
        return
    count = facts.memory.credentials_of_others_24h
    sentence = f"The account {facts.requester.id} asked for the credentials of {count} other people in a day."
    await _raise(conn, facts.requester.id, sentence, kept.made_at)


async def heed_failed_proof(conn: AsyncConnection, proof: Proof, now: datetime) -> None:
    """Raise an alarm when proofs of this person, or in the tickets of this caller, failed again and again."""
    of_person, of_caller, caller = await proofs.failed_since(conn, proof, now - DAY)
    if of_person >= MOST_FAILURES:
        sentence = f"{of_person} proofs that the account {proof.person_id} asks failed within a day."
        await _raise(conn, proof.person_id, sentence, now)
    elif of_caller >= MOST_FAILURES:
        sentence = f"{of_caller} proofs failed in a day in tickets of the caller of ticket {proof.ticket_id}."
        who = hashlib.sha256(caller.encode()).hexdigest()[:16]  # a caller's words stay out of our records
        await _raise(conn, f"caller {who}", sentence, now)


async def tell_security(services: Services) -> None:
    """Open an incident of priority 1 for each alarm that is not told; later, if ServiceNow is away."""
    if services.servicenow is None:
        return
    async with services.engine.connect() as conn:
        standing = await alarms.standing(conn)
    for alarm in standing:
        if alarm.told_at is not None or not alarm.key.startswith(KEY):
            continue
        operation = f"triage {alarm.key} {alarm.raised_at:%Y%m%d}"
        text, group = f"{alarm.sentence}\n\n{alarm.hint}", services.settings.servicenow.security_group
        try:
            await services.servicenow.incidents.open(
                operation, subject=_SUBJECT, text=text, group=group, urgent=True
            )
        except OutsideError as trouble:
            _log.warning("probing cannot be told to ServiceNow now: %s", trouble.message)
            return
        async with services.engine.begin() as conn:
            await alarms.mark_told(conn, alarm.key, services.clock())


async def end_probing(conn: AsyncConnection, now: datetime) -> None:
    """Take away the alarms of a day ago: who probes again is told again."""
    fresh = [one.key for one in await alarms.standing(conn) if one.raised_at > now - timedelta(days=1)]
    await alarms.clear(conn, KEY, but=fresh)


async def _raise(conn: AsyncConnection, who: str, sentence: str, now: datetime) -> None:
    alarm = Alarm(key=f"{KEY}{who}", sentence=sentence, hint=_HINT, raised_at=now)
    if await alarms.raise_alarm(conn, alarm):
        _log.error("%s", sentence)
        data = {"who": who}
        await append(conn, Event.PROBING_SEEN, f"probing {who}", data, actor="service", now=now)
