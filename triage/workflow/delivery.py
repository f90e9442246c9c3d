"""Handing a new password over: a sealed one-time link to the manager, or the password is replaced unseen."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from actions.contract import RunContext, Seen, Verification, read_back
from actions.errors import OutcomeUnknown, OutsideError, Throttled, Unreachable
from actions.vocabulary import SecretKind
from triage.audit.events import Event
from triage.audit.log import append
from triage.domain.run import Run, RunState
from triage.secrets import seal
from triage.secrets.password import new_password
from triage.store import ledger, runs
from triage.store.ledger import Step
from triage.workflow import effects
from triage.workflow.endings import fail, verified
from triage.workflow.services import Services
from triage.workflow.vault import empty_vault, void_name

_PATIENCE = timedelta(minutes=5)
"""How long a link may fail to be mailed before the password is replaced (ours)."""
_SUBJECT = "A {secret} for you to hand over"
_BODY = """There is a new {secret} for {name}.

Open it here, once, before {until:%H:%M} UTC on {until:%Y-%m-%d}, with {name} beside you or on a call to
a number you know. You will sign in and confirm whom you are helping:

{link}

If you know nothing of this, do not open it and call the service desk.
"""
_OWN_SUBJECT = "Your {secret}"
_OWN_BODY = """You asked for the {secret} of your device.

Open it here, once, before {until:%H:%M} UTC on {until:%Y-%m-%d}. You will sign in first; show it to nobody:

{link}

If you did not ask for it, do not open it and call the service desk.
"""


async def deliver(services: Services, run: Run) -> datetime | None:
    """Mail the one-time link to who opens it; return when to try again, or `None` when it went out.

    A mail that may have gone out is sent again with a new token, which voids the token before.
    """
    now = services.clock()
    async with services.engine.begin() as conn:
        run = await runs.save(conn, run)
        await ledger.start(conn, run.id, Step.DELIVER, now)
        people = await seal.made_out_to(conn, run.id)
        release = await seal.release(conn, run.id, lifetime=services.settings.limits.secret, now=now)
    try:
        users = services.tools.reading.graph.users
        reader, person = await users.get(people.recipient_id), await users.get(people.beneficiary_id)
        own = people.recipient_id == people.beneficiary_id
        secret = services.tools.actions[run.action].hands_over
        text = (_OWN_BODY if own else _BODY).format(
            secret=secret,
            name=person.display_name,
            until=release.expires_at,
            link=_link(services, run.id, release.token.get_secret_value()),
        )
        subject = (_OWN_SUBJECT if own else _SUBJECT).format(secret=secret)
        await _mail(services, run, reader.mail or reader.user_principal_name, (subject, text))
    except OutsideError as error:
        return await _undelivered(services, run, error)
    async with services.engine.begin() as conn:
        await ledger.finish(conn, run.id, Step.DELIVER, services.clock())
    await verified(services, run)
    return None


async def replace(services: Services, run: Run) -> datetime | None:
    """Set a password that nobody will see, then fail the run; return when to go on, `None` at the end."""
    now = services.clock()
    async with services.engine.begin() as conn:
        run = await runs.save(conn, run)
    try:
        seen = await _replaced(services, run)
    except Throttled as asked:
        return asked.retry_at
    except OutsideError as error:
        seen = Verification(Seen.ABSENT, error.message)
    if seen.seen is Seen.DONE:
        async with services.engine.begin() as conn:
            await ledger.finish(conn, run.id, Step.REPLACE, now)
        await fail(services, run, RunState.FAILED, run.detail)
        return None
    if seen.seen is not Seen.FAILED and now - (run.done_at or now) < effects.PATIENCE:
        return effects.later(now, run.done_at)
    reason = f"{run.detail}; and it is not known whether that worked: {seen.detail}"
    await fail(services, run, RunState.OUTCOME_UNKNOWN, reason)
    return None


async def _replaced(services: Services, run: Run) -> Verification:
    """Set another password and look whether it was set; done again, it is another one again."""
    work = await effects.doing(services, run)
    context = RunContext(
        run_id=uuid.uuid5(run.id, Step.REPLACE),
        started_at=run.done_at or services.clock(),
        secret=new_password() if work.action.secret is SecretKind.GIVEN else None,
        secret_name=void_name(run) if work.action.secret is SecretKind.VAULT else "",
    )
    await work.action.execute(services.acting(run.id), work.params, context)
    seen = await read_back(work.action, services.tools.reading, work.params, context)
    if seen.seen is Seen.DONE:
        await empty_vault(services, run)
    return seen


async def _undelivered(services: Services, run: Run, error: OutsideError) -> datetime:
    """Try again while there is hope and patience, else begin to replace the password."""
    now = services.clock()
    hopeful = isinstance(error, Throttled | Unreachable | OutcomeUnknown)
    if hopeful and now - (run.done_at or now) < _PATIENCE:
        return error.retry_at if isinstance(error, Throttled) else effects.later(now, run.done_at)
    reason = (
        f"the one-time link could not be delivered ({error.message}), so the password was replaced unseen"
    )
    async with services.engine.begin() as conn:
        begun = run.model_copy(update={"state": RunState.REPLACING, "done_at": now, "detail": reason})
        run = await runs.save(conn, begun)
        await ledger.start(conn, run.id, Step.REPLACE, now)
        await seal.destroy(conn, run.id, reason="the link could not be delivered", now=now)
        data = {"step": Step.REPLACE.value, "action": run.action}
        await append(conn, Event.RUN_STEP_STARTED, f"run {run.id}", data, actor="service", now=now)
    return now


async def _mail(services: Services, run: Run, address: str, said: tuple[str, str]) -> None:
    sender = services.settings.cloud.mail_sender
    mail = services.acting(run.id).graph.mail
    await mail.send(sender, [address], *said, marker=f"{run.id}:{Step.DELIVER}")


def _link(services: Services, run_id: uuid.UUID, token: str) -> str:
    """The token stands behind the #, which browsers keep to themselves: no proxy or access log sees it."""
    return f"{services.settings.web.public_url.rstrip('/')}/secrets/{run_id}#{token}"
