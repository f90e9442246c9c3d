"""The gates of the APIs we call, shared by all workers: closed by one 429, closed for everybody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from triage.store.tables import gates


@dataclass(frozen=True)
class PostgresGate:
    """`actions.clients.gate.Gate` over a table, read for each request: what is closed holds at once."""

    engine: AsyncEngine

    async def wait_until(self, *apis: str) -> datetime | None:
        """Return the time (aware, UTC) before which one of `apis` must not be called, or `None`.

        It may be past.
        """
        query = select(func.max(gates.c.not_before)).where(gates.c.api.in_(apis))
        async with self.engine.connect() as conn:
            found: datetime | None = (await conn.execute(query)).scalar()
        return found

    async def close(self, api: str, until: datetime) -> None:
        """Let nobody call `api` before `until`; a gate that is closed for longer stays so."""
        query = insert(gates).values(api=api, not_before=until)
        query = query.on_conflict_do_update(
            index_elements=[gates.c.api],
            set_={"not_before": func.greatest(gates.c.not_before, query.excluded.not_before)},
        )
        async with self.engine.begin() as conn:
            await conn.execute(query)
