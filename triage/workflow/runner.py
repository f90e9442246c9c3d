"""One run, one step further: intent, execution, settling, handing over. Every wait is a row with a time."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from actions.vocabulary import SecretKind
from triage.audit.events import Event
from triage.audit.log import append
from triage.domain.decision import Decision, Verdict
from triage.domain.facts import Facts
from triage.domain.run import Run, RunState
from triage.errors import Broken
from triage.secrets import seal
from triage.secrets.password import new_password
from triage.secrets.seal import Handover
from triage.store import decisions, ledger, reviews, runs, tickets
from triage.store.decisions import StoredDecision
from triage.store.ledger import Step
from triage.store.reviews import Approval
from triage.workflow import delivery, effects, undoing
from triage.workflow.admission import admit
from triage.workflow.approvals import valid
from triage.workflow.deciding import progress_on
from triage.workflow.endings import send_back
from triage.workflow.planning import recipient_of
from triage.workflow.services import Services
from triage.workflow.steps import Consideration, consider
from triage.workflow.vault import secret_name

_STRICTNESS = (Verdict.AUTO, Verdict.REVIEW, Verdict.HANDOVER, Verdict.BLOCKED)


async def advance(services: Services, run_id: uuid.UUID) -> datetime | None:
    """Take the next step of a run; return when the one after is due, or `None` when nothing more happens.

    Raises:
        Throttled: the outside asks to come back later.
        Overtaken: another worker has taken the run over.
    """
    async with services.engine.connect() as conn:
        run = await runs.get(conn, run_id)
    step = _STEPS.get(run.state)
    return await step(services, run) if step else None


async def begin(services: Services, run: Run) -> datetime | None:
    """Decide once more; if what was allowed still holds, note the effect in the ledger and do it."""
    considered, kept = await _again(services, run)
    async with services.engine.connect() as conn:
        given = await reviews.approvals_of(conn, run.review_id) if run.review_id else ()
    admitted = await admit(services, run)
    if admitted is None:
        return None
    run = admitted
    reason = why_not(run, kept, considered, given, services.clock())
    if reason:
        await send_back(services, run, considered, reason)
        return None
    started = await _start(services, _as_planned(run, considered), considered.facts)
    return await effects.execute(services, started, first=True)


async def resume(services: Services, run: Run) -> datetime | None:
    """Go on with an execution that was interrupted: by a crash, a lost answer or a closed gate."""
    async with services.engine.begin() as conn:
        run = await runs.save(conn, run)  # from here on the worker before us, if it still lives, is overtaken
    admitted = await admit(services, run)
    return await effects.execute(services, admitted, first=False) if admitted else None


def why_not(
    run: Run, kept: StoredDecision, considered: Consideration, given: tuple[Approval, ...], now: datetime
) -> str:
    """Why a run must not go ahead as things stand now; the empty string when it may.

    The first step goes ahead only if the whole plan is still the one that was decided on; each further step
    if it would still do what it was to do. An approval that was good for the whole has to be as young, when a
    step begins, as if nothing had been waited for but what was planned.
    """
    fresh = considered.decision
    if _STRICTNESS.index(fresh.verdict) > _STRICTNESS.index(kept.decision.verdict):
        return f"the decision is now {fresh.verdict}"
    if not _as_decided(run, kept.decision, fresh):
        return "what would be done is no longer what was decided on"
    if fresh.tier > kept.decision.tier or fresh.approvals.role is not kept.decision.approvals.role:
        return "more is asked of those who approve than before"
    needed = max(1, fresh.approvals.count) if fresh.verdict is Verdict.REVIEW else 0
    counted = len(valid(given, run.fingerprint, run.created_at + (now - run.due_at)))
    if counted < needed:
        return f"{counted} of {needed} approvals are still valid"
    return ""


def _as_decided(run: Run, kept: Decision, fresh: Decision) -> bool:
    """Whether what would be done now is what was decided on."""
    if run.position == 0:
        return fresh.fingerprint == run.fingerprint
    if not fresh.steps or not fresh.fingerprint:
        return False
    then, now = kept.steps[run.position], fresh.steps[0]
    same = then.action == now.action and then.version == now.version and then.params == now.params
    return same and (then.foreseen or then.changes == now.changes)


def _as_planned(run: Run, considered: Consideration) -> Run:
    """The run with what was planned for it just now; of a foreseen step only that is the whole truth."""
    if considered.course is None:
        raise Broken("a run is to begin without a plan", subject=f"run {run.id}")
    first = considered.course.first
    fields = {"params": first.params.model_dump(mode="json"), "plan": first.plan}
    return run.model_copy(update=fields)


async def _again(services: Services, run: Run) -> tuple[Consideration, StoredDecision]:
    """Decide once more on the ticket, or on what is left to do of it; also return what was decided."""
    async with services.engine.connect() as conn:
        stored = await tickets.get(conn, run.ticket_id)
        kept = await decisions.get(conn, run.decision_id)
        corrected = await reviews.correction(conn, run.ticket_id)
        progress = await progress_on(conn, run.ticket_id, corrected)
    tools = replace(services.tools, reading=services.tools.reading.live())
    considered = await consider(
        stored.ticket, tools, services.clock(), corrected=corrected, progress=progress
    )
    return considered, kept


async def _start(services: Services, run: Run, facts: Facts) -> Run:
    """Commit that the effect is about to happen: run, ledger, secret and audit event in one transaction."""
    now = services.clock()
    async with services.engine.begin() as conn:
        run = await runs.save(
            conn, run.model_copy(update={"state": RunState.EXECUTING, "started_at": now, "held": False})
        )
        await ledger.start(conn, run.id, Step.EXECUTE, now)
        await _seal(conn, services, run, facts)
        data = {"step": Step.EXECUTE.value, "action": run.action}
        await append(conn, Event.RUN_STEP_STARTED, f"run {run.id}", data, actor="service", now=now)
    return run


async def _seal(conn: AsyncConnection, services: Services, run: Run, facts: Facts) -> None:
    """Seal the secret before it takes effect, made out to who will open it."""
    action = services.tools.actions[run.action]
    kind = action.secret
    if kind is SecretKind.NONE:
        return
    recipient = recipient_of(action, facts) if kind.handed_over else ""
    person = facts.target.id if facts.target else str(run.params.get("user_id", ""))
    if kind.handed_over and not (recipient and person):
        raise Broken("a secret was to be made that nobody can be given", subject=f"run {run.id}")
    await seal.prepare(
        conn,
        services.sealer,
        run.id,
        kind,
        Handover(recipient_id=recipient, beneficiary_id=person),
        now=services.clock(),
        secret=new_password() if kind.ours else None,
        vault_name="" if kind.ours else secret_name(run),
    )


_STEPS: Mapping[RunState, Callable[[Services, Run], Awaitable[datetime | None]]] = {
    RunState.PENDING: begin,
    RunState.EXECUTING: resume,
    RunState.VERIFYING: effects.verify,
    RunState.DELIVERING: delivery.deliver,
    RunState.REPLACING: delivery.replace,
    RunState.UNDOING: undoing.undo,
}
