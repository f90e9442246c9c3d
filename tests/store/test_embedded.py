"""PostgreSQL of our own: started by the first, kept for the second, stopped by the last."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

from triage.errors import NotConfigured
from triage.store.embedded import embedded, stop_embedded
from triage.store.engine import connect


@pytest.fixture
def folder() -> Iterator[Path]:
    # short, as socket paths are bounded; open, as the server runs as another user where we are root
    made = Path(tempfile.mkdtemp(prefix="triage-own-"))
    made.chmod(0o755)
    yield made
    stop_embedded(made)
    shutil.rmtree(made)


def _runs(folder: Path) -> bool:
    return (folder / "postgres" / "postmaster.pid").exists()


async def test_the_last_who_leaves_stops_it(folder: Path) -> None:
    async with embedded(folder) as url:
        async with connect(url) as database, database.engine.connect():
            assert _runs(folder)
        assert _runs(folder)

    assert not _runs(folder)


async def test_it_stays_up_while_somebody_else_is_connected(folder: Path) -> None:
    async with embedded(folder) as url:
        somebody = await psycopg.AsyncConnection.connect(url)

    assert _runs(folder)
    await somebody.close()


async def test_it_starts_again_with_what_was_in_it(folder: Path) -> None:
    async with embedded(folder) as url, await psycopg.AsyncConnection.connect(url) as conn:
        await conn.execute("CREATE TABLE kept (id int)")

    async with embedded(folder) as url, await psycopg.AsyncConnection.connect(url) as conn:
        await conn.execute("SELECT * FROM kept")


async def test_it_listens_on_no_address(folder: Path) -> None:
    async with embedded(folder) as url, await psycopg.AsyncConnection.connect(url) as conn:
        row = await (await conn.execute("SHOW listen_addresses")).fetchone()

    assert row == ("",)


@pytest.fixture
def blank(folder: Path) -> Path:
    inside = folder / "a folder"
    inside.mkdir(mode=0o700)  # as the demo's own folder is
    return inside


def _link(url: str) -> Path:
    host = make_url(url).query["host"]
    assert isinstance(host, str)
    return Path(host)


def _lay_elsewhere(link: Path, target: Path) -> None:
    link.unlink()
    link.symlink_to(target)


async def test_a_folder_with_a_blank_in_its_name_will_do(blank: Path) -> None:
    async with embedded(blank) as url, await psycopg.AsyncConnection.connect(url) as conn:
        await conn.execute("SELECT 1")
        assert _runs(blank)


async def test_a_link_that_somebody_laid_elsewhere_is_not_followed(folder: Path, blank: Path) -> None:
    async with embedded(blank) as url:
        link = _link(url)
    _lay_elsewhere(link, folder)
    with pytest.raises(NotConfigured, match="is not our link"):
        await embedded(blank).__aenter__()
    _lay_elsewhere(link, blank / "postgres")
