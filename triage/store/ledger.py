"""The ledger of effects: a row is committed before the outside is touched, and once more after."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from triage.store.tables import ledger


class Step(StrEnum):
    """What a run does outside; each at most once a run, as far as that can be known.

    CALL: somebody was told that the step waits for them (started), and called for it (done).
    """

    EXECUTE = "execute"
    DELIVER = "deliver"
    REPLACE = "replace"
    UNDO = "undo"
    CALL = "call"


async def start(conn: AsyncConnection, run_id: uuid.UUID, step: Step, now: datetime) -> None:
    """Note that `step` is about to be done; noting it again (after a crash) changes nothing."""
    query = insert(ledger).values(run_id=run_id, step=step, state="started", started_at=now)
    await conn.execute(query.on_conflict_do_nothing())


async def finish(conn: AsyncConnection, run_id: uuid.UUID, step: Step, now: datetime) -> None:
    """Note that `step` was done."""
    query = update(ledger).where(ledger.c.run_id == run_id, ledger.c.step == step)
    await conn.execute(query.values(state="done", done_at=now))


async def steps(conn: AsyncConnection, run_id: uuid.UUID) -> dict[Step, bool]:
    """Return the steps that were started, and whether each is known to be done."""
    query = select(ledger.c.step, ledger.c.state).where(ledger.c.run_id == run_id)
    return {Step(step): state == "done" for step, state in await conn.execute(query)}
