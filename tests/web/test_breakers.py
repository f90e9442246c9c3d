"""Closing a breaker over the API: two administrators, and one of them twice is one."""

from __future__ import annotations

import httpx

from tests.web.conftest import Desk, same_problem
from triage.memory import Event
from triage.web.callers import Role

ACTION = "assign_license"
ANNA, BEN = "11111111-1111-1111-1111-111111111111", "22222222-2222-2222-2222-222222222222"


async def _trouble(desk: Desk) -> None:
    for number in range(3):
        await desk.lab.services.tools.memory.remember(
            ticket=f"INC{number}",
            person_id="",
            requester_id="",
            label="license_assign",
            action=ACTION,
            key="",
            event=Event.FAILED,
            now=desk.lab.services.clock(),
        )


async def _close(client: httpx.AsyncClient) -> httpx.Response:
    return await client.post("/api/v1/breakers/close", json={"action": ACTION})


async def test_two_administrators_close_a_breaker_and_one_twice_does_not(desk: Desk) -> None:
    await _trouble(desk)
    anna, ben = await desk.token(Role.ADMIN, person=ANNA), await desk.token(Role.ADMIN, person=BEN)
    assert set((await anna.get("/api/v1/breakers")).json()) == {ACTION}

    first, again, second = await _close(anna), await _close(anna), await _close(ben)

    assert first.json()["opened_at"] is not None
    same_problem(again, 403)
    assert second.json()["opened_at"] is None
    assert (await ben.get("/api/v1/breakers")).json() == {}
