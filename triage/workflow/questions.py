"""Asking the requester: one clear question at a time, and at most twice a ticket."""

from __future__ import annotations

from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from triage.store import notes
from triage.store.notes import NoteKind
from triage.store.tickets import StoredTicket
from triage.workflow.saying import say
from triage.workflow.services import Services

QUESTION: Final = "question"
"""Key of the note that asks; a revision of a ticket has at most one."""
MOST: Final = 2
"""How often a requester is asked, over all revisions of a ticket, before a person talks to them (ours)."""
_ENOUGH: Final = "the requester was asked twice and it is still not clear what is meant"


async def ask(conn: AsyncConnection, services: Services, stored: StoredTicket, question: str) -> str:
    """Ask the requester in the caller's transaction, or return why a person has to talk to them.

    The answer is a comment of the caller; it makes a new revision, which takes the place of this one. What
    anybody else says in the ticket changes nothing.
    """
    if await notes.count(conn, stored.ticket, NoteKind.COMMENT, QUESTION) >= MOST:
        return _ENOUGH
    await say(conn, services, stored.id, NoteKind.COMMENT, (QUESTION, question))
    return ""
