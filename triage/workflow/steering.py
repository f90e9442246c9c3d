"""What people do to a plan under way: call off what has not begun, or carry on with what was stopped."""

from __future__ import annotations

import uuid

from triage.audit.events import Event
from triage.audit.log import append
from triage.domain.run import Run, RunState, TicketState
from triage.errors import NotAllowed
from triage.memory import Event as Memorable
from triage.store import runs, tickets
from triage.store.notes import NoteKind
from triage.store.queue import defer, triage_job
from triage.store.tickets import StoredTicket
from triage.workflow.endings import remember
from triage.workflow.saying import say
from triage.workflow.services import Services

_CALLED_OFF = "a person called it off"
_STOPPED = frozenset({RunState.FAILED, RunState.OUTCOME_UNKNOWN, RunState.CANCELLED})


async def call_off(services: Services, run_id: uuid.UUID, person_id: str) -> Run:
    """Cancel every step of a decision that has not begun; people take the ticket over.

    A worker that is about to begin one notices that it was overtaken, and stops before the effect.

    Raises:
        Unknown: there is no such run.
        NotAllowed: nothing of the decision waits any more, or a step of it is at work just now.
    """
    async with services.engine.begin() as conn:
        asked = await runs.get(conn, run_id)
        await tickets.get(conn, asked.ticket_id, lock=True)
        steps = await runs.of_decision(conn, asked.decision_id)
        _refuse_unless_waiting(steps, run_id)
        now, dropped = services.clock(), []
        for one in (one for one in steps if one.state.idle):
            fields = {"state": RunState.CANCELLED, "finished_at": now, "detail": _CALLED_OFF}
            dropped.append(await runs.save(conn, one.model_copy(update=fields)))
            data = {"action": one.action}
            await append(conn, Event.RUN_CALLED_OFF, f"run {one.id}", data, actor=person_id, now=now)
        await tickets.set_state(conn, asked.ticket_id, TicketState.HANDOVER, now)
        await remember(conn, asked.ticket_id, asked.decision_id, Memorable.CLOSED, now)
        text = f"Triage: {_CALLED_OFF} before it began; {len(dropped)} of {len(steps)} steps were not taken."
        await say(conn, services, asked.ticket_id, NoteKind.WORK_NOTE, (f"called off {run_id}", text))
        return next((one for one in dropped if one.id == run_id), dropped[0])


def _refuse_unless_waiting(steps: tuple[Run, ...], run_id: uuid.UUID) -> None:
    subject = f"run {run_id}"
    if any(not one.state.idle and not one.state.ended for one in steps):
        raise NotAllowed(
            "a step is being carried out just now", hint="Look again in a minute.", subject=subject
        )
    if not any(one.state.idle for one in steps):
        raise NotAllowed("nothing of it waits any more", hint="What was done can be undone.", subject=subject)


async def carry_on(services: Services, ticket_id: uuid.UUID, person_id: str) -> StoredTicket:
    """Let what is left of a stopped plan be planned anew; it waits for people before anything is done.

    Raises:
        Unknown: there is no such ticket.
        NotAllowed: nothing of it was stopped.
    """
    async with services.engine.begin() as conn:
        stored = await tickets.get(conn, ticket_id, lock=True)
        known = await runs.of_ticket(conn, ticket_id)
        if stored.state is not TicketState.HANDOVER or not any(run.state in _STOPPED for run in known):
            raise NotAllowed(
                "nothing was stopped here that could go on",
                hint="Only a plan of which a step failed or was called off is carried on.",
                subject=f"ticket {ticket_id}",
            )
        now, data = services.clock(), {"number": stored.ticket.number}
        await tickets.set_state(conn, ticket_id, TicketState.RECEIVED, now)
        await defer(conn, services.queue, triage_job(ticket_id, stored.ticket.caller_id))
        subject = f"ticket {ticket_id}"
        await append(conn, Event.TICKET_CARRIED_ON, subject, data, actor=person_id, now=now)
        return await tickets.get(conn, ticket_id)
