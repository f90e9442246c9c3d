"""Giving up after too many unexpected failures: people take over, and nothing is lost."""

from __future__ import annotations

import uuid

from triage.domain.run import RunState, TicketState
from triage.store import runs, tickets
from triage.store.notes import NoteKind
from triage.workflow.endings import fail
from triage.workflow.saying import say
from triage.workflow.services import Services

_NOTE = "Triage: the service failed on this ticket again and again and leaves it to people."


async def give_up_ticket(services: Services, ticket_id: uuid.UUID) -> None:
    """Hand an undecided ticket over to people."""
    now = services.clock()
    async with services.engine.begin() as conn:
        stored = await tickets.get(conn, ticket_id, lock=True)
        if stored.state is TicketState.RECEIVED:
            await tickets.set_state(conn, ticket_id, TicketState.HANDOVER, now)
            await say(conn, services, ticket_id, NoteKind.WORK_NOTE, ("given up", _NOTE))


async def give_up_run(services: Services, run_id: uuid.UUID) -> None:
    """End a run: as failed if nothing was begun, else as unknown, for a person to look at."""
    async with services.engine.connect() as conn:
        run = await runs.get(conn, run_id)
    if run.state.ended:
        return
    begun = not run.state.idle
    state = RunState.OUTCOME_UNKNOWN if begun else RunState.FAILED
    await fail(services, run, state, "the service failed on it again and again")
