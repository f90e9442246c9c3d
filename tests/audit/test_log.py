"""The chain in PostgreSQL: as durable as the state beside it, in one line whoever writes, and it notices."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from triage.audit.events import Event
from triage.audit.log import append, records
from triage.audit.verify import ChainReport, verify
from triage.errors import Broken
from triage.store.engine import Database

NOW = datetime(2026, 11, 24, 9, 0, 0, 123456, tzinfo=UTC)


async def write(database: Database, reason: str) -> None:
    async with database.engine.begin() as conn:
        data = {"action": "reset_password", "reason": reason}
        await append(conn, Event.RUN_FAILED, "run 1", data, actor="service", now=NOW)


async def checked(database: Database) -> ChainReport:
    async with database.engine.connect() as conn:
        return await verify(records(conn))


async def test_what_is_written_verifies_when_it_is_read_back(database: Database) -> None:
    for number in range(5):
        await write(database, str(number))
    report = await checked(database)
    assert (report.ok, report.checked) == (True, 5)


async def test_many_writers_at_once_make_one_line(database: Database) -> None:
    await asyncio.gather(*(write(database, str(number)) for number in range(30)))
    report = await checked(database)
    assert (report.ok, report.checked) == (True, 30)


async def test_what_is_rolled_back_leaves_no_record_and_no_gap(database: Database) -> None:
    await write(database, "kept")
    async with database.engine.connect() as conn:
        data = {"action": "a", "reason": "gone"}
        await append(conn, Event.RUN_FAILED, "run 1", data, actor="service", now=NOW)
        await conn.rollback()
    await write(database, "kept too")
    report = await checked(database)
    assert (report.ok, report.checked) == (True, 2)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit SET actor = 'nobody' WHERE seq = 3",
        "UPDATE audit SET at = at + interval '1 microsecond' WHERE seq = 3",
        "UPDATE audit SET data = jsonb_set(data, '{reason}', '\"3\"') WHERE seq = 3",
        "UPDATE audit SET hash = upper(hash) WHERE seq = 3",
    ],
    ids=["actor", "instant", "data", "hash"],
)
async def test_one_changed_value_in_the_database_is_named_by_its_record(
    database: Database, change: str
) -> None:
    for number in range(5):
        await write(database, str(number))
    async with database.engine.begin() as conn:
        await conn.execute(text(change))
    report = await checked(database)
    assert (report.ok, report.bad_seq, report.checked) == (False, 3, 2)


async def test_a_deleted_record_is_noticed(database: Database) -> None:
    for number in range(3):
        await write(database, str(number))
    async with database.engine.begin() as conn:
        await conn.execute(text("DELETE FROM audit WHERE seq = 2"))
    assert (await checked(database)).bad_seq == 3


@pytest.mark.parametrize(
    "data", [{"action": "a"}, {"action": "a", "reason": "r", "text": "words of a ticket"}]
)
async def test_an_event_carries_its_own_fields_and_no_others(
    database: Database, data: dict[str, str]
) -> None:
    async with database.engine.begin() as conn:
        with pytest.raises(Broken, match="wrong fields"):
            await append(conn, Event.RUN_FAILED, "run 1", dict(data), actor="service", now=NOW)


async def test_the_records_of_one_subject_can_be_read_alone(database: Database) -> None:
    await write(database, "one")
    async with database.engine.begin() as conn:
        await append(conn, Event.RUN_UNDONE, "run 2", {"action": "a"}, actor="p1", now=NOW)
        found = [record.actor async for record in records(conn, subject="run 2")]
    assert found == ["p1"]
