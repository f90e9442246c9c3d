"""The way to the database: one engine over PostgreSQL, embedded or given, with its schema up to date."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from sqlalchemy import URL, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from triage.settings import Settings
from triage.store.embedded import embedded
from triage.store.migrate import upgrade

_POOL = 5


@dataclass(frozen=True)
class Database:
    """An open database.

    Attributes:
        engine: for everything of ours; each `engine.begin()` is one transaction.
        dsn: libpq URL of the same database, for the job engine; it holds the password.
    """

    engine: AsyncEngine
    dsn: str = field(repr=False)


@asynccontextmanager
async def open_database(settings: Settings) -> AsyncIterator[Database]:
    """Open the database of the settings, or an embedded one, and bring its schema up to date.

    Raises:
        NotConfigured: an embedded server cannot be started.
        sqlalchemy.exc.OperationalError: the given server does not answer.
    """
    async with AsyncExitStack() as stack:
        given = settings.database_url
        url = (
            given.get_secret_value()
            if given
            else await stack.enter_async_context(embedded(settings.data_dir))
        )
        database = await stack.enter_async_context(connect(url))
        await upgrade(database.engine)
        yield database


@asynccontextmanager
async def connect(url: str) -> AsyncIterator[Database]:
    """Open the database at `url` (`postgresql://…`) as it is, without touching its schema."""
    parts = make_url(url)
    engine = create_async_engine(
        parts.set(drivername="postgresql+psycopg"),
        pool_size=_POOL,
        max_overflow=_POOL,
        pool_pre_ping=True,
        hide_parameters=True,  # they are ticket texts, and errors go to logs
    )
    try:
        yield Database(engine, _libpq(parts))
    finally:
        await engine.dispose()


def _libpq(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)
