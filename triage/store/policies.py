"""Policies as they were: the texts of each version that ever decided, to make old decisions again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from triage.store.tables import policies

Files = tuple[tuple[str, str], ...]
"""Name and text of each file of a policy, in order."""


async def keep(conn: AsyncConnection, version: str, files: Files, now: datetime) -> None:
    """Keep the texts of a policy; a version that is kept already stays as it is."""
    known = select(policies.c.version).where(policies.c.version == version)
    if (await conn.execute(known)).first() is None:
        row = {"version": version, "files": [list(one) for one in files], "kept_at": now}
        await conn.execute(insert(policies).values(row).on_conflict_do_nothing())


async def files_of(conn: AsyncConnection, version: str) -> Files | None:
    """Return the texts of that version, or `None` when it is not kept."""
    found = (await conn.execute(select(policies.c.files).where(policies.c.version == version))).scalar()
    return None if found is None else tuple((name, text) for name, text in found)
