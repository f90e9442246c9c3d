"""The gates of the APIs we call, shared by all workers: closed by one 429, closed for everybody."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from triage.clock import Clock
from triage.store.tables import gates

_FRESH = timedelta(seconds=1)


class PostgresGate:
    """`actions.clients.gate.Gate` over a table; what others closed is noticed within a second."""

    def __init__(self, engine: AsyncEngine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock
        self._closed: dict[str, datetime] = {}
        self._read_at: datetime | None = None

    async def wait_until(self, api: str) -> datetime | None:
        """Return the time (aware, UTC) before which `api` must not be called, or `None`; it may be past."""
        now = self._clock()
        if self._read_at is None or now - self._read_at >= _FRESH:
            async with self._engine.connect() as conn:
                rows = await conn.execute(select(gates.c.api, gates.c.not_before))
                self._closed = {row[0]: row[1] for row in rows}
            self._read_at = now
        return self._closed.get(api)

    async def close(self, api: str, until: datetime) -> None:
        """Let nobody call `api` before `until`; a gate that is closed for longer stays so."""
        query = insert(gates).values(api=api, not_before=until)
        query = query.on_conflict_do_update(
            index_elements=[gates.c.api],
            set_={"not_before": func.greatest(gates.c.not_before, query.excluded.not_before)},
        )
        async with self._engine.begin() as conn:
            await conn.execute(query)
        self._read_at = None
