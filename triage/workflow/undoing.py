"""Taking a verified run back: each `before` of its stored plan restored, and read back like any effect."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from actions.errors import OutcomeUnknown, OutsideError, Throttled, Unreachable
from triage.audit.events import Event
from triage.audit.log import append
from triage.domain.run import Run, RunState
from triage.errors import NotAllowed
from triage.store import ledger, runs
from triage.store.ledger import Step
from triage.store.notes import NoteKind
from triage.store.queue import advance_job, defer
from triage.workflow import effects, words
from triage.workflow.admission import admit
from triage.workflow.saying import say
from triage.workflow.services import Services


async def request_undo(services: Services, run_id: uuid.UUID, person_id: str) -> Run:
    """Note that a person wants a verified run taken back; a job does it.

    Raises:
        Unknown: there is no such run.
        NotAllowed: it is not verified, or its action has no way back.
    """
    async with services.engine.begin() as conn:
        run = await runs.get(conn, run_id, lock=True)
        action = services.tools.actions.get(run.action)
        if run.state is not RunState.VERIFIED:
            raise NotAllowed(
                f"this run is {run.state}",
                hint="Only what was done and read back can be undone.",
                subject=f"run {run_id}",
            )
        if action is None or action.undo is None:
            reason = action.undo_reason if action else "its action is no longer here"
            raise NotAllowed(f"this run cannot be undone: {reason}", subject=f"run {run_id}")
        if not run.params:
            raise NotAllowed("the contents of this run were erased", subject=f"run {run_id}")
        wanted = run.model_copy(
            update={"state": RunState.UNDOING, "undo_by": person_id, "done_at": services.clock()}
        )
        run = await runs.save(conn, wanted)
        await defer(conn, services.queue, advance_job(run))
    return run


async def undo(services: Services, run: Run) -> datetime | None:
    """Restore what the run changed and read it back; return when to look again, or `None` at the end.

    Raises:
        Throttled: the outside asks to come back later.
    """
    admitted = await admit(services, run)
    if admitted is None:
        return None
    run, called = await _begin(services, admitted)
    work = await effects.doing(services, run)
    try:
        if not await _undone(services, work):
            if work.action.undo is not None and not called:
                await work.action.undo(services.acting(run.id), work.params, run.plan.changes)
                await _called(services, run)
            return await _wait(
                services, run, "the undo was not seen within the settle time", work.action.settle
            )
    except Throttled:
        raise
    except (Unreachable, OutcomeUnknown) as silence:
        return await _wait(services, run, silence.message, effects.PATIENCE)
    except OutsideError as refusal:
        await _end(services, run, RunState.OUTCOME_UNKNOWN, f"the undo was refused: {refusal.message}")
        return None
    await _end(services, run, RunState.UNDONE, "")
    return None


async def _begin(services: Services, run: Run) -> tuple[Run, bool]:
    """Note in the ledger that the undo is about to happen; tell whether it was sent and answered before."""
    now = services.clock()
    async with services.engine.begin() as conn:
        run = await runs.save(conn, run)
        known = await ledger.steps(conn, run.id)
        await ledger.start(conn, run.id, Step.UNDO, now)
        if Step.UNDO not in known:
            data = {"step": Step.UNDO.value, "action": run.action}
            await append(conn, Event.RUN_STEP_STARTED, f"run {run.id}", data, actor=run.undo_by, now=now)
    return run, known.get(Step.UNDO, False)


async def _called(services: Services, run: Run) -> None:
    async with services.engine.begin() as conn:
        await ledger.finish(conn, run.id, Step.UNDO, services.clock())


async def _undone(services: Services, work: effects.Doing) -> bool:
    """Whether the same plan would be made again, which means that all is as it was."""
    plan = await work.action.plan(services.tools.reading, work.params)
    return plan.digest == work.run.plan.digest


async def _wait(services: Services, run: Run, reason: str, patience: timedelta) -> datetime | None:
    now = services.clock()
    since = run.done_at or now
    if now - since < patience:
        return effects.later(now, since)
    await _end(services, run, RunState.OUTCOME_UNKNOWN, reason)
    return None


async def _end(services: Services, run: Run, state: RunState, detail: str) -> None:
    now = services.clock()
    ended = run.model_copy(update={"state": state, "finished_at": now, "detail": detail})
    undone = state is RunState.UNDONE
    title = services.tools.actions[run.action].title
    text = f"Triage: undone: {title}." if undone else words.not_done(ended, title)
    async with services.engine.begin() as conn:
        await runs.save(conn, ended)
        await say(conn, services, run.ticket_id, NoteKind.WORK_NOTE, (f"undo {run.id}", text))
        event, data = Event.RUN_UNDONE, {"action": run.action}
        if not undone:
            event, data = Event.RUN_UNKNOWN, {"action": run.action, "reason": detail}
        await append(conn, event, f"run {run.id}", data, actor=run.undo_by, now=now)
