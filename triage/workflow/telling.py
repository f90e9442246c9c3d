"""Telling a person, at every address, what was done to their account, and how to say that it was not them.

NIST SP 800-63B-4 asks for a notice to all addresses after each account recovery (docs/why/safety.md, E3).
"""

from __future__ import annotations

import uuid

from sqlalchemy.ext.asyncio import AsyncConnection

from actions.clients.graph.values import DirectoryUser, User
from triage.audit.events import Event
from triage.audit.log import append
from triage.domain.decision import Decision
from triage.domain.run import Run
from triage.memory import CREDENTIAL_LABELS, changes_factor
from triage.store import objections, runs
from triage.store.objections import Objection, ObjectionState
from triage.store.queue import defer, objection_job
from triage.workflow.services import Services

_SUBJECT = "Your account was changed"
_BODY = """{title}: this was done to the account {upn} at {at:%H:%M} UTC on {at:%Y-%m-%d}.

If that was asked for by you (or, if you are the manager, by {name}), there is nothing to do.

If it was not, open this at once and press the button. It blocks the sign-in of the account, ends all sessions
and calls the security team. No sign-in is needed, and looking at the page does nothing:

{link}

Or call the service desk, by the number you know and not by one in a mail.
"""


async def arm(conn: AsyncConnection, services: Services, run: Run, decision: Decision) -> None:
    """Keep, in the transaction that ends a run well, that the person is told of it and can object.

    Only changes of credentials and of what recovery relies on are worth an alarm (see `triage.memory`).
    """
    facts = decision.facts
    attribute = facts.attribute if facts else ""
    if not (decision.label in CREDENTIAL_LABELS or changes_factor(decision.label, attribute)):
        return
    if facts is None or facts.target is None:
        return
    now = services.clock()
    objection = Objection(
        id=services.new_id(),
        run_id=run.id,
        person_id=facts.target.id,
        armed_at=now,
        expires_at=now + services.settings.limits.objection,
    )
    await objections.add(conn, objection)
    await defer(conn, services.queue, objection_job(objection.id))
    data = {"run_id": str(run.id), "objection_id": str(objection.id)}
    await append(conn, Event.OBJECTION_ARMED, f"run {run.id}", data, actor="service", now=now)


async def tell(services: Services, objection: Objection) -> None:
    """Mail the notice to each address of the person and to the manager, each for themselves.

    Raises:
        OutsideError: not everybody could be told; telling again sends the same link.
    """
    async with services.engine.connect() as conn:
        run = await runs.get(conn, objection.run_id)
    graph = services.tools.reading.graph
    person = await graph.users.get(objection.person_id)
    manager = await graph.users.manager(objection.person_id)
    action = services.tools.actions.get(run.action)
    text = _BODY.format(
        title=action.title if action else run.action,
        upn=person.user_principal_name,
        name=person.display_name,
        at=run.done_at or run.created_at,
        link=link(services, objection.id),
    )
    mail, sender = services.acting(objection.id).graph.mail, services.settings.cloud.mail_sender
    for number, address in enumerate(_addresses(person, manager)):
        await mail.send(sender, [address], _SUBJECT, text, marker=f"{objection.id}:{number}")
    async with services.engine.begin() as conn:
        current = await objections.get(conn, objection.id, lock=True)
        if current.state is ObjectionState.ARMED:
            await objections.save(conn, current.model_copy(update={"state": ObjectionState.TOLD}))


def link(services: Services, objection_id: uuid.UUID) -> str:
    """Return the address in the mail; the token stands behind the #, where no proxy or access log sees it."""
    token = services.sealer.token(objection_id).get_secret_value()
    return f"{services.settings.web.public_url.rstrip('/')}/not-me/{objection_id}#{token}"


def _addresses(person: User, manager: DirectoryUser | None) -> tuple[str, ...]:
    """Return where a notice goes: all the person's addresses and the manager's, each once.

    An account without a mailbox is told by its own name, which reaches nobody or the right one.
    """
    theirs = [address for address in (person.mail, *person.other_mails) if address]
    above = [manager.mail or manager.user_principal_name] if manager else []
    return tuple(dict.fromkeys((*(theirs or [person.user_principal_name]), *above)))
