"""Bringing the schema up to date: our own tables by Alembic, the job engine's by the files it ships."""

from __future__ import annotations

from enum import Enum
from importlib.resources import files
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from procrastinate.schema import SchemaManager
from sqlalchemy import Connection
from sqlalchemy import text as sql
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from triage.store.driver import driver

_LOCK = 0x6D69_6772_6174_65  # "migrate": one process at a time, released with the transaction


class Standing(Enum):
    """How a database's schema stands to this release: the same, behind it, or unknown to it."""

    CURRENT = "current"
    BEHIND = "behind"
    UNKNOWN = "unknown"


async def standing_of(engine: AsyncEngine) -> Standing:
    """Return how the schema stands to this release; nothing is changed."""
    async with engine.connect() as conn:
        ours = await conn.run_sync(_our_standing)
        if ours is not Standing.CURRENT:
            return ours
        applied = (await conn.execute(sql("SELECT max(migration) FROM job_engine"))).scalar()
    newest = max(_shipped())
    if applied == newest:
        return Standing.CURRENT
    return Standing.BEHIND if applied is None or applied < newest else Standing.UNKNOWN


async def upgrade(engine: AsyncEngine) -> None:
    """Bring the schema to the newest revision in one transaction; processes starting together take turns."""
    async with engine.begin() as conn:
        await conn.execute(sql("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        await conn.run_sync(_ours)
        await _job_engine(conn)


def _ours(conn: Connection) -> None:
    command.upgrade(_config(conn), "head")


def _our_standing(conn: Connection) -> Standing:
    applied = MigrationContext.configure(conn).get_current_revision()
    scripts = ScriptDirectory.from_config(_config(conn))
    if applied == scripts.get_current_head():
        return Standing.CURRENT
    known = applied is None or applied in {one.revision for one in scripts.walk_revisions()}
    return Standing.BEHIND if known else Standing.UNKNOWN


def _config(conn: Connection) -> Config:
    config = Config(attributes={"connection": conn})
    config.set_main_option("script_location", str(files("triage.store") / "migrations"))
    return config


async def _job_engine(conn: AsyncConnection) -> None:
    """Install the job engine's schema, or apply those of its migrations that came with a newer release."""
    shipped = _shipped()
    applied = (await conn.execute(sql("SELECT max(migration) FROM job_engine"))).scalar()
    scripts = (
        [SchemaManager.get_schema()]
        if applied is None
        else [text for name, text in shipped.items() if name > applied]
    )
    raw = await driver(conn)  # takes a script of many statements, which SQLAlchemy would prepare as one
    for script in scripts:
        await raw.execute(script.encode())
    if scripts:
        await conn.execute(sql("INSERT INTO job_engine (migration) VALUES (:name)"), {"name": max(shipped)})


def _shipped() -> dict[str, str]:
    """Return the job engine's migrations by file name; the names sort by age."""
    folder = Path(SchemaManager.get_migrations_path())
    return {file.name: file.read_text("utf-8") for file in folder.glob("*.sql")}
