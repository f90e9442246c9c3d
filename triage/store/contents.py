"""Erasing what tickets hold of people: by age or for one person, never under a legal hold.

What stays is what proof needs: ids, verdict, rules, policy and model version, times, and the chain's digest,
which without its salt tells nothing. Asks of the last 30 days stay in the memory: they guard the account.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, exists, func, insert, not_, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from actions.vocabulary import Frozen
from triage.breaker import REACH
from triage.domain.decision import Decision
from triage.domain.run import TicketState
from triage.domain.ticket import Ticket
from triage.memory import BREAKER_EVENTS, CREDENTIAL_LONG, Event
from triage.store.tables import decisions, legal_holds, memories, notes, runs, tickets

_WAITING = (TicketState.REVIEW, TicketState.SCHEDULED)
_UNSETTLED = [state.value for state in TicketState if not state.settled or state in _WAITING]
_PEOPLE = ("target", "requester", "trustee", "mailbox_owner")


class Hold(Frozen):
    """A legal hold on a person (object id) or a ticket (number)."""

    subject: str
    reason: str
    set_by: str
    set_at: datetime


async def set_hold(conn: AsyncConnection, hold: Hold) -> bool:
    """Keep everything about a person or ticket; return whether it was not held before."""
    if any(one.subject == hold.subject for one in await holds(conn)):
        return False
    await conn.execute(insert(legal_holds).values(**hold.model_dump()))
    return True


async def lift_hold(conn: AsyncConnection, subject: str) -> bool:
    """Lift a hold; return whether there was one."""
    lifted = await conn.execute(delete(legal_holds).where(legal_holds.c.subject == subject))
    return bool(lifted.rowcount)


async def holds(conn: AsyncConnection) -> tuple[Hold, ...]:
    """Return every hold, oldest first."""
    query = select(legal_holds).order_by(legal_holds.c.set_at)
    return tuple(Hold.model_validate(dict(row)) for row in (await conn.execute(query)).mappings())


async def old_tickets(conn: AsyncConnection, before: datetime) -> tuple[uuid.UUID, ...]:
    """Return settled tickets, not erased yet, in which nothing happened since `before`."""
    query = select(tickets.c.id).where(tickets.c.changed_at < before, _erasable())
    return tuple((await conn.execute(query)).scalars())


async def tickets_of(conn: AsyncConnection, person_id: str) -> tuple[uuid.UUID, ...]:
    """Return settled tickets, not erased yet, that somebody asked for or that are about them."""
    places = [decisions.c.content["facts"][part]["id"].astext == person_id for part in _PEOPLE]
    others = func.jsonb_path_exists(
        decisions.c.content,
        text("'$.facts.others[*].id ? (@ == $id)'::jsonpath"),
        func.jsonb_build_object("id", person_id),
    )
    query = (
        select(tickets.c.id)
        .join(decisions, decisions.c.ticket_id == tickets.c.id)
        .where(or_(*places, others), _erasable())
        .distinct()
    )
    return tuple((await conn.execute(query)).scalars())


async def erase(conn: AsyncConnection, ticket_ids: tuple[uuid.UUID, ...], now: datetime) -> int:
    """Erase the contents of these tickets for good; return of how many. Held ones are left alone."""
    erased = 0
    held = {one.subject for one in await holds(conn)}
    for ticket_id in ticket_ids:
        if not held.isdisjoint(await _subjects(conn, ticket_id)):
            continue
        await _erase_decisions(conn, ticket_id)
        await _erase_ticket(conn, ticket_id, now)
        await conn.execute(update(notes).where(notes.c.ticket_id == ticket_id).values(body=""))
        emptied = {"params": {}, "plan": {"changes": []}, "detail": ""}
        await conn.execute(update(runs).where(runs.c.ticket_id == ticket_id).values(**emptied))
        erased += 1
    return erased


async def forget_old_asks(conn: AsyncConnection, now: datetime) -> int:
    """Delete asks that no cap or sequence reaches back to; what was repudiated stays. Return how many."""
    ordinary = and_(memories.c.event.not_in(BREAKER_EVENTS), memories.c.at < now - CREDENTIAL_LONG)
    trouble = and_(memories.c.event != Event.REPUDIATED, memories.c.at < now - REACH)
    gone = await conn.execute(delete(memories).where(or_(ordinary, trouble)))
    return gone.rowcount


def _erasable() -> ColumnElement[bool]:
    """Settled, not erased yet, and nothing still to be written into the ticket."""
    unwritten = exists().where(notes.c.ticket_id == tickets.c.id, notes.c.written_at.is_(None))
    return and_(tickets.c.erased_at.is_(None), tickets.c.state.not_in(_UNSETTLED), not_(unwritten))


async def _subjects(conn: AsyncConnection, ticket_id: uuid.UUID) -> set[str]:
    """Return what a hold on this ticket can be named by: its number, and the ids of its people."""
    number = (await conn.execute(select(tickets.c.number).where(tickets.c.id == ticket_id))).scalar_one()
    query = select(decisions.c.content).where(decisions.c.ticket_id == ticket_id)
    found = {number}
    for content in (await conn.execute(query)).scalars():
        facts = content.get("facts") or {}
        people = [*(facts.get(part) for part in _PEOPLE), *facts.get("others", ())]
        found |= {one["id"] for one in people if one and one.get("id")}
    return found


async def _erase_decisions(conn: AsyncConnection, ticket_id: uuid.UUID) -> None:
    query = select(decisions.c.id, decisions.c.content).where(decisions.c.ticket_id == ticket_id)
    for row in (await conn.execute(query)).all():
        blank: dict[str, object] = {
            "parameters": {},
            "ambiguous": {},
            "words": (),
            "changes": (),
            "steps": (),
            "left_out": (),
            "facts": None,
        }
        left = Decision.model_validate(row.content).model_copy(update=blank).model_dump(mode="json")
        values = {"content": left, "salt": ""}
        await conn.execute(update(decisions).where(decisions.c.id == row.id).values(**values))


async def _erase_ticket(conn: AsyncConnection, ticket_id: uuid.UUID, now: datetime) -> None:
    content = (await conn.execute(select(tickets.c.content).where(tickets.c.id == ticket_id))).scalar_one()
    whole = Ticket.model_validate(content)
    left = Ticket(
        source=whole.source,
        table=whole.table,
        sys_id=whole.sys_id,
        number=whole.number,
        opened_at=whole.opened_at,
        contact_type=whole.contact_type,
        state=whole.state,
    )
    values = {"content": left.model_dump(mode="json"), "erased_at": now}
    await conn.execute(update(tickets).where(tickets.c.id == ticket_id).values(**values))
