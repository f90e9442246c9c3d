"""Faults of a running sandbox are seen, added and ended over HTTP, from this machine and by JSON only."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from triage.sandbox.apps import Apps

THROTTLED = {"app": "graph", "effect": "answer", "status": 429, "times": 2}


@pytest.fixture
async def door(company: Apps) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(company.browser)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        yield client


async def test_faults_and_limits_are_added_seen_and_ended(
    door: httpx.AsyncClient, graph: httpx.AsyncClient
) -> None:
    order = {"rules": [THROTTLED], "throttle": {"share": 0.5}}
    assert (await door.post("/faults", json=order)).status_code == 201
    assert (await graph.get("/users?$top=1")).status_code == 429
    told = (await door.get("/faults")).json()
    assert (told["rules"][0]["left"], told["struck"], told["throttle"]["share"]) == (1, 1, 0.5)
    assert (await door.delete("/faults")).status_code == 204
    assert (await graph.get("/users?$top=1")).status_code == 200
    assert (await door.get("/faults")).json()["rules"] == []


async def test_a_wrong_order_is_refused_with_its_place(door: httpx.AsyncClient) -> None:
    answer = await door.post("/faults", json={"rules": [{"app": "mail", "effect": "answer"}]})
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith("rules.0.app")


async def test_a_pattern_that_is_none_is_refused_before_a_request_meets_it(
    door: httpx.AsyncClient, graph: httpx.AsyncClient
) -> None:
    answer = await door.post("/faults", json={"rules": [{"app": "graph", "effect": "answer", "path": "("}]})
    assert (answer.status_code, answer.json()["detail"].startswith("rules.0.path")) == (400, True)
    assert (await graph.get("/users?$top=1")).status_code == 200


async def test_a_method_strikes_however_it_is_written(
    door: httpx.AsyncClient, graph: httpx.AsyncClient
) -> None:
    await door.post("/faults", json={"rules": [THROTTLED | {"method": "get"}]})
    assert (await graph.get("/users?$top=1")).status_code == 429


async def test_another_sites_page_cannot_reach_it(door: httpx.AsyncClient) -> None:
    plain = {"Content-Type": "text/plain"}
    assert (await door.post("/faults", content='{"rules": []}', headers=plain)).status_code == 415
    assert (await door.get("/faults", headers={"Host": "evil.example"})).status_code == 400
