"""What the audit commands share: the database at one instant, and who works at this command line."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from getpass import getuser

from sqlalchemy.ext.asyncio import AsyncConnection

from triage.settings import load_settings
from triage.store.engine import open_database


def actor() -> str:
    """Who works at this command line, as the chain names them."""
    return f"cli:{getuser()}"


@asynccontextmanager
async def snapshot() -> AsyncIterator[AsyncConnection]:
    """The database of the settings, read at one instant."""
    async with open_database(load_settings()) as database, database.engine.connect() as conn:
        yield await conn.execution_options(isolation_level="REPEATABLE READ")
