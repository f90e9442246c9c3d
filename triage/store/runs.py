"""Runs: saved only by whoever holds the newest version of them."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from triage.domain.run import Run, RunState
from triage.errors import Overtaken, Unknown
from triage.store.tables import runs, tickets

_FIXED = frozenset({"id", "owner"})
_ENDS = tuple(state.value for state in RunState if state.ended)
_IDLE = tuple(state.value for state in RunState if state.idle)


async def add(conn: AsyncConnection, run: Run) -> None:
    """Keep a new run; the database refuses a second one for the same step of a decision."""
    await conn.execute(insert(runs).values(_columns(run)))


async def get(conn: AsyncConnection, run_id: uuid.UUID, *, lock: bool = False) -> Run:
    """Return one run; with `lock`, nobody else changes it until the transaction ends.

    Raises:
        Unknown: there is no run of that id.
    """
    query = select(runs).where(runs.c.id == run_id)
    row = (await conn.execute(query.with_for_update() if lock else query)).mappings().first()
    if row is None:
        raise Unknown(
            "there is no such run", hint="Runs are listed with their ticket.", subject=f"run {run_id}"
        )
    return _run(row)


async def save(conn: AsyncConnection, run: Run) -> Run:
    """Save `run` if it is still the newest version, and return the version that is newest now.

    Raises:
        Overtaken: somebody else saved it since it was read; the caller must stop.
    """
    values = {name: value for name, value in _columns(run).items() if name not in _FIXED}
    query = (
        update(runs)
        .where(runs.c.id == run.id, runs.c.owner == run.owner)
        .values(**values, owner=run.owner + 1)
        .returning(runs.c.owner)
    )
    if (await conn.execute(query)).first() is None:
        raise Overtaken("another worker has taken this run over", subject=f"run {run.id}")
    return run.model_copy(update={"owner": run.owner + 1})


async def of_ticket(conn: AsyncConnection, ticket_id: uuid.UUID) -> tuple[Run, ...]:
    """Return the runs of a ticket, oldest first."""
    query = select(runs).where(runs.c.ticket_id == ticket_id)
    query = query.order_by(runs.c.created_at, runs.c.position, runs.c.id)
    return tuple(_run(row) for row in (await conn.execute(query)).mappings())


async def of_decision(conn: AsyncConnection, decision_id: uuid.UUID) -> tuple[Run, ...]:
    """Return the runs of a decision in the order of its steps."""
    query = select(runs).where(runs.c.decision_id == decision_id).order_by(runs.c.position)
    return tuple(_run(row) for row in (await conn.execute(query)).mappings())


async def unended(conn: AsyncConnection) -> tuple[Run, ...]:
    """Return the runs that have not ended, those that wait for a day in its order, the others before."""
    query = select(runs).where(runs.c.state.not_in(_ENDS))
    query = query.order_by(runs.c.not_before.nulls_first(), runs.c.created_at, runs.c.position)
    return tuple(_run(row) for row in (await conn.execute(query)).mappings())


async def due(conn: AsyncConnection, now: datetime) -> tuple[Run, ...]:
    """Return the waiting runs whose day has come, the longest due first, also those behind others."""
    query = select(runs).where(runs.c.state == RunState.WAITING.value, runs.c.not_before <= now)
    query = query.order_by(runs.c.not_before, runs.c.id)
    return tuple(_run(row) for row in (await conn.execute(query)).mappings())


async def acted_on_before(conn: AsyncConnection, ticket_id: uuid.UUID) -> bool:
    """Whether another revision of this ticket has a run that did something, or may have."""
    this, other = tickets.alias("this"), tickets.alias("other")
    idle = (RunState.CANCELLED.value, RunState.FAILED.value, *_IDLE)
    query = (
        select(func.count())
        .select_from(runs.join(other, runs.c.ticket_id == other.c.id))
        .join(this, (this.c.source == other.c.source) & (this.c.sys_id == other.c.sys_id))
        .where(this.c.id == ticket_id, other.c.id != ticket_id, runs.c.state.not_in(idle))
    )
    return (await conn.execute(query)).scalar_one() > 0


async def held(conn: AsyncConnection) -> tuple[Run, ...]:
    """Return the runs that the kill switch keeps waiting, oldest first."""
    query = select(runs).where(runs.c.held, runs.c.state.not_in(_ENDS)).order_by(runs.c.created_at, runs.c.id)
    return tuple(_run(row) for row in (await conn.execute(query)).mappings())


async def unmoved(conn: AsyncConnection, before: datetime) -> tuple[Run, ...]:
    """Return the runs whose turn it is, that are not held, and have not moved since `before`."""
    moved = func.greatest(runs.c.due_at, runs.c.started_at, runs.c.done_at)
    still = (*_ENDS, RunState.WAITING.value)
    query = select(runs).where(runs.c.state.not_in(still), ~runs.c.held, moved < before)
    return tuple(_run(row) for row in (await conn.execute(query)).mappings())


async def active_since(conn: AsyncConnection, since: datetime) -> tuple[Run, ...]:
    """Return the runs that started, moved or ended at `since` or later, oldest first."""
    moved = func.greatest(runs.c.created_at, runs.c.started_at, runs.c.done_at, runs.c.finished_at)
    query = select(runs).where(moved >= since).order_by(runs.c.created_at)
    return tuple(_run(row) for row in (await conn.execute(query)).mappings())


def _columns(run: Run) -> dict[str, Any]:
    plain = run.model_dump()
    return {
        **plain,
        "plan": run.plan.model_dump(mode="json"),
        "tier": int(run.tier),
        "state": run.state.value,
    }


def _run(row: RowMapping) -> Run:
    return Run.model_validate(dict(row))
