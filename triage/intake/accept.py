"""The one way in for a ticket, whoever brings it; bringing it again changes nothing."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from procrastinate import App
from sqlalchemy.ext.asyncio import AsyncConnection

from triage.audit.events import Event
from triage.audit.log import append
from triage.domain.run import RunState, TicketState
from triage.domain.ticket import Ticket
from triage.store import reviews, runs, tickets
from triage.store.queue import defer, triage_job
from triage.store.reviews import ReviewState
from triage.store.tickets import StoredTicket

_NEWS = "the requester said something new"


@dataclass(frozen=True)
class Accepted:
    """Our id of a ticket at one revision, and whether it is new to us."""

    id: uuid.UUID
    new: bool


async def accept(
    conn: AsyncConnection, queue: App, ticket: Ticket, *, ticket_id: uuid.UUID, now: datetime, actor: str
) -> Accepted:
    """Keep `ticket` under `ticket_id` and queue its triage, in the caller's transaction.

    A revision that is kept already is only looked up. A new revision takes the place of older ones that have
    not been acted on: their reviews are void and their pending runs cancelled.
    """
    added = await tickets.add(conn, ticket_id, ticket, now)
    if added is None:
        return Accepted(await tickets.id_of(conn, ticket), new=False)
    stored = await tickets.get(conn, added)
    for older in await tickets.others(conn, stored):
        await _supersede(conn, older, now)
    await defer(conn, queue, triage_job(added, ticket.caller_id))
    data = {"number": ticket.number, "source": ticket.source, "revision": ticket.revision}
    await append(conn, Event.TICKET_RECEIVED, f"ticket {added}", data, actor=actor, now=now)
    return Accepted(added, new=True)


async def _supersede(conn: AsyncConnection, older: StoredTicket, now: datetime) -> None:
    """Withdraw what an older revision still waits for; an effect that has begun goes its way."""
    waits = older.state in (TicketState.RECEIVED, TicketState.REVIEW)
    if older.state in (TicketState.RUNNING, TicketState.SCHEDULED):
        waits = await _cancel_pending(conn, older, now)
    if not waits:
        return
    await tickets.set_state(conn, older.id, TicketState.SUPERSEDED, now)
    review = await reviews.open_of(conn, older.id)
    if review is not None:
        await reviews.close(conn, review.id, ReviewState.VOIDED, now=now)
        subject = f"ticket {older.id}"
        await append(conn, Event.REVIEW_VOIDED, subject, {"reason": _NEWS}, actor="service", now=now)


async def _cancel_pending(conn: AsyncConnection, older: StoredTicket, now: datetime) -> bool:
    """Cancel the runs of a ticket that have not begun; true when none has."""
    open_runs = [run for run in await runs.of_ticket(conn, older.id) if not run.state.ended]
    if not open_runs or any(not run.state.idle for run in open_runs):
        return False
    for run in open_runs:
        fields = {"state": RunState.CANCELLED, "finished_at": now, "detail": _NEWS}
        await runs.save(conn, run.model_copy(update=fields))
        data = {"action": run.action, "reason": _NEWS}
        await append(conn, Event.RUN_SENT_BACK, f"run {run.id}", data, actor="service", now=now)
    return True
