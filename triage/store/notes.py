"""Notes for the ITSM: written here in the transaction of the state change, posted from here afterwards."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from pydantic import AwareDatetime
from sqlalchemy import RowMapping, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from actions.vocabulary import Frozen
from triage.domain.ticket import Ticket
from triage.store.tables import notes, tickets


class NoteKind(StrEnum):
    """A work note is for the desk, a comment reaches the requester, a resolution ends the ticket."""

    WORK_NOTE = "work_note"
    COMMENT = "comment"
    RESOLVE = "resolve"


class Note(Frozen):
    """Something to be written to a ticket once; `id` is the operation id in its marker.

    A ticket has at most one note of a `kind` and `key`, so that a step done twice says it once.
    """

    id: uuid.UUID
    ticket_id: uuid.UUID
    kind: NoteKind
    key: str
    body: str
    created_at: AwareDatetime
    written_at: AwareDatetime | None = None

    @property
    def marker(self) -> str:
        """The mark by which the note is found again in the ticket."""
        return f"[op:{self.id}]"


async def add(conn: AsyncConnection, note: Note) -> None:
    """Keep a note to be posted; one of the same kind and key for the ticket stays as it is."""
    await conn.execute(insert(notes).values(note.model_dump()).on_conflict_do_nothing())


async def unwritten(conn: AsyncConnection, ticket_id: uuid.UUID) -> tuple[Note, ...]:
    """Return what is still to be posted to a ticket, in the order it was said."""
    query = (
        select(notes)
        .where(notes.c.ticket_id == ticket_id, notes.c.written_at.is_(None))
        .order_by(notes.c.seq)
    )
    return tuple(_note(row) for row in (await conn.execute(query)).mappings())


async def of_ticket(conn: AsyncConnection, ticket_id: uuid.UUID) -> tuple[Note, ...]:
    """Return all notes of a ticket, oldest first."""
    query = select(notes).where(notes.c.ticket_id == ticket_id).order_by(notes.c.seq)
    return tuple(_note(row) for row in (await conn.execute(query)).mappings())


async def count(conn: AsyncConnection, ticket: Ticket, kind: NoteKind, key: str) -> int:
    """Count the notes of this kind and key over all revisions of a ticket."""
    query = (
        select(func.count())
        .select_from(notes.join(tickets, tickets.c.id == notes.c.ticket_id))
        .where(tickets.c.source == ticket.source, tickets.c.sys_id == ticket.sys_id)
        .where(notes.c.kind == kind, notes.c.key == key)
    )
    return (await conn.execute(query)).scalar_one()


async def overdue(conn: AsyncConnection, before: datetime) -> tuple[uuid.UUID, ...]:
    """Return the tickets with a note that was said before then and is not posted yet."""
    query = select(notes.c.ticket_id).where(notes.c.written_at.is_(None), notes.c.created_at < before)
    return tuple((await conn.execute(query.distinct())).scalars())


async def mark_written(conn: AsyncConnection, note_id: uuid.UUID, now: datetime) -> None:
    """Note that it stands in the ticket."""
    await conn.execute(update(notes).where(notes.c.id == note_id).values(written_at=now))


def _note(row: RowMapping) -> Note:
    return Note.model_validate({name: value for name, value in row.items() if name != "seq"})
