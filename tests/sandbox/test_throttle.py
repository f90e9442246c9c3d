"""The throttle holds each service to its documented limit, tells of it as documented, and is off at first."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.sandbox.servicenow.company import over
from triage.sandbox import servicenow
from triage.sandbox.apps import Apps
from triage.sandbox.graph.limits import Visit, resource_units
from triage.sandbox.records import Json
from triage.sandbox.throttle import Bucket, Limits, Throttle, draw

HUNDREDTH = Limits(share=0.01, mailbox_seconds=0)


@pytest.mark.parametrize(
    ("method", "path", "query", "units"),
    [
        ("GET", "/users", {}, 2),
        ("GET", "/users", {"$select": "id"}, 1),
        ("GET", "/users", {"$select": "id", "$expand": "manager"}, 2),
        ("GET", "/users/{user}", {}, 1),
        ("GET", "/users/{user}", {"$expand": "manager"}, 2),
        ("GET", "/users/{user}/transitiveMemberOf/microsoft.graph.group", {}, 2),
        ("GET", "/users/{user}/licenseDetails", {}, 2),
        ("GET", "/groups/{group}/members", {"$top": "19"}, 2),
        ("GET", "/groups/{group}/members", {"$top": "20"}, 3),
        ("GET", "/subscribedSkus", {}, 3),
        ("GET", "/applications(appId='{app}')", {"$select": "id"}, 1),
        ("PATCH", "/users/{user}", {}, 1),
    ],
)
def test_an_operation_costs_what_graph_says(
    method: str, path: str, query: dict[str, str], units: int
) -> None:
    assert resource_units(Visit(method, path, {}, query, "app")) == units


async def test_without_limits_only_the_cost_is_told(graph: httpx.AsyncClient) -> None:
    answer = await graph.get("/subscribedSkus")
    assert answer.headers["x-ms-resource-unit"] == "3"
    assert not [name for name in answer.headers if name.startswith("x-ms-throttle")]


async def test_an_empty_bucket_refuses_until_its_retry_after_has_passed(
    company: Apps, graph: httpx.AsyncClient, clock: Any
) -> None:
    company.throttle.limits = HUNDREDTH  # 50 units in 10 seconds, for a tenant of this size
    answers = [await graph.get("/subscribedSkus") for _ in range(17)]
    assert [answer.status_code for answer in answers] == [200] * 16 + [429]
    refused, wait = answers[-1], int(answers[-1].headers["retry-after"])
    assert refused.json()["error"]["code"] == "TooManyRequests"
    assert refused.headers["x-ms-throttle-information"] == "ResourceUnitLimitExceeded"
    assert refused.headers["x-ms-throttle-scope"].startswith("Tenant_Application/ReadWrite/")
    assert refused.headers["x-ms-throttle-limit-percentage"] == "1.02"
    assert "x-ms-throttle-limit-percentage" not in answers[0].headers
    clock.forward(wait)
    assert (await graph.get("/subscribedSkus")).status_code == 200


async def test_who_does_not_wait_waits_longer(company: Apps, graph: httpx.AsyncClient) -> None:
    company.throttle.limits = HUNDREDTH
    waits = [int((await graph.get("/subscribedSkus")).headers.get("retry-after", 0)) for _ in range(25)]
    assert 0 < waits[16] < waits[24]


async def test_windows_pass_as_fast_as_asked(company: Apps, graph: httpx.AsyncClient, clock: Any) -> None:
    company.throttle.limits = Limits(share=0.01, speed=10)
    while (await graph.get("/subscribedSkus")).status_code == 200:
        pass
    clock.forward(1)
    answers = [await graph.get("/subscribedSkus") for _ in range(17)]
    assert sum(answer.status_code == 200 for answer in answers) == 16


async def test_writes_have_a_limit_of_their_own(
    company: Apps, graph: httpx.AsyncClient, person: Callable[..., Json], clock: Any
) -> None:
    company.throttle.limits = Limits(share=0.001)  # 3 writes in 150 seconds
    path, answers = f"/users/{person()['id']}", []
    for n in range(4):
        clock.forward(1)  # the limit on all requests is one of a second
        answers.append(await graph.patch(path, json={"department": str(n)}))
    assert [answer.status_code for answer in answers] == [204, 204, 204, 429]
    assert answers[-1].headers["x-ms-throttle-information"] == "WriteLimitExceeded"
    assert company.tenant.users[person()["id"]]["department"] == "2"


async def test_every_part_of_a_batch_counts_and_is_refused_by_itself(
    company: Apps, graph: httpx.AsyncClient
) -> None:
    company.throttle.limits = Limits(share=0.002)  # 10 units
    parts = [{"id": str(n), "method": "GET", "url": "/subscribedSkus"} for n in range(5)]
    answers = (await graph.post("/$batch", json={"requests": parts})).json()["responses"]
    assert [answer["status"] for answer in answers] == [200, 200, 200, 429, 429]
    assert int(answers[3]["headers"]["Retry-After"]) >= 1


async def test_reports_answer_five_times_in_ten_seconds(company: Apps, graph: httpx.AsyncClient) -> None:
    company.throttle.limits = Limits()
    answers = [await graph.get("/auditLogs/directoryAudits?$top=1") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert (await graph.get("/users?$top=1")).status_code == 200


async def test_four_requests_may_be_under_way_in_one_mailbox(
    company: Apps, graph: httpx.AsyncClient, person: Callable[..., Json]
) -> None:
    company.throttle.limits = Limits(mailbox_seconds=0.01)
    one, other = (f"/users/{person(skip=skip)['id']}/mailboxSettings" for skip in (0, 1))
    answers = await asyncio.gather(*(graph.get(path) for path in [one] * 5 + [other] * 4))
    assert [answer.status_code for answer in answers] == [200] * 4 + [429] + [200] * 4
    assert answers[4].json()["error"]["code"] == "ApplicationThrottled"
    assert answers[4].headers["retry-after"] == "1"
    assert (await graph.get(one)).status_code == 200


async def test_a_mailbox_is_the_same_by_either_name(
    company: Apps, graph: httpx.AsyncClient, person: Callable[..., Json], clock: Any
) -> None:
    company.throttle.limits = Limits(share=0.0002, mailbox_seconds=0)  # 2 requests in 10 minutes
    user, answers = person(), []
    for key in (user["id"], user["userPrincipalName"], user["id"]):
        clock.forward(1)  # the limit on all requests is one of a second
        answers.append(await graph.get(f"/users/{key}/mailboxSettings"))
    assert [answer.status_code for answer in answers] == [200, 200, 429]


async def test_automation_tells_how_many_reads_remain_and_refuses_the_rest(
    company: Apps, automation: httpx.AsyncClient, clock: Any
) -> None:
    company.throttle.limits = HUNDREDTH  # 2.5 reads
    name = "x-ms-ratelimit-remaining-subscription-reads"
    answers = [await automation.get("/jobs") for _ in range(3)]
    assert [(a.status_code, a.headers[name]) for a in answers] == [(200, "1"), (200, "0"), (429, "0")]
    clock.forward(int(answers[-1].headers["retry-after"]))
    assert (await automation.get("/jobs")).status_code == 200


async def test_the_vault_refuses_as_documented(company: Apps, vault: httpx.AsyncClient) -> None:
    company.throttle.limits = Limits(share=0.00025)
    answers = [await vault.get("/secrets/none") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [404, 429]
    assert answers[1].json()["error"]["code"] == "Throttled"


async def test_servicenow_counts_requests_by_the_hour(company: Apps, clock: Any) -> None:
    company.throttle.limits = Limits(requests_per_hour=2)
    async with over(
        servicenow.app_for(company.instance, company.throttle), "https://servicenow.test"
    ) as snow:
        key = {"x-sn-apikey": servicenow.credentials(company.tenant).api_key}
        answers = []
        for wait in (0, 600, 600, 2400):
            clock.forward(wait)
            answers.append(await snow.get("/api/now/table/incident", headers=key))
    assert [answer.status_code for answer in answers] == [200, 200, 429, 200]
    refused = answers[2].headers
    assert refused["retry-after"] == "2400"
    assert refused["x-ratelimit-limit"] == "2"
    assert int(refused["x-ratelimit-reset"]) == int(clock().timestamp())
    assert answers[2].json()["error"]["message"] == "Rate limit exceeded"


def test_one_request_always_passes_a_full_bucket(clock: Any) -> None:
    throttle = Throttle(Limits(share=0.001))
    told = draw(throttle, [(Bucket("small", 100, 10), 5.0)], clock())
    assert told is not None
    assert told.wait is None
