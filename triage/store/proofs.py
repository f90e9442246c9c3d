"""Proofs that a person asks: asked for, given or refused; each belongs to one ticket."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from pydantic import AwareDatetime
from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from actions.vocabulary import Frozen
from triage.errors import Unknown
from triage.store.people_tables import proofs
from triage.store.tables import tickets


class ProofState(StrEnum):
    """Asked: it can be given until `expires_at`. Given: it counts until then. Refused: never again."""

    ASKED = "asked"
    GIVEN = "given"
    REFUSED = "refused"


class Proof(Frozen):
    """One proof; people by object id.

    Attributes:
        person_id: of whom it is a proof.
        asked_by: the analyst who asked for it.
        code_hash: of the code that was sent, with our key; `None` where the method has none.
        failures: how often a wrong code came; 1 for another method that failed, 0 where it was only given up.
        given_by: whose word or deed it is.
    """

    id: uuid.UUID
    ticket_id: uuid.UUID
    person_id: str
    method: str
    state: ProofState = ProofState.ASKED
    asked_by: str
    asked_at: AwareDatetime
    expires_at: AwareDatetime
    code_hash: str | None = None
    failures: int = 0
    given_at: AwareDatetime | None = None
    given_by: str = ""


async def ask(conn: AsyncConnection, proof: Proof) -> None:
    """Keep that a proof is asked for; an earlier asking by the same method in the ticket is over."""
    former = (
        proofs.c.ticket_id == proof.ticket_id,
        proofs.c.method == proof.method,
        proofs.c.state == ProofState.ASKED,
    )
    await conn.execute(update(proofs).where(*former).values(state=ProofState.REFUSED))
    await conn.execute(insert(proofs).values(proof.model_dump()))


async def save(conn: AsyncConnection, proof: Proof) -> None:
    """Keep what became of it."""
    await conn.execute(update(proofs).where(proofs.c.id == proof.id).values(proof.model_dump()))


async def get(conn: AsyncConnection, proof_id: uuid.UUID, *, lock: bool = False) -> Proof:
    """Return one; with `lock`, nobody else changes it until the transaction ends.

    Raises:
        Unknown: there is none of that id.
    """
    query = select(proofs).where(proofs.c.id == proof_id)
    row = (await conn.execute(query.with_for_update() if lock else query)).mappings().first()
    if row is None:
        raise Unknown("no such proof was asked for", subject=f"proof {proof_id}")
    return Proof.model_validate(dict(row))


async def of_ticket(conn: AsyncConnection, ticket_id: uuid.UUID) -> tuple[Proof, ...]:
    """Return the proofs of a ticket, oldest first."""
    query = select(proofs).where(proofs.c.ticket_id == ticket_id).order_by(proofs.c.asked_at, proofs.c.id)
    return tuple(Proof.model_validate(dict(row)) for row in (await conn.execute(query)).mappings())


async def failed_since(conn: AsyncConnection, proof: Proof, since: datetime) -> tuple[int, int, str]:
    """Count what failed since then: of the same person, in tickets of the same caller; and who that is."""
    failed = (proofs.c.state == ProofState.REFUSED, proofs.c.failures > 0, proofs.c.asked_at > since)
    caller = tickets.c.content["caller_id"].astext
    same = (await conn.scalar(select(caller).where(tickets.c.id == proof.ticket_id))) or ""
    of_person = select(func.count()).where(*failed, proofs.c.person_id == proof.person_id)
    of_caller = (
        select(func.count())
        .select_from(proofs.join(tickets, tickets.c.id == proofs.c.ticket_id))
        .where(*failed, caller == same, caller != "")
    )
    counts = [(await conn.execute(query)).scalar_one() for query in (of_person, of_caller)]
    return counts[0], counts[1], same
