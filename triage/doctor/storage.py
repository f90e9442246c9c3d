"""Looks at what is kept: data directory, key files, database and schema, and whether effects are halted."""

from __future__ import annotations

import stat
import tempfile
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import psycopg
from sqlalchemy import make_url, text
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from triage.doctor.examine import Check
from triage.doctor.finding import Finding, fail, ok, skipped, warn
from triage.doctor.ground import Ground
from triage.halt import FILE, Halt, Scope, active, on_file
from triage.settings import Settings
from triage.store.embedded import embedded
from triage.store.engine import connect
from triage.store.migrate import Standing, standing_of

_KEY_BYTES = 32
_FOR_OTHERS = stat.S_IRWXG | stat.S_IRWXO


async def _data_dir(ground: Ground) -> Finding:
    folder = ground.settings.data_dir
    existing = next(one for one in (folder, *folder.absolute().parents) if one.exists())
    try:
        with tempfile.TemporaryFile(dir=existing):
            pass
    except OSError as error:
        return fail(
            f"{folder.absolute()} cannot be written: {error.strerror}.",
            "Give it to the user the service runs as, or set TRIAGE_DATA_DIR.",
        )
    return ok(f"{folder.absolute()} can be written.")


async def _keys(ground: Ground) -> Finding:
    files = sorted((ground.settings.data_dir / "keys").glob("*.key"))
    if not files:
        return ok("No key has been made yet; that happens at the first start.")
    open_ones = [file.name for file in files if file.stat().st_mode & _FOR_OTHERS]
    if open_ones:
        return fail(
            f"Others on this machine may read {', '.join(open_ones)}.",
            f"chmod 600 {' '.join(str(files[0].parent / name) for name in open_ones)}",
        )
    broken = [file.name for file in files if _size(file) != _KEY_BYTES]
    if broken:
        return fail(f"No key of {_KEY_BYTES} bytes: {', '.join(broken)}.", "Restore it from the backup.")
    return ok(f"{len(files)} key files, private to us.")


def _size(file: Path) -> int:
    return file.stat().st_size


async def _database(ground: Ground) -> Finding:
    if _unmade(ground.settings):
        return skipped("The embedded database is made at the first start.", "triage serve")
    try:
        where = _place(ground.settings)
    except ArgumentError:
        return fail("TRIAGE_DATABASE_URL is no address.", "It reads postgresql://user:password@host/name.")
    try:
        async with _opened(ground.settings) as engine, engine.connect() as conn:
            version = (await conn.execute(text("SHOW server_version"))).scalar_one()
    except (SQLAlchemyError, psycopg.Error, OSError) as error:
        cause = type(
            getattr(error, "orig", None) or error
        ).__name__  # the text may hold what was connected with
        return fail(
            f"The database {where} does not answer ({cause}).",
            "Check that the server runs, and host, name, user and password in TRIAGE_DATABASE_URL.",
        )
    return ok(f"PostgreSQL {version} answers, {where}.")


async def _schema(ground: Ground) -> Finding:
    async with _opened(ground.settings) as engine:
        found = await standing_of(engine)
    match found:
        case Standing.CURRENT:
            return ok("The tables are those of this release.")
        case Standing.BEHIND:
            return warn(
                "The tables are of an older release.", "triage db upgrade, or simply start: it does that."
            )
        case Standing.UNKNOWN:
            return fail("The tables are of a newer release.", "Start that release, or restore a backup.")


async def _halts_by_file(ground: Ground) -> Finding:
    return _halted(on_file(ground.settings.data_dir / FILE), "on this machine")


async def _halts_by_table(ground: Ground) -> Finding:
    try:
        async with _opened(ground.settings) as engine, engine.connect() as conn:
            found = await active(conn)
    except SQLAlchemyError:
        return warn("What is halted cannot be read, so everything counts as halted.", "triage db upgrade")
    return _halted([one.halt for one in found], "on every machine")


def _halted(found: Iterable[Halt], where: str) -> Finding:
    names = ["everything" if one.scope is Scope.ALL else f"{one.scope} {one.key}" for one in found]
    if names:
        return warn(f"Halted {where}: {', '.join(names)}.", "triage resume, when it shall go on.")
    return ok(f"Nothing is halted {where}.")


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[AsyncEngine]:
    """The database as it is: an embedded one runs meanwhile, and no table is touched."""
    async with AsyncExitStack() as stack:
        given = settings.database_url
        own = embedded(settings.data_dir)
        url = given.get_secret_value() if given else await stack.enter_async_context(own)
        yield (await stack.enter_async_context(connect(url))).engine


def _unmade(settings: Settings) -> bool:
    return settings.database_url is None and not (settings.data_dir / "postgres").exists()


def _place(settings: Settings) -> str:
    """Say which database, without user and password."""
    if settings.database_url is None:
        return f"embedded in {settings.data_dir}"
    url = make_url(settings.database_url.get_secret_value())
    return f"{url.database} on {url.host or 'a local socket'}"


CHECKS = (
    Check("data_dir", _data_dir),
    Check("keys", _keys),
    Check("database", _database),
    Check("schema", _schema, needs=("database",)),
    Check("kill_switch.file", _halts_by_file),
    Check("kill_switch.table", _halts_by_table, needs=("schema",)),
)
