"""A gate stays closed as long as the longest wait that was asked for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from actions.clients.gate import InMemoryGate

SOON = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
LATER = SOON + timedelta(minutes=1)


async def test_a_gate_nobody_closed_is_open() -> None:
    assert await InMemoryGate().wait_until("graph") is None


async def test_a_shorter_wait_does_not_open_it_sooner() -> None:
    gate = InMemoryGate()
    for until in (SOON, LATER, SOON):
        await gate.close("graph", until)
    assert await gate.wait_until("graph") == LATER


async def test_each_service_has_its_own() -> None:
    gate = InMemoryGate()
    await gate.close("graph.mail", LATER)
    assert await gate.wait_until("graph") is None
