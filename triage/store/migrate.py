"""Bringing the schema up to date: our own tables by Alembic, the job engine's by the files it ships."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from alembic import command
from alembic.config import Config
from procrastinate.schema import SchemaManager
from sqlalchemy import Connection
from sqlalchemy import text as sql
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from triage.store.driver import driver

_LOCK = 0x6D69_6772_6174_65  # "migrate": one process at a time, released with the transaction


async def upgrade(engine: AsyncEngine) -> None:
    """Bring the schema to the newest revision in one transaction; processes starting together take turns."""
    async with engine.begin() as conn:
        await conn.execute(sql("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        await conn.run_sync(_ours)
        await _job_engine(conn)


def _ours(conn: Connection) -> None:
    config = Config(attributes={"connection": conn})
    config.set_main_option("script_location", str(files("triage.store") / "migrations"))
    command.upgrade(config, "head")


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
