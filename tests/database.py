"""PostgreSQL for tests: one server a session, one migrated template, a copy of it for each test."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
from sqlalchemy.engine import make_url

from triage.store.embedded import embedded, stop_embedded
from triage.store.engine import Database, connect
from triage.store.migrate import upgrade

_PREFIX = "triage-test-pg-"


@pytest.fixture(scope="session")
def template() -> Iterator[str]:
    """URL of a server on which the database `template` holds the migrated schema."""
    # a short path outside pytest's own folder: socket paths are bounded, and the server's user must get there
    _tidy_up()
    folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-"))
    folder.chmod(0o755)
    with asyncio.Runner() as runner:
        server = embedded(folder)
        url = runner.run(server.__aenter__())
        try:
            runner.run(_make_template(url))
            yield url
        finally:
            runner.run(server.__aexit__(None, None, None))
            stop_embedded(folder)  # also when a killed worker's connection has not been noticed yet
            shutil.rmtree(folder)


@pytest.fixture
async def database_url(template: str) -> AsyncIterator[str]:
    """URL of a fresh database with the schema, for this test alone."""
    name = f"test_{uuid.uuid4().hex}"
    await _administer(template, f"CREATE DATABASE {name} TEMPLATE template")
    try:
        yield make_url(template).set(database=name).render_as_string(hide_password=False)
    finally:
        await _administer(template, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A fresh database with the schema, for this test alone."""
    async with connect(database_url) as opened:
        yield opened


def _tidy_up() -> None:
    """Stop what a session of ours left running that was killed."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*-*"):
        session = int(folder.name.removeprefix(_PREFIX).split("-")[0])
        if folder.stat().st_uid == os.getuid() and not psutil.pid_exists(session):
            stop_embedded(folder)
            shutil.rmtree(folder, ignore_errors=True)


async def _make_template(url: str) -> None:
    await _administer(url, "ALTER SYSTEM SET fsync = off", "ALTER SYSTEM SET full_page_writes = off")
    await _administer(url, "SELECT pg_reload_conf()", "CREATE DATABASE template")
    async with connect(make_url(url).set(database="template").render_as_string(hide_password=False)) as made:
        await upgrade(made.engine)


async def _administer(url: str, *statements: str) -> None:
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as conn:
        for statement in statements:
            await conn.execute(statement.encode())
