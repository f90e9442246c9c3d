"""Taking a verified run back: each `before` of its stored plan restored, and read back like any effect."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from actions.contract import Seen, Verification, read_back, read_undo_back
from actions.errors import OutcomeUnknown, OutsideError, Throttled, Unreachable
from triage.audit.events import Event
from triage.audit.log import append
from triage.domain.run import Run, RunState
from triage.errors import NotAllowed
from triage.store import ledger, runs
from triage.store.ledger import Step
from triage.store.notes import NoteKind
from triage.workflow import effects, words
from triage.workflow.admission import admit
from triage.workflow.saying import say
from triage.workflow.services import Services
from triage.workflow.unwinding import begin_undo, next_back

_CHANGED = "somebody changed since what this run did, and undoing would undo that as well"
_ENDINGS = {
    RunState.UNDONE: Event.RUN_UNDONE,
    RunState.OUTCOME_UNKNOWN: Event.RUN_UNKNOWN,
    RunState.VERIFIED: Event.RUN_UNDO_REFUSED,
}


async def request_undo(services: Services, run_id: uuid.UUID, person_id: str) -> Run:
    """Note that a person wants a verified run taken back; a job does it.

    Raises:
        Unknown: there is no such run.
        NotAllowed: it is not verified, its action has no way back, or its effect was changed since.
        OutsideError: it could not be read whether the effect is still there.
    """
    await _refuse_if_changed(services, run_id)
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
        return await begin_undo(conn, services, run, person_id)


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
        seen = await _undone(services, work)
        if seen.seen is not Seen.DONE:
            return await _take_back(services, work, seen, called=called)
    except Throttled:
        raise
    except (Unreachable, OutcomeUnknown) as silence:
        return await _wait(services, run, silence.message, effects.PATIENCE)
    except OutsideError as refusal:
        await _end(services, run, RunState.OUTCOME_UNKNOWN, f"the undo was refused: {refusal.message}")
        return None
    await _end(services, run, RunState.UNDONE, "")
    return None


async def _take_back(
    services: Services, work: effects.Doing, seen: Verification, *, called: bool
) -> datetime | None:
    """Call the undo unless that was done, and wait for it to be seen; a failure of it ends the matter."""
    run = work.run
    if seen.seen is Seen.FAILED:
        await _end(services, run, RunState.OUTCOME_UNKNOWN, f"the undo failed: {seen.detail}")
        return None
    if not called and await _changed_since(services, work):
        await _end(services, run, RunState.VERIFIED, _CHANGED)
        return None
    if work.action.undo is not None and not called:
        acting = services.acting(run.id)
        await work.action.undo(acting, work.params, run.plan.changes, work.context)
        await _called(services, run)
    return await _wait(services, run, "the undo was not seen within the settle time", work.action.settle)


async def _refuse_if_changed(services: Services, run_id: uuid.UUID) -> None:
    """Refuse to take back what somebody has changed since: that would undo their work as well."""
    async with services.engine.connect() as conn:
        run = await runs.get(conn, run_id)
    if not run.params:
        raise NotAllowed("the contents of this run were erased", subject=f"run {run_id}")
    if run.state is not RunState.VERIFIED or run.action not in services.tools.actions:
        return
    work = await effects.doing(services, run)
    if await _changed_since(services, work):
        raise NotAllowed(
            _CHANGED, hint="Look at what is there now; a person decides.", subject=f"run {run_id}"
        )


async def _changed_since(services: Services, work: effects.Doing) -> bool:
    """Whether the effect is no longer as it was read back after the run."""
    seen = await read_back(work.action, services.tools.reading, work.params, work.context)
    return seen.seen in (Seen.ABSENT, Seen.FAILED)


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


async def _undone(services: Services, work: effects.Doing) -> Verification:
    """Look whether all is as it was."""
    reading = services.tools.reading
    return await read_undo_back(work.action, reading, work.params, work.run.plan, work.context)


async def _wait(services: Services, run: Run, reason: str, patience: timedelta) -> datetime | None:
    now = services.clock()
    since = run.done_at or now
    if now - since < patience:
        return effects.later(now, since)
    await _end(services, run, RunState.OUTCOME_UNKNOWN, reason)
    return None


async def _end(services: Services, run: Run, state: RunState, detail: str) -> None:
    """End an undo: done, given up as unknown, or not begun, and then the run is verified as before."""
    now, kept = services.clock(), state is RunState.VERIFIED
    fields = {"state": state, "finished_at": run.finished_at if kept else now, "detail": detail}
    ended = run.model_copy(update={**fields, "undo_by": "" if kept else run.undo_by})
    title = services.tools.actions[run.action].title
    text = words.undone(ended, title)
    async with services.engine.begin() as conn:
        await runs.save(conn, ended)
        await say(conn, services, run.ticket_id, NoteKind.WORK_NOTE, (f"undo {run.id} {run.owner}", text))
        event, data = _ENDINGS[state], {"action": run.action}
        if state is not RunState.UNDONE:
            data["reason"] = detail
        await append(conn, event, f"run {run.id}", data, actor=run.undo_by, now=now)
        await next_back(conn, services, run, stop=state is RunState.OUTCOME_UNKNOWN)
