"""Directory roles, the permission table, mail and batches."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from triage.sandbox.apps import Apps
from triage.sandbox.founding import service_desk
from triage.sandbox.graph.operation import Operation
from triage.sandbox.graph.operations import OPERATIONS
from triage.sandbox.records import AppRegistration, Group, Json
from triage.sandbox.registrations import GRAPH, SERVICE_GRAPH_ROLES

ROLES = "/roleManagement/directory"


def mail_to(*addresses: str, header: str = "x-marker") -> Json:
    message = {
        "subject": "A link",
        "body": {"contentType": "Text", "content": "one-time link"},
        "toRecipients": [{"emailAddress": {"address": address}} for address in addresses],
        "internetMessageHeaders": [{"name": header, "value": "run"}],
    }
    return {"message": message, "saveToSentItems": False}


async def test_active_and_eligible_roles_are_told_apart(
    company: Apps, graph: httpx.AsyncClient, person: Callable[..., Json]
) -> None:
    admin = person(role=True)
    eligible = next(r for r in company.tenant.roles if r.eligible)

    async def names(what: str, user_id: str) -> list[str]:
        query = {"$filter": f"principalId eq '{user_id}'", "$expand": "roleDefinition"}
        found = (await graph.get(f"{ROLES}/{what}", params=query)).json()["value"]
        return [item["roleDefinition"]["displayName"] for item in found]

    assert await names("roleAssignments", admin["id"]) == [
        r.role for r in company.tenant.roles if r.principal_id == admin["id"]
    ]
    assert await names("roleAssignments", eligible.principal_id) == []
    assert await names("roleEligibilityScheduleInstances", eligible.principal_id) == [eligible.role]


@pytest.mark.parametrize(
    "operation", [o for o in OPERATIONS if o.needs], ids=lambda o: f"{o.method} {o.path}"
)
async def test_an_operation_without_its_permission_is_denied(
    *,
    company: Apps,
    graph: httpx.AsyncClient,
    person: Callable[..., Json],
    group: Callable[[str], Group],
    service: AppRegistration,
    operation: Operation,
) -> None:
    keys = {"user": person()["id"], "group": group("SG-Adobe-CC").properties["id"], "member": person()["id"]}
    keys |= {"app": service.client_id}
    service.granted[GRAPH] = {"TeamsActivity.Send"}
    answer = await graph.request(
        operation.method, operation.path.format_map(defaultdict(lambda: "any", keys)), json={}
    )
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "Authorization_RequestDenied"
    assert not company.tenant.changes


async def test_without_consent_everything_is_denied(
    graph: httpx.AsyncClient, service: AppRegistration
) -> None:
    service.granted.clear()
    assert (await graph.get("/users")).status_code == 403


async def test_no_token_a_foreign_token_and_an_expired_one_are_unauthorized(
    company: Apps, graph: httpx.AsyncClient, vault: httpx.AsyncClient, clock: Any
) -> None:
    foreign = {"Authorization": (await vault.get("/secrets/x")).request.headers["Authorization"]}
    own = {"Authorization": (await graph.get("/users?$top=1")).request.headers["Authorization"]}
    clock.forward(company.issuer.lifetime.total_seconds())
    transport = httpx.ASGITransport(company.graph)
    async with httpx.AsyncClient(transport=transport, base_url=str(graph.base_url)) as bare:
        answers = [await bare.get("/users", headers=headers) for headers in ({}, foreign, own)]
    assert [answer.status_code for answer in answers] == [401] * 3
    assert {answer.json()["error"]["code"] for answer in answers} == {"InvalidAuthenticationToken"}


def test_our_service_holds_only_permissions_some_operation_asks_for() -> None:
    by_table = {name for operation in OPERATIONS for name in operation.needs}
    by_handler = {
        "User-PasswordProfile.ReadWrite.All",
        "User.EnableDisableAccount.All",
        "BitlockerKey.Read.All",
        "AuditLog.Read.All",
    }
    assert by_table | by_handler >= SERVICE_GRAPH_ROLES


async def test_a_mail_is_accepted_into_the_outbox(company: Apps, graph: httpx.AsyncClient) -> None:
    sender = service_desk(company.tenant)
    answer = await graph.post(f"/users/{sender}/sendMail", json=mail_to("a@harborline.example"))
    assert (answer.status_code, answer.content) == (202, b"")
    assert [(m.sender, m.to, m.body) for m in company.tenant.outbox] == [
        (sender, ("a@harborline.example",), "one-time link")
    ]


async def test_the_change_log_never_holds_what_a_mail_says(company: Apps, graph: httpx.AsyncClient) -> None:
    await graph.post(f"/users/{service_desk(company.tenant)}/sendMail", json=mail_to("a@harborline.example"))
    assert "one-time link" not in repr(company.tenant.changes)


@pytest.mark.parametrize(
    ("sender", "message", "status"),
    [
        ("nobody@harborline.example", mail_to("a@x.example"), 404),
        ("breakglass01@harborline.example", mail_to("a@x.example"), 404),
        ("servicedesk@harborline.example", mail_to(), 400),
        ("servicedesk@harborline.example", mail_to("no address"), 400),
        ("servicedesk@harborline.example", {}, 400),
        ("servicedesk@harborline.example", mail_to("a@x.example", header="subject"), 400),
    ],
)
async def test_a_mail_without_mailbox_or_recipient_is_refused(
    company: Apps, graph: httpx.AsyncClient, sender: str, message: Json, status: int
) -> None:
    assert (await graph.post(f"/users/{sender}/sendMail", json=message)).status_code == status
    assert not company.tenant.outbox


async def test_a_batch_answers_each_part_for_itself(
    graph: httpx.AsyncClient, person: Callable[..., Json], service: AppRegistration
) -> None:
    service.granted[GRAPH] = {"User.Read.All"}
    user = person()
    parts = [
        {"id": "a", "method": "GET", "url": f"/users/{user['id']}?$select=id"},
        {"id": "b", "method": "GET", "url": "/users/nobody"},
        {"id": "c", "method": "GET", "url": "/subscribedSkus", "dependsOn": ["a"]},
        {"id": "d", "method": "GET", "url": f"/users/{user['id']}", "dependsOn": ["b"]},
    ]
    answer = await graph.post("/$batch", json={"requests": parts})
    statuses = {part["id"]: part["status"] for part in answer.json()["responses"]}
    assert statuses == {"a": 200, "b": 404, "c": 403, "d": 424}


async def test_a_batch_can_write(
    company: Apps, graph: httpx.AsyncClient, person: Callable[..., Json]
) -> None:
    user = person()
    part = {
        "id": "1",
        "method": "PATCH",
        "url": f"/users/{user['id']}",
        "headers": {"Content-Type": "application/json", "client-request-id": "run"},
        "body": {"passwordProfile": {"password": "Winter-Boat-4711"}},
    }
    answer = await graph.post("/$batch", json={"requests": [part]})
    assert answer.json()["responses"][0]["status"] == 204
    assert company.tenant.changes[-1].correlation == "run"


GET = {"method": "GET", "url": "/users?$top=1"}


@pytest.mark.parametrize(
    "parts",
    [
        [],
        [GET | {"id": str(n)} for n in range(21)],
        [GET | {"id": "a"}, GET | {"id": "A"}],
        [GET | {"id": "a", "dependsOn": ["z"]}],
        [{"id": "a", "method": "POST", "url": "/users/x/sendMail", "body": {}}],
        [GET],
    ],
    ids=["empty", "too many", "same id", "unknown dependency", "body without type", "no id"],
)
async def test_a_malformed_batch_is_refused_as_a_whole(graph: httpx.AsyncClient, parts: list[Json]) -> None:
    answer = await graph.post("/$batch", json={"requests": parts})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "BadRequest")


async def test_an_unknown_path_is_a_bad_request(graph: httpx.AsyncClient) -> None:
    answer = await graph.get("/printers/1")
    assert answer.status_code == 400
    assert "printers" in answer.json()["error"]["message"]
