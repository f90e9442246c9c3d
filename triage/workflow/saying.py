"""Saying something in a ticket: kept with the state change, posted by a job afterwards."""

from __future__ import annotations

import uuid

from sqlalchemy.ext.asyncio import AsyncConnection

from triage.store import notes
from triage.store.notes import Note, NoteKind
from triage.store.queue import defer, write_back_job
from triage.workflow.services import Services


async def say(
    conn: AsyncConnection, services: Services, ticket_id: uuid.UUID, kind: NoteKind, about: tuple[str, str]
) -> None:
    """Keep a note in the caller's transaction, to be posted once.

    Args:
        conn: connection with an open transaction.
        services: ids, clock and queue.
        ticket_id: our id of the ticket.
        kind: who reads it.
        about: a key, and the text; a ticket has one note of a kind and key.
    """
    key, body = about
    note = Note(
        id=services.new_id(),
        ticket_id=ticket_id,
        kind=kind,
        key=key,
        body=body,
        created_at=services.clock(),
    )
    await notes.add(conn, note)
    await defer(conn, services.queue, write_back_job(ticket_id))
