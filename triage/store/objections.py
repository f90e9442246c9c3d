"""Objections: the way a person says of a change to their account that it was not them, and what followed."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from pydantic import AwareDatetime
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from actions.vocabulary import Frozen
from triage.errors import Unknown
from triage.store.people_tables import objections


class ObjectionState(StrEnum):
    """Where it stands.

    Armed: the person is to be told. Told: the mails went out. Raised: somebody said it was not them. Acted:
    the account is contained, or it is known why not. Settled: all that follows is done.
    """

    ARMED = "armed"
    TOLD = "told"
    RAISED = "raised"
    ACTED = "acted"
    SETTLED = "settled"


class Objection(Frozen):
    """One chance to object to one run.

    Attributes:
        person_id: object id of the person whose account was changed.
        failures: how often a wrong token came.
        contained_at: when the containment was read back, by the action of this name.
        detail: why nothing, or not all, was contained, in plain words.
        incident: number of the incident in the ITSM, or the empty string.
    """

    id: uuid.UUID
    run_id: uuid.UUID
    person_id: str
    state: ObjectionState = ObjectionState.ARMED
    armed_at: AwareDatetime
    expires_at: AwareDatetime
    failures: int = 0
    raised_at: AwareDatetime | None = None
    contained_at: AwareDatetime | None = None
    action: str = ""
    detail: str = ""
    incident: str = ""


async def add(conn: AsyncConnection, objection: Objection) -> None:
    """Keep a chance to object."""
    await conn.execute(insert(objections).values(objection.model_dump()))


async def get(conn: AsyncConnection, objection_id: uuid.UUID, *, lock: bool = False) -> Objection:
    """Return one; with `lock`, nobody else changes it until the transaction ends.

    Raises:
        Unknown: there is none of that id.
    """
    query = select(objections).where(objections.c.id == objection_id)
    row = (await conn.execute(query.with_for_update() if lock else query)).mappings().first()
    if row is None:
        raise Unknown("there is nothing of that id to object to", subject=f"objection {objection_id}")
    return Objection.model_validate(dict(row))


async def save(conn: AsyncConnection, objection: Objection) -> None:
    """Keep what became of it."""
    query = update(objections).where(objections.c.id == objection.id)
    await conn.execute(query.values(objection.model_dump()))


async def unfinished(conn: AsyncConnection, before: datetime) -> tuple[uuid.UUID, ...]:
    """Return those armed before then in which something is still to be done."""
    states = (ObjectionState.ARMED, ObjectionState.RAISED, ObjectionState.ACTED)
    query = select(objections.c.id).where(objections.c.state.in_(states), objections.c.armed_at < before)
    return tuple((await conn.execute(query)).scalars())


async def raised_since(conn: AsyncConnection, since: datetime) -> tuple[Objection, ...]:
    """Return those that were raised since then, oldest first."""
    query = select(objections).where(objections.c.raised_at >= since).order_by(objections.c.raised_at)
    return tuple(Objection.model_validate(dict(row)) for row in (await conn.execute(query)).mappings())
