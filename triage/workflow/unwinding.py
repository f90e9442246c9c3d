"""Taking a whole plan back: its steps in reverse order, one by one, as far as there is a way back."""

from __future__ import annotations

import uuid

from sqlalchemy.ext.asyncio import AsyncConnection

from actions.vocabulary import Frozen
from triage.domain.run import Run, RunState
from triage.errors import NotAllowed
from triage.store import runs, tickets
from triage.store.notes import NoteKind
from triage.store.queue import advance_job, defer
from triage.workflow.saying import say
from triage.workflow.services import Services


class Unwinding(Frozen):
    """What will be taken back, in that order, and what cannot be: action and reason."""

    runs: tuple[Run, ...]
    impossible: dict[str, str]


async def begin_undo(conn: AsyncConnection, services: Services, run: Run, person_id: str) -> Run:
    """Let a job take a verified run back on behalf of a person."""
    fields = {"state": RunState.UNDOING, "undo_by": person_id, "done_at": services.clock()}
    run = await runs.save(conn, run.model_copy(update=fields))
    await defer(conn, services.queue, advance_job(run))
    return run


async def request_unwind(services: Services, ticket_id: uuid.UUID, person_id: str) -> Unwinding:
    """Take back everything that was done for a ticket, the last step first.

    Raises:
        Unknown: there is no such ticket.
        NotAllowed: a step is at work, or nothing was done that has a way back.
    """
    async with services.engine.begin() as conn:
        await tickets.get(conn, ticket_id, lock=True)
        known = await runs.of_ticket(conn, ticket_id)
        if any(not run.state.ended for run in known):
            raise NotAllowed(
                "a step is at work or still waits",
                hint="Call off what waits, and look again when the step has ended.",
                subject=f"ticket {ticket_id}",
            )
        done = [run for run in reversed(known) if run.state is RunState.VERIFIED]
        reasons = {run.id: _no_way_back(services, run) for run in done}
        wanted = [run for run in done if not reasons[run.id]]
        if not wanted:
            raise NotAllowed("nothing was done here that could be taken back", subject=f"ticket {ticket_id}")
        marked = [await runs.save(conn, run.model_copy(update={"undo_by": person_id})) for run in wanted]
        first = await begin_undo(conn, services, marked[0], person_id)
        impossible = {run.action: reasons[run.id] for run in done if reasons[run.id]}
        lines = [f"Triage: {len(wanted)} steps are being taken back, the last one first."]
        lines += [f"Cannot be taken back: {name}: {reason}" for name, reason in impossible.items()]
        about = (f"unwind {first.id} {first.owner}", "\n".join(lines))
        await say(conn, services, ticket_id, NoteKind.WORK_NOTE, about)
        return Unwinding(runs=(first, *marked[1:]), impossible=impossible)


async def next_back(conn: AsyncConnection, services: Services, run: Run, *, stop: bool) -> None:
    """Go on with the step before one that was taken back, if all are to be; with `stop`, leave the rest."""
    known = await runs.of_ticket(conn, run.ticket_id)
    rest = [one for one in reversed(known) if one.state is RunState.VERIFIED and one.undo_by]
    if rest and not stop:
        await begin_undo(conn, services, rest[0], rest[0].undo_by)
        return
    for one in rest:
        await runs.save(conn, one.model_copy(update={"undo_by": ""}))


def _no_way_back(services: Services, run: Run) -> str:
    """Why a run cannot be taken back; empty where it can."""
    action = services.tools.actions.get(run.action)
    if action is None:
        return "its action is no longer here"
    return "" if action.undo is not None else action.undo_reason
