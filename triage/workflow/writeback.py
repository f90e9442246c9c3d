"""Posting what was said to the ITSM: each note once, in order, and the resolution last."""

from __future__ import annotations

import uuid

from actions.clients.servicenow import ServiceNowClient
from actions.errors import OutsideError, Throttled, Unreachable
from triage.audit.events import Event
from triage.audit.log import append
from triage.domain.run import RunState, TicketState
from triage.domain.ticket import Ticket
from triage.intake.servicenow import SOURCE
from triage.store import notes, runs, tickets
from triage.store.notes import Note, NoteKind
from triage.store.tickets import StoredTicket
from triage.workflow.services import Services


async def write_back(services: Services, ticket_id: uuid.UUID) -> None:
    """Post all unwritten notes of a ticket; a ticket from elsewhere keeps them for whoever asks the API.

    Raises:
        Throttled: the ITSM asks to come back later.
        Unreachable: it did not answer; posting again is safe.
    """
    async with services.engine.connect() as conn:
        stored = await tickets.get(conn, ticket_id)
        waiting = await notes.unwritten(conn, ticket_id)
    for note in waiting:
        refused = ""
        if services.servicenow is not None and stored.ticket.source == SOURCE:
            refused = await _post(services.servicenow, stored.ticket, note)
        await _written(services, stored, note, refused)


async def _post(servicenow: ServiceNowClient, ticket: Ticket, note: Note) -> str:
    """Post one note; return why it was refused for good, or the empty string."""
    try:
        match note.kind:
            case NoteKind.WORK_NOTE:
                await servicenow.add_work_note(ticket.table, ticket.sys_id, note.body, str(note.id))
            case NoteKind.COMMENT:
                await servicenow.add_comment(ticket.table, ticket.sys_id, note.body, str(note.id))
            case NoteKind.RESOLVE:
                await servicenow.resolve(ticket.table, ticket.sys_id, note.body)
    except (Throttled, Unreachable):
        raise
    except OutsideError as refusal:
        return refusal.message
    return ""


async def _written(services: Services, stored: StoredTicket, note: Note, refused: str) -> None:
    """Note that it stands there; a resolved ticket is settled, one that would not resolve goes to people."""
    now = services.clock()
    async with services.engine.begin() as conn:
        current = await tickets.get(conn, stored.id, lock=True)
        await notes.mark_written(conn, note.id, now)
        if note.kind is NoteKind.RESOLVE and current.state is TicketState.RUNNING:
            state = TicketState.HANDOVER if refused else TicketState.RESOLVED
            await tickets.set_state(conn, stored.id, state, now)
        subject, data = f"ticket {stored.id}", {"number": stored.ticket.number, "kind": note.kind.value}
        if refused:
            data |= {"reason": refused}
            await append(conn, Event.TICKET_NOT_WRITTEN, subject, data, actor="service", now=now)
            return
        data |= {"operation": str(note.id)}
        await append(conn, Event.TICKET_WRITTEN, subject, data, actor="service", now=now)
        if note.kind is NoteKind.RESOLVE:
            done = [run for run in await runs.of_ticket(conn, stored.id) if run.state is RunState.VERIFIED]
            data = {"number": stored.ticket.number, "run_id": str(done[-1].id) if done else ""}
            await append(conn, Event.TICKET_RESOLVED, subject, data, actor="service", now=now)
