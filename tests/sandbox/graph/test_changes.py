"""Changing people and licences: what takes effect, what is refused with which code, what the log says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from triage.sandbox.apps import Apps
from triage.sandbox.records import AppRegistration, Json
from triage.sandbox.registrations import GRAPH
from triage.sandbox.tenant import consumed_seats, opens_account

PASSWORD = "Winter-Boat-4711"


def profile(password: str = PASSWORD) -> Json:
    return {"passwordProfile": {"password": password, "forceChangePasswordNextSignIn": True}}


def sku(company: Apps, part_number: str) -> str:
    return next(s.sku_id for s in company.tenant.skus.values() if s.part_number == part_number)


def code_of(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


async def test_a_password_set_opens_the_account_and_moves_the_time(
    company: Apps, graph: httpx.AsyncClient, person: Callable[..., Json], clock: Any
) -> None:
    user = person()
    clock.forward(60)
    body = profile() | {"@odata.type": "#microsoft.graph.user"}
    answer = await graph.patch(f"/users/{user['id']}", json=body)
    path = f"/users/{user['id']}?$select=lastPasswordChangeDateTime,passwordProfile"
    shown = (await graph.get(path)).json()
    assert (answer.status_code, answer.content) == (204, b"")
    assert opens_account(company.tenant, user["id"], PASSWORD)
    assert shown["lastPasswordChangeDateTime"] == "2026-11-23T09:01:00Z"
    assert shown["passwordProfile"]["password"] is None


async def test_no_password_is_kept_in_clear_anywhere(
    company: Apps, graph: httpx.AsyncClient, person: Callable[..., Json]
) -> None:
    await graph.patch(f"/users/{person()['id']}", json=profile())
    assert PASSWORD not in repr(company.tenant)


async def test_a_weak_password_is_refused(graph: httpx.AsyncClient, person: Callable[..., Json]) -> None:
    assert code_of(await graph.patch(f"/users/{person()['id']}", json=profile("weak"))) == (
        400,
        "Request_BadRequest",
    )


async def test_a_synced_person_cannot_be_changed_here(
    graph: httpx.AsyncClient, person: Callable[..., Json]
) -> None:
    answer = await graph.patch(f"/users/{person(synced=True)['id']}", json=profile())
    assert code_of(answer) == (400, "Request_BadRequest")
    assert "on-premises" in answer.json()["error"]["message"]


async def test_an_administrator_is_out_of_reach(
    graph: httpx.AsyncClient, person: Callable[..., Json]
) -> None:
    answer = await graph.patch(f"/users/{person(role=True)['id']}", json=profile())
    assert code_of(answer) == (403, "Authorization_RequestDenied")


@pytest.mark.parametrize(
    ("change", "needed"),
    [
        ({"accountEnabled": False}, {"User.EnableDisableAccount.All", "User.Read.All"}),
        ({"mobilePhone": "+49 1"}, {"User-Phone.ReadWrite.All"}),
        ({"jobTitle": "Clerk"}, {"User.ReadWrite.All"}),
        (profile(), {"User-PasswordProfile.ReadWrite.All"}),
    ],
)
async def test_each_property_needs_its_own_permission(
    graph: httpx.AsyncClient,
    person: Callable[..., Json],
    service: AppRegistration,
    change: Json,
    needed: set[str],
) -> None:
    path = f"/users/{person()['id']}"
    service.granted[GRAPH] = {"User.Read.All", "Mail.Send"}
    assert code_of(await graph.patch(path, json=change)) == (403, "Authorization_RequestDenied")
    service.granted[GRAPH] = needed
    assert (await graph.patch(path, json=change)).status_code == 204


async def test_user_readwrite_alone_sets_no_password(
    graph: httpx.AsyncClient, person: Callable[..., Json], service: AppRegistration
) -> None:
    service.granted[GRAPH] = {"User.ReadWrite.All"}
    assert (await graph.patch(f"/users/{person()['id']}", json=profile())).status_code == 403


async def test_one_bad_property_changes_nothing(
    graph: httpx.AsyncClient, person: Callable[..., Json], service: AppRegistration
) -> None:
    user = person()
    service.granted[GRAPH] = {"User.ReadWrite.All"}
    before = dict(user)
    for bad in ({"jobTitle": "X", "shoeSize": "44"}, {"jobTitle": "X", "accountEnabled": "no"}, {}):
        assert (await graph.patch(f"/users/{user['id']}", json=bad)).status_code == 400
    assert user == before


async def test_revoking_sessions_moves_their_start(
    graph: httpx.AsyncClient, person: Callable[..., Json], clock: Any
) -> None:
    user = person()
    clock.forward(5)
    answer = await graph.post(f"/users/{user['id']}/revokeSignInSessions")
    assert answer.json()["value"] is True
    assert user["signInSessionsValidFromDateTime"] == "2026-11-23T09:00:05Z"


async def test_a_licence_given_takes_a_seat_and_given_again_takes_none(
    company: Apps, graph: httpx.AsyncClient, person: Callable[..., Json]
) -> None:
    user, visio = person(), sku(company, "VISIOCLIENT")
    user["assignedLicenses"] = [e for e in user["assignedLicenses"] if e["skuId"] != visio]
    taken = consumed_seats(company.tenant, visio)
    body = {"addLicenses": [{"skuId": visio, "disabledPlans": []}], "removeLicenses": []}
    for _ in range(2):
        assert (await graph.post(f"/users/{user['id']}/assignLicense", json=body)).status_code == 200
    details = (await graph.get(f"/users/{user['id']}/licenseDetails?$select=skuPartNumber")).json()["value"]
    assert consumed_seats(company.tenant, visio) == taken + 1
    assert {"skuPartNumber": "VISIOCLIENT"} in details


async def test_without_a_free_seat_nothing_is_given_or_taken(
    company: Apps, graph: httpx.AsyncClient, person: Callable[..., Json]
) -> None:
    user, full = person(), sku(company, "PROJECTPROFESSIONAL")
    held = [entry["skuId"] for entry in user["assignedLicenses"]]
    body = {"addLicenses": [{"skuId": full}], "removeLicenses": held}
    answer = await graph.post(f"/users/{user['id']}/assignLicense", json=body)
    assert code_of(answer) == (400, "Request_BadRequest")
    assert "does not have any available licenses" in answer.json()["error"]["message"]
    assert [entry["skuId"] for entry in user["assignedLicenses"]] == held


async def test_licence_refusals(company: Apps, graph: httpx.AsyncClient, person: Callable[..., Json]) -> None:
    user, visio = person(), sku(company, "VISIO_PLAN1_DEPT")
    path = f"/users/{user['id']}/assignLicense"
    add = {"addLicenses": [{"skuId": visio}], "removeLicenses": []}
    assert (await graph.post(path, json={"addLicenses": [{"skuId": visio}]})).status_code == 400
    unknown = {"addLicenses": [{"skuId": "00000000-0000-0000-0000-000000000000"}], "removeLicenses": []}
    assert (await graph.post(path, json=unknown)).status_code == 400
    assert (await graph.post(path, json={"addLicenses": [], "removeLicenses": [visio]})).status_code == 400
    user["usageLocation"] = None
    answer = await graph.post(path, json=add)
    assert "invalid usage location" in answer.json()["error"]["message"]


async def test_a_licence_that_comes_through_a_group_cannot_be_taken_directly(
    company: Apps, graph: httpx.AsyncClient, person: Callable[..., Json]
) -> None:
    user = person()
    user["licenseAssignmentStates"][0]["assignedByGroup"] = next(iter(company.tenant.groups))
    sku_id = user["licenseAssignmentStates"][0]["skuId"]
    body = {"addLicenses": [], "removeLicenses": [sku_id]}
    assert (await graph.post(f"/users/{user['id']}/assignLicense", json=body)).status_code == 400


async def test_the_manager_is_set_again_without_harm_and_removed_once(
    company: Apps, graph: httpx.AsyncClient, person: Callable[..., Json], service: AppRegistration
) -> None:
    service.granted[GRAPH] = {"User.ReadWrite.All"}
    user, boss = person(), person(skip=1)
    path, body = f"/users/{user['id']}/manager/$ref", {"@odata.id": f"https://x/v1.0/users/{boss['id']}"}
    assert [(await graph.put(path, json=body)).status_code for _ in range(2)] == [204, 204]
    assert company.tenant.managers[user["id"]] == boss["id"]
    assert [(await graph.delete(path)).status_code for _ in range(2)] == [204, 404]


async def test_each_change_is_one_audit_entry_with_our_request_id(
    graph: httpx.AsyncClient, person: Callable[..., Json]
) -> None:
    user = person()
    headers = {"client-request-id": "6f9c"}
    await graph.post(f"/users/{user['id']}/revokeSignInSessions", headers=headers)
    await graph.patch(f"/users/{user['id']}", json=profile(), headers=headers)
    query = f"activityDateTime ge 2026-11-23T09:00:00Z and targetResources/any(t:t/id eq '{user['id']}')"
    entries = (await graph.get("/auditLogs/directoryAudits", params={"$filter": query})).json()["value"]
    assert [entry["activityDisplayName"] for entry in entries] == [
        "Reset user password",
        "Update StsRefreshTokenValidFrom Timestamp",
    ]
    assert {entry["correlationId"] for entry in entries} == {"6f9c"}
    assert PASSWORD not in str(entries)
