"""Gates: closed by one worker, closed for all, and never opened early."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from triage.store.engine import Database
from triage.store.gates import PostgresGate

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


async def test_what_one_worker_closes_is_closed_for_the_others(database: Database) -> None:
    one, other = (PostgresGate(database.engine) for _ in range(2))

    await one.close("graph", NOW + timedelta(seconds=40))

    assert await other.wait_until("graph") == NOW + timedelta(seconds=40)
    assert await other.wait_until("vault") is None


async def test_a_gate_that_is_closed_for_longer_stays_so(database: Database) -> None:
    gate = PostgresGate(database.engine)

    await gate.close("graph", NOW + timedelta(seconds=40))
    await gate.close("graph", NOW + timedelta(seconds=5))

    assert await gate.wait_until("graph") == NOW + timedelta(seconds=40)


async def test_a_gate_closed_elsewhere_is_noticed_by_the_very_next_request(database: Database) -> None:
    here = PostgresGate(database.engine)
    assert await here.wait_until("graph", "graph.writes") is None

    await PostgresGate(database.engine).close("graph.writes", NOW + timedelta(minutes=1))

    assert await here.wait_until("graph", "graph.writes") == NOW + timedelta(minutes=1)
    assert await here.wait_until("graph") is None
