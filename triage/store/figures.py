"""Counts over all tables, for metrics and the heads of pages."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from triage.domain.run import RunState
from triage.store.reviews import ReviewState
from triage.store.tables import decisions, reviews, runs


async def decided(conn: AsyncConnection) -> dict[tuple[str, str], int]:
    """Count the decisions by verdict and label."""
    query = select(decisions.c.verdict, decisions.c.label, func.count())
    query = query.group_by(decisions.c.verdict, decisions.c.label)
    return {(row[0], row[1]): row[2] for row in await conn.execute(query)}


async def run(conn: AsyncConnection) -> dict[RunState, int]:
    """Count the runs in each state; every state is there."""
    query = select(runs.c.state, func.count()).group_by(runs.c.state)
    found = {row[0]: row[1] for row in await conn.execute(query)}
    return {state: found.get(state, 0) for state in RunState}


async def oldest_waiting(conn: AsyncConnection) -> datetime | None:
    """Return when the review that waits longest was opened, or `None`."""
    query = select(func.min(reviews.c.opened_at)).where(reviews.c.state == ReviewState.OPEN)
    oldest: datetime | None = (await conn.execute(query)).scalar()
    return oldest
