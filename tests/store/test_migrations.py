"""The schema that migrations build."""

from __future__ import annotations

import asyncio

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

import triage.audit.tables
import triage.secrets.tables
import triage.store.people_tables  # noqa: F401 - each registers its tables
from triage.store.engine import Database
from triage.store.migrate import upgrade
from triage.store.tables import metadata


def _differences(conn: Connection) -> list[object]:
    ours = set(metadata.tables)
    context = MigrationContext.configure(
        conn,
        opts={
            "include_name": lambda name, kind, _parents: kind != "table" or name in ours,
            "compare_server_default": True,
        },
    )
    return list(compare_metadata(context, metadata))


async def test_the_migrated_schema_is_the_one_the_code_expects(database: Database) -> None:
    async with database.engine.connect() as conn:
        assert await conn.run_sync(_differences) == []


async def test_upgrading_again_changes_nothing_even_from_several_processes(database: Database) -> None:
    await asyncio.gather(*(upgrade(database.engine) for _ in range(3)))

    async with database.engine.connect() as conn:
        assert (await conn.execute(text("SELECT count(*) FROM job_engine"))).scalar_one() == 1


async def test_the_job_engine_has_its_tables(database: Database) -> None:
    async with database.engine.connect() as conn:
        assert (await conn.execute(text("SELECT count(*) FROM procrastinate_jobs"))).scalar_one() == 0
