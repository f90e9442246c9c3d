"""Faults: each strikes what it names, as often as it says, with or without the write having taken effect."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from pydantic import ValidationError

from triage.sandbox.apps import Apps
from triage.sandbox.faults import PROXY_PAGE, Rule, arm
from triage.sandbox.records import Json

NEW_TITLE = {"passwordProfile": {"password": "Winter-Boat-4711"}}


def changed(company: Apps) -> bool:
    return bool(company.tenant.changes)


async def test_a_rule_strikes_as_often_as_it_says_and_only_what_it_names(
    company: Apps, graph: httpx.AsyncClient
) -> None:
    headers = {"Retry-After": "7"}
    arm(
        company.faults,
        [
            Rule(
                app="graph",
                effect="answer",
                method="GET",
                path="^/v1.0/users",
                status=429,
                headers=headers,
                times=2,
            )
        ],
    )
    groups = await graph.get("/groups?$top=1")
    answers = [await graph.get("/users?$top=1") for _ in range(3)]
    assert groups.status_code == 200
    assert [answer.status_code for answer in answers] == [429, 429, 200]
    assert answers[0].headers["retry-after"] == "7"
    assert company.faults.struck == 2


@pytest.mark.parametrize(
    ("effect", "took_effect"),
    [("answer", False), ("answer_after", True)],
)
async def test_a_refusal_comes_before_or_after_the_write(
    company: Apps, graph: httpx.AsyncClient, person: Callable[..., Json], effect: Any, took_effect: bool
) -> None:
    arm(company.faults, [Rule(app="graph", effect=effect, method="PATCH", status=504)])
    answer = await graph.patch(f"/users/{person()['id']}", json=NEW_TITLE)
    assert answer.status_code == 504
    assert changed(company) is took_effect


@pytest.mark.parametrize(("effect", "took_effect"), [("drop_before", False), ("drop_after", True)])
async def test_a_connection_is_cut_before_or_after_the_write(
    company: Apps, graph: httpx.AsyncClient, person: Callable[..., Json], effect: Any, took_effect: bool
) -> None:
    arm(company.faults, [Rule(app="graph", effect=effect, method="PATCH")])
    with pytest.raises(httpx.ReadError):
        await graph.patch(f"/users/{person()['id']}", json=NEW_TITLE)
    assert changed(company) is took_effect


async def test_a_proxy_answers_with_a_page(company: Apps, graph: httpx.AsyncClient) -> None:
    arm(company.faults, [Rule(app="graph", effect="answer", status=502, body=PROXY_PAGE)])
    answer = await graph.get("/users?$top=1")
    assert answer.status_code == 502
    assert answer.headers["content-type"].startswith("text/html")


async def test_a_hidden_write_is_seen_when_its_time_has_come(
    company: Apps, graph: httpx.AsyncClient, person: Callable[..., Json], clock: Any
) -> None:
    user = person()
    path = f"/users/{user['id']}?$select=lastPasswordChangeDateTime"
    before = (await graph.get(path)).json()["lastPasswordChangeDateTime"]
    arm(company.faults, [Rule(app="graph", effect="hide", method="PATCH", seconds=5)])
    assert (await graph.patch(f"/users/{user['id']}", json=NEW_TITLE)).status_code == 204
    assert (await graph.get(path)).json()["lastPasswordChangeDateTime"] == before
    clock.forward(5)
    assert (await graph.get(path)).json()["lastPasswordChangeDateTime"] == "2026-11-23T09:00:00Z"


async def test_one_part_of_a_batch_can_be_throttled(company: Apps, graph: httpx.AsyncClient) -> None:
    headers = {"Retry-After": "3"}
    rule = Rule(app="graph", effect="answer", path="subscribedSkus", status=429, headers=headers)
    arm(company.faults, [rule])
    parts = [
        {"id": "1", "method": "GET", "url": "/groups?$top=1"},
        {"id": "2", "method": "GET", "url": "/subscribedSkus"},
    ]
    answers = (await graph.post("/$batch", json={"requests": parts})).json()["responses"]
    assert [answer["status"] for answer in answers] == [200, 429]
    assert answers[1]["headers"]["Retry-After"] == "3"


@pytest.mark.parametrize("name", ["vault", "arm"])
async def test_every_api_can_fail(
    company: Apps, vault: httpx.AsyncClient, automation: httpx.AsyncClient, name: Any
) -> None:
    arm(company.faults, [Rule(app=name, effect="answer", status=503)])
    client, path = (vault, "/secrets/x") if name == "vault" else (automation, "/jobs")
    assert (await client.get(path)).status_code == 503


@pytest.mark.parametrize(
    "wrong",
    [
        {"app": "mail", "effect": "answer"},
        {"app": "graph", "effect": "explode"},
        {"app": "graph", "effect": "answer", "status": 200},
        {"app": "graph", "effect": "answer", "times": 0},
        {"app": "graph", "effect": "answer", "colour": "red"},
    ],
)
def test_a_rule_that_means_nothing_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Rule.model_validate(wrong)


async def test_every_second_request_that_fits_can_fail(company: Apps, graph: httpx.AsyncClient) -> None:
    rule = Rule(app="graph", effect="answer", path="subscribedSkus", every=2, times=None)
    arm(company.faults, [rule])
    answers = [await graph.get("/subscribedSkus") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 503, 200, 503]


async def test_a_slow_body_is_the_whole_body(company: Apps, graph: httpx.AsyncClient) -> None:
    whole = await graph.get("/subscribedSkus")
    arm(company.faults, [Rule(app="graph", effect="trickle", seconds=0.01)])
    assert (await graph.get("/subscribedSkus")).json() == whole.json()


@pytest.mark.parametrize(("effect", "took_effect"), [("stall_before", False), ("stall_after", True)])
async def test_a_request_stays_unanswered_before_or_after_the_write(
    company: Apps, graph: httpx.AsyncClient, person: Callable[..., Json], effect: Any, took_effect: bool
) -> None:
    arm(company.faults, [Rule(app="graph", effect=effect, method="PATCH", seconds=0.01)])
    with pytest.raises(httpx.ReadError):
        await graph.patch(f"/users/{person()['id']}", json=NEW_TITLE)
    assert changed(company) is took_effect
