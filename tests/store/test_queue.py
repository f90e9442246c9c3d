"""Jobs and state change together: committed together, folded when doubled, locked only when due."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from procrastinate import PsycopgConnector
from sqlalchemy import text

from triage.settings import Settings
from triage.store.engine import Database
from triage.store.queue import defer, triage_job, write_back_job
from triage.workflow.jobs import job_app

APP = job_app(PsycopgConnector(), Settings())
JOB = triage_job(uuid.UUID(int=1), "karin@x")


async def _jobs(database: Database) -> list[tuple[str, str | None, datetime | None]]:
    query = text("SELECT task_name, lock, scheduled_at FROM procrastinate_jobs ORDER BY id")
    async with database.engine.connect() as conn:
        return [tuple(row) for row in await conn.execute(query)]


async def test_a_job_is_there_when_the_transaction_is_committed(database: Database) -> None:
    async with database.engine.begin() as conn:
        await defer(conn, APP, JOB)

    assert [name for name, _, _ in await _jobs(database)] == ["triage_ticket"]


async def test_a_job_goes_with_a_transaction_that_is_rolled_back(database: Database) -> None:
    async with database.engine.connect() as conn:
        await defer(conn, APP, JOB)
        await conn.rollback()

    assert await _jobs(database) == []


async def test_a_doubled_job_is_folded_and_the_state_beside_it_is_kept(database: Database) -> None:
    async with database.engine.begin() as conn:
        await defer(conn, APP, JOB)
    async with database.engine.begin() as conn:
        await conn.execute(text("INSERT INTO gates VALUES ('graph', now())"))
        await defer(conn, APP, JOB)
        await defer(conn, APP, write_back_job(uuid.UUID(int=2)))

    assert [name for name, _, _ in await _jobs(database)] == ["triage_ticket", "write_back"]
    async with database.engine.connect() as conn:
        assert (await conn.execute(text("SELECT count(*) FROM gates"))).scalar_one() == 1


async def test_a_delayed_job_has_no_lock_and_does_not_fold_one_that_is_due(database: Database) -> None:
    later = datetime.now(UTC) + timedelta(hours=1)
    async with database.engine.begin() as conn:
        await defer(conn, APP, JOB, at=later)
        await defer(conn, APP, JOB)

    assert [(lock, at) for _, lock, at in await _jobs(database)] == [(None, later), (JOB.lock, None)]


@pytest.mark.parametrize("caller", ["Karin@X", "karin@x"])
def test_the_lock_of_a_caller_does_not_tell_who_it_is(caller: str) -> None:
    job = triage_job(uuid.UUID(int=1), caller)

    assert job.lock == JOB.lock
    assert "karin" not in job.lock.casefold()
