"""Doing it and reading it back: check before a repetition, execute, settle, verify."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from actions.contract import Action, RunContext, Seen, Verification, read_back
from actions.errors import OutcomeUnknown, OutsideError, Throttled, Unreachable
from actions.vocabulary import Params, SecretKind
from triage.domain.run import Run, RunState
from triage.errors import Broken, Overtaken
from triage.secrets import seal
from triage.store import ledger, runs
from triage.store.ledger import Step
from triage.workflow.endings import fail, succeed
from triage.workflow.services import Services
from triage.workflow.vault import secret_name

PATIENCE = timedelta(minutes=15)
"""How long an outside that does not answer is asked again before people are told (ours)."""
LONGEST_JOB = timedelta(hours=1)
"""How long work that goes on outside is watched before people are told (ours)."""
_SHORTEST, _LONGEST = timedelta(seconds=1), timedelta(minutes=1)


@dataclass(frozen=True)
class Doing:
    """A run with the code and the words of its action."""

    run: Run
    action: Action[Any]
    params: Params
    context: RunContext


def later(now: datetime, since: datetime | None) -> datetime:
    """Return when to look again: after half the time waited so far, one second to one minute."""
    waited = now - since if since else timedelta()
    return now + min(max(waited / 2, _SHORTEST), _LONGEST)


async def doing(services: Services, run: Run) -> Doing:
    """Join a run with its action; a secret of our making is unsealed for the call, nothing else sees it."""
    action = services.tools.actions.get(run.action)
    if action is None or action.version != run.version or run.started_at is None:
        raise Broken(
            f"version {run.version} of {run.action} is no longer here",
            hint="A run is finished by the release that began it; hand the ticket to a person.",
            subject=f"run {run.id}",
        )
    context = RunContext(run_id=run.id, started_at=run.started_at)
    if action.secret.ours and run.state is RunState.EXECUTING:
        async with services.engine.begin() as conn:
            context = replace(context, secret=await seal.recall(conn, services.sealer, run.id))
    if action.secret is SecretKind.VAULT:
        context = replace(context, secret_name=secret_name(run))
    return Doing(run, action, action.params.model_validate(run.params), context)


async def execute(services: Services, run: Run, *, first: bool) -> datetime | None:
    """Carry out a run whose intent is in the ledger; return when to go on, or `None` when it ended.

    Unless it is the `first` try of this worker, the effect is looked for before anything is sent again.

    Raises:
        Throttled: the outside asks to come back later.
    """
    work = await doing(services, run)
    if not first and await _there(services, work):
        return await _answered(services, run)
    await _still_ours(services, run)
    try:
        await work.action.execute(services.acting(run.id), work.params, work.context)
    except (Throttled, Unreachable) as silence:
        if isinstance(silence, Throttled):
            raise
        return await _ask_again(services, run, silence)
    except OutcomeUnknown:
        return await _answered(services, run)  # reading back will tell, or a person
    except OutsideError as refusal:
        await fail(services, run, RunState.FAILED, refusal.message)
        return None
    return await _answered(services, run)


async def verify(services: Services, run: Run) -> datetime | None:
    """Read the effect back; return when to look again or go on, or `None` when the run ended.

    Raises:
        Throttled: the outside asks to come back later.
    """
    now = services.clock()
    since = run.done_at or now
    work = await doing(services, run)
    try:
        seen = await read_back(work.action, services.tools.reading, work.params, work.context)
    except Throttled:
        raise
    except OutsideError as error:
        seen = Verification(Seen.PENDING, error.message)
    if seen.seen is Seen.DONE:
        return await succeed(services, run, work.action)
    if seen.seen is Seen.FAILED:
        await fail(services, run, RunState.FAILED, seen.detail)
        return None
    patience = LONGEST_JOB if seen.seen is Seen.PENDING else work.action.settle
    if now - since < patience:
        return later(now, since)
    state = (
        RunState.FAILED if seen.seen is Seen.ABSENT and work.action.repeatable else RunState.OUTCOME_UNKNOWN
    )
    await fail(services, run, state, seen.detail or "the effect was not seen within the settle time")
    return None


async def _still_ours(services: Services, run: Run) -> None:
    """Make sure, right before the call, that nobody has taken the run over while this worker slept.

    Raises:
        Overtaken: somebody has.
    """
    async with services.engine.connect() as conn:
        if (await runs.get(conn, run.id)).owner != run.owner:
            raise Overtaken("another worker has taken this run over", subject=f"run {run.id}")


async def _there(services: Services, work: Doing) -> bool:
    """Whether the effect of an earlier try shows, or is on its way; what cannot be read counts as not."""
    try:
        seen = await read_back(work.action, services.tools.reading, work.params, work.context)
    except Throttled:
        raise
    except OutsideError:
        return False
    return seen.seen in (Seen.DONE, Seen.PENDING)


async def _answered(services: Services, run: Run) -> datetime:
    """Note that the call is over; settling begins."""
    now = services.clock()
    async with services.engine.begin() as conn:
        await runs.save(conn, run.model_copy(update={"state": RunState.VERIFYING, "done_at": now}))
        await ledger.finish(conn, run.id, Step.EXECUTE, now)
    return now


async def _ask_again(services: Services, run: Run, silence: OutsideError) -> datetime | None:
    """Try again later, until patience ends."""
    now = services.clock()
    since = run.started_at or now
    if now - since < PATIENCE:
        return later(now, since)
    await fail(services, run, RunState.FAILED, silence.message)
    return None
