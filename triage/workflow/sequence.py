"""Whose turn it is among the steps of a decision: one after the other, each when its day has come."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from triage.audit.events import Event
from triage.audit.log import append
from triage.domain.run import Run, RunState, TicketState
from triage.store import decisions, ledger, runs, tickets
from triage.store.ledger import Step
from triage.store.queue import advance_job, defer
from triage.workflow.services import Services


async def begin_turn(
    conn: AsyncConnection, services: Services, run: Run, *, since: datetime | None = None
) -> Run:
    """Let a waiting run be taken up by a job, or leave it waiting until its day has come.

    The ticket, which the caller's transaction holds, says which of the two it is. `since` is when its turn
    came, if that was before now.
    """
    now = services.clock()
    waits = (run.not_before is not None and run.not_before > now) or await _uncalled(conn, run)
    state = TicketState.SCHEDULED if waits else TicketState.RUNNING
    await tickets.set_state(conn, run.ticket_id, state, now)
    if waits:
        return run
    fields = {"state": RunState.PENDING, "due_at": since or now}
    run = await runs.save(conn, run.model_copy(update=fields))
    await defer(conn, services.queue, advance_job(run))
    return run


async def is_turn(conn: AsyncConnection, run: Run) -> bool:
    """Whether nothing is left to do before this run."""
    steps = await runs.of_decision(conn, run.decision_id)
    return all(one.state is RunState.VERIFIED for one in steps if one.position < run.position)


async def _uncalled(conn: AsyncConnection, run: Run) -> bool:
    """Whether the step begins only when somebody calls for it, and nobody has."""
    step = (await decisions.get(conn, run.decision_id)).decision.steps[run.position]
    return step.on_call and not (await ledger.steps(conn, run.id)).get(Step.CALL, False)


async def next_step(conn: AsyncConnection, services: Services, run: Run) -> Run | None:
    """Give the turn to the step after a verified one; `None` when it was the last."""
    rest = [one for one in await runs.of_decision(conn, run.decision_id) if one.state is RunState.WAITING]
    return await begin_turn(conn, services, rest[0]) if rest else None


async def drop_rest(conn: AsyncConnection, services: Services, run: Run, reason: str) -> tuple[Run, ...]:
    """Cancel the steps of the same decision that were not begun, and return them in order."""
    now, dropped = services.clock(), []
    for one in await runs.of_decision(conn, run.decision_id):
        if one.id == run.id or not one.state.idle:
            continue
        fields = {"state": RunState.CANCELLED, "finished_at": now, "detail": reason}
        dropped.append(await runs.save(conn, one.model_copy(update=fields)))
        data = {"action": one.action, "reason": reason}
        await append(conn, Event.RUN_SENT_BACK, f"run {one.id}", data, actor="service", now=now)
    return tuple(dropped)


async def start_due(services: Services) -> None:
    """Give the turn to every run whose day has come and before which nothing is left to do."""
    async with services.engine.connect() as conn:
        found = await runs.due(conn, services.clock())
    for run in found:
        async with services.engine.begin() as conn:
            await tickets.get(conn, run.ticket_id, lock=True)
            current = await runs.get(conn, run.id)
            if current.state is RunState.WAITING and await is_turn(conn, current):
                await begin_turn(conn, services, current, since=current.not_before)
