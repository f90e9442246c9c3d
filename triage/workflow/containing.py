"""Somebody said that it was not them: contain the account at once, take back what can be, call people.

The order is what an attacker has least time against: sign-in blocked and sessions ended, then the rest.
"""

from __future__ import annotations

import hmac
import uuid
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from pydantic import JsonValue, SecretStr

from actions.contract import Action, RunContext, Seen, read_back
from actions.errors import Forbidden, NotFound, OutsideError, Refused, Throttled
from actions.vocabulary import SecretKind
from triage.audit.events import Event
from triage.audit.log import append
from triage.domain.run import Run
from triage.errors import NotAllowed, Unknown
from triage.memory import Event as Memorable
from triage.secrets import seal
from triage.store import objections, runs, tickets
from triage.store.notes import NoteKind
from triage.store.objections import Objection, ObjectionState
from triage.store.queue import defer, objection_job
from triage.workflow.endings import remember
from triage.workflow.saying import say
from triage.workflow.sequence import drop_rest
from triage.workflow.services import Services
from triage.workflow.telling import tell
from triage.workflow.undoing import request_undo

LABEL = "account_compromised"
"""Whose halt holds a containment, besides those of its action and tier."""
_ACTIONS = ("contain_account", "revoke_sessions")
"""What contains an account, best first: one that is mastered elsewhere we can only sign out."""
_MOST_FAILURES = 20
_AGAIN = timedelta(seconds=5)
_SUBJECT = "Account may be taken over: a change was repudiated"


async def object_to(services: Services, objection_id: uuid.UUID, token: SecretStr) -> bool:
    """Take somebody's word that a change was not theirs, once; false when the link is no good.

    The label is frozen for the person, and a secret nobody has opened is destroyed, in the same transaction;
    whoever calls goes on with `contain_now`, and a job goes on with the rest, or with all if they do not.
    """
    now = services.clock()
    async with services.engine.begin() as conn:
        try:
            objection = await objections.get(conn, objection_id, lock=True)
        except Unknown:
            return False
        if objection.raised_at is not None:
            return _fits(services, objection, token)
        why_not = _refusal(services, objection, token, now)
        run = await runs.get(conn, objection.run_id)
        if why_not:
            failed = objection.model_copy(update={"failures": objection.failures + 1})
            await objections.save(conn, failed)
            data = {"run_id": str(run.id), "reason": why_not}
            await append(conn, Event.OBJECTION_REFUSED, f"run {run.id}", data, actor="link", now=now)
            return False
        raised = {"state": ObjectionState.RAISED, "raised_at": now}
        await objections.save(conn, objection.model_copy(update=raised))
        await tickets.get(conn, run.ticket_id, lock=True)
        label = await remember(conn, run.ticket_id, run.decision_id, Memorable.REPUDIATED, now)
        await drop_rest(conn, services, run, "the step before was repudiated")
        action = services.tools.actions.get(run.action)
        if action is not None and action.secret is not SecretKind.NONE:
            with suppress(Unknown):
                await seal.destroy(conn, run.id, reason="the change was repudiated", now=now)
        data = {"run_id": str(run.id), "label": label}
        await append(conn, Event.OBJECTION_RAISED, f"run {run.id}", data, actor="link", now=now)
        await defer(conn, services.queue, objection_job(objection_id), at=now + _AGAIN)
    return True


async def contain_now(services: Services, objection_id: uuid.UUID) -> bool:
    """Contain the account without waiting for a worker, and tell whether it is done; a job does the rest."""
    async with services.engine.connect() as conn:
        objection = await objections.get(conn, objection_id)
        run = await runs.get(conn, objection.run_id)
    if objection.state is ObjectionState.RAISED:
        with suppress(OutsideError):
            objection = await _act(services, objection, run)
    async with services.engine.begin() as conn:
        await defer(conn, services.queue, objection_job(objection_id))
    return objection.contained_at is not None


async def tend(services: Services, objection_id: uuid.UUID) -> datetime | None:
    """Take the next step: tell the person, or contain, call people and take back; return when to go on.

    People are called also when the outside does not let us contain.

    Raises:
        Throttled: a service asks to come back later.
        OutsideError: it did not work; doing it again is safe.
    """
    async with services.engine.connect() as conn:
        objection = await objections.get(conn, objection_id)
        run = await runs.get(conn, objection.run_id)
    if objection.state is ObjectionState.ARMED:
        await tell(services, objection)
        return None
    if objection.state is ObjectionState.RAISED:
        objection = await _act(services, objection, run)
    if objection.state in (ObjectionState.RAISED, ObjectionState.ACTED):
        objection = await _call_people(services, objection, run)
    if objection.state is ObjectionState.ACTED:
        await _take_back(services, objection, run)
    return services.clock() + _AGAIN if objection.state is ObjectionState.RAISED else None


def _fits(services: Services, objection: Objection, token: SecretStr) -> bool:
    ours = services.sealer.token(objection.id).get_secret_value()
    return hmac.compare_digest(ours.encode(), token.get_secret_value().encode())


def _refusal(services: Services, objection: Objection, token: SecretStr, now: datetime) -> str:
    if objection.failures >= _MOST_FAILURES:
        return "too many wrong tokens came"
    if now >= objection.expires_at:
        return "the link has expired"
    return "" if _fits(services, objection, token) else "the token is wrong"


async def _act(services: Services, objection: Objection, run: Run) -> Objection:
    """Contain the account; it stays raised while that may still work."""
    params = {"user_id": objection.person_id}
    why_not = ""
    for name in _ACTIONS:
        action = services.tools.actions[name]
        try:
            blockers = await action.check(services.tools.reading, action.params.model_validate(params))
            if blockers:
                why_not = why_not or " ".join(blocker.sentence for blocker in blockers)
                continue
            if await services.tools.switch.stops(name, action.tier, LABEL):
                return await _keep(services, objection, {"detail": "The kill switch holds the containment."})
            return await _contain(services, objection, run, action, why_not)
        except (Refused, Forbidden, NotFound) as refusal:
            why_not = why_not or refusal.message
        except Throttled:
            raise
        except OutsideError as silence:
            return await _keep(services, objection, {"detail": silence.message})
    return await _missed(services, objection, why_not)


async def _contain(
    services: Services, objection: Objection, run: Run, action: Action[Any], why_not: str
) -> Objection:
    """Do it and read it back; what an earlier, better way could not do is told by `why_not`."""
    started = objection.raised_at or services.clock()
    context = RunContext(run_id=objection.id, started_at=started)
    params = action.params.model_validate({"user_id": objection.person_id})
    data = {"action": action.name, "run_id": str(run.id)}
    async with services.engine.begin() as conn:
        subject = f"run {run.id}"
        await append(conn, Event.CONTAINMENT_BEGUN, subject, data, actor="service", now=services.clock())
    await action.execute(services.acting(objection.id), params, context)
    seen = await read_back(action, services.tools.reading, params, context)
    if seen.seen is not Seen.DONE:
        return await _keep(services, objection, {"detail": seen.detail or "The effect does not show yet."})
    now = services.clock()
    update = {
        "state": ObjectionState.ACTED,
        "contained_at": now,
        "action": action.name,
        "detail": why_not,
    }
    after = objection.model_copy(update=update)
    async with services.engine.begin() as conn:
        await objections.save(conn, after)
        seconds = round((now - started).total_seconds(), 1)
        told: dict[str, JsonValue] = {"action": action.name, "seconds": seconds}
        await append(conn, Event.CONTAINMENT_DONE, f"run {run.id}", told, actor="service", now=now)
    return after


async def _missed(services: Services, objection: Objection, why_not: str) -> Objection:
    """Leave the containment to people; nothing we may do contains this account."""
    after = objection.model_copy(update={"state": ObjectionState.ACTED, "detail": why_not})
    async with services.engine.begin() as conn:
        await objections.save(conn, after)
        subject, data = f"run {objection.run_id}", {"reason": why_not}
        await append(conn, Event.CONTAINMENT_MISSED, subject, data, actor="service", now=services.clock())
    return after


async def _call_people(services: Services, objection: Objection, run: Run) -> Objection:
    """Open a priority-1 incident and tell the ticket; without an ITSM, the ticket alone."""
    if objection.incident:
        return objection
    state = f"Contained by {objection.action}." if objection.contained_at else "NOT contained yet."
    text = "\n".join(
        [
            "The person or their manager said of a change made by the triage service that it was not them.",
            f"{state} {objection.detail}".strip(),
            f"Account {objection.person_id}, run {run.id} of {run.action}. The label is frozen for them.",
        ]
    )
    incident = "none"
    if services.servicenow is not None:
        incident = await services.servicenow.incidents.open(
            str(objection.id), subject=_SUBJECT, text=text, urgent=True
        )
    after = objection.model_copy(update={"incident": incident})
    async with services.engine.begin() as conn:
        await objections.save(conn, after)
        about = (
            f"objection {objection.id}",
            f"Triage: this was repudiated. {state} {objection.detail}".strip(),
        )
        await say(conn, services, run.ticket_id, NoteKind.WORK_NOTE, about)
        data = {"incident": incident}
        await append(
            conn, Event.INCIDENT_OPENED, f"run {run.id}", data, actor="service", now=services.clock()
        )
    return after


async def _take_back(services: Services, objection: Objection, run: Run) -> None:
    """Undo the change itself, where there is a way back; then nothing more is to be done."""
    with suppress(NotAllowed):  # there is no way back, or it was taken back already
        await request_undo(services, run.id, objection.person_id)
    await _keep(services, objection, {"state": ObjectionState.SETTLED})


async def _keep(services: Services, objection: Objection, update: dict[str, object]) -> Objection:
    after = objection.model_copy(update=update)
    async with services.engine.begin() as conn:
        await objections.save(conn, after)
    return after
