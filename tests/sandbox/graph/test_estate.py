"""Devices, recovery keys, passes, inbox rules and reports behave as Graph documents them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from triage.sandbox.apps import Apps
from triage.sandbox.records import AppRegistration, Json
from triage.sandbox.registrations import GRAPH

DEVICES = "/deviceManagement/managedDevices"
KEYS = "/informationProtection/bitlocker/recoveryKeys"


@pytest.fixture(autouse=True)
def granted(service: AppRegistration) -> set[str]:
    """Consent to everything these operations need."""
    service.granted[GRAPH] = service.granted[GRAPH] | {
        "DeviceManagementManagedDevices.Read.All",
        "DeviceManagementManagedDevices.PrivilegedOperations.All",
        "BitlockerKey.ReadBasic.All",
        "BitlockerKey.Read.All",
        "DeviceLocalCredential.Read.All",
        "UserAuthMethod-TAP.ReadWrite.All",
    }
    return service.granted[GRAPH]


@pytest.fixture
def notebook(company: Apps) -> Json:
    """A Windows notebook with an owner."""
    return next(d for d in company.tenant.devices.values() if d["isEncrypted"] and d["userId"])


async def test_the_devices_of_a_person_are_found_both_ways(graph: httpx.AsyncClient, notebook: Json) -> None:
    wanted = f"{DEVICES}?$filter=userPrincipalName eq '{notebook['userPrincipalName']}'"
    by_filter = (await graph.get(wanted)).json()["value"]
    by_user = (await graph.get(f"/users/{notebook['userId']}/managedDevices")).json()["value"]
    assert notebook["id"] in {device["id"] for device in by_filter}
    assert by_filter == by_user


@pytest.mark.parametrize(
    ("action", "name"), [("remoteLock", "remoteLock"), ("wipe", "factoryReset"), ("syncDevice", "syncDevice")]
)
async def test_a_device_does_what_is_asked_a_little_later(
    graph: httpx.AsyncClient, notebook: Json, clock: Any, action: str, name: str
) -> None:
    path = f"{DEVICES}/{notebook['id']}"
    assert (await graph.post(f"{path}/{action}", json={"keepUserData": False})).status_code == 204
    pending = (await graph.get(f"{path}?$select=deviceActionResults")).json()["deviceActionResults"]
    clock.forward(5)
    done = (await graph.get(path)).json()
    assert [(one["actionName"], one["actionState"]) for one in pending] == [(name, "pending")]
    assert done["deviceActionResults"][0]["actionState"] == "done"
    assert (done["lastSyncDateTime"] == "2026-11-23T09:00:05Z") is (action == "syncDevice")


async def test_a_recovery_key_is_told_to_those_who_may_and_leaves_a_trace(
    graph: httpx.AsyncClient, notebook: Json, granted: set[str]
) -> None:
    listed = await graph.get(f"{KEYS}?$filter=deviceId eq '{notebook['azureADDeviceId']}'")
    [known] = listed.json()["value"]
    told = (await graph.get(f"{KEYS}/{known['id']}?$select=key")).json()
    assert "key" not in known
    assert [len(block) for block in told["key"].split("-")] == [6] * 8
    entries = (await graph.get("/auditLogs/directoryAudits")).json()["value"]
    assert [(one["activityDisplayName"], one["category"]) for one in entries] == [
        ("Read BitLocker key", "KeyManagement")
    ]
    assert told["key"] not in str(entries)
    granted.discard("BitlockerKey.Read.All")
    assert (await graph.get(f"{KEYS}/{known['id']}?$select=key")).status_code == 403


async def test_a_local_administrators_password_is_told_by_select_only(
    graph: httpx.AsyncClient, notebook: Json
) -> None:
    path = f"/directory/deviceLocalCredentials/{notebook['azureADDeviceId']}"
    assert "credentials" not in (await graph.get(path)).json()
    [account] = (await graph.get(f"{path}?$select=credentials")).json()["credentials"]
    assert account["passwordBase64"]


async def test_a_pass_is_told_once_and_replaced_by_the_next(
    graph: httpx.AsyncClient, person: Callable[..., Json], clock: Any
) -> None:
    path = f"/users/{person()['id']}/authentication/temporaryAccessPassMethods"
    first = await graph.post(path, json={"lifetimeInMinutes": 60, "isUsableOnce": True})
    second = (await graph.post(path, json={"lifetimeInMinutes": 30})).json()
    [held] = (await graph.get(path)).json()["value"]
    assert first.status_code == 201
    assert first.json()["temporaryAccessPass"] != second["temporaryAccessPass"]
    assert (held["id"], held["temporaryAccessPass"], held["isUsable"]) == (second["id"], None, True)
    clock.forward(1801)
    [held] = (await graph.get(path)).json()["value"]
    assert (held["isUsable"], held["methodUsabilityReason"]) == (False, "Expired")
    assert (await graph.delete(f"{path}/{held['id']}")).status_code == 204
    assert (await graph.delete(f"{path}/{held['id']}")).status_code == 404


@pytest.mark.parametrize("wrong", [{"lifetimeInMinutes": 9}, {"startDateTime": "2020-01-01T00:00:00Z"}])
async def test_a_pass_that_cannot_be_is_refused(
    graph: httpx.AsyncClient, person: Callable[..., Json], wrong: Json
) -> None:
    path = f"/users/{person()['id']}/authentication/temporaryAccessPassMethods"
    assert (await graph.post(path, json=wrong)).status_code == 400


async def test_administrators_get_no_pass(graph: httpx.AsyncClient, person: Callable[..., Json]) -> None:
    path = f"/users/{person(role=True)['id']}/authentication/temporaryAccessPassMethods"
    assert (await graph.post(path, json={})).status_code == 403


async def test_a_rule_that_forwards_to_strangers_is_seen_and_switched_off(
    company: Apps, graph: httpx.AsyncClient
) -> None:
    licensed = [user for user in company.tenant.users.values() if user["assignedLicenses"] and user["mail"]]
    paths = [f"/users/{user['id']}/mailFolders/inbox/messageRules" for user in licensed]
    found = {path: (await graph.get(path)).json()["value"] for path in paths}
    path, [rule] = next((path, rules) for path, rules in found.items() if rules)
    off = await graph.patch(f"{path}/{rule['id']}", json={"isEnabled": False})
    assert rule["actions"]["forwardTo"][0]["emailAddress"]["address"].endswith(".invalid")
    assert off.json()["isEnabled"] is False
    assert (await graph.delete(f"{path}/{rule['id']}")).status_code == 204
    assert (await graph.get(path)).json()["value"] == []


async def test_reports_tell_sign_ins_and_second_factors(
    graph: httpx.AsyncClient, person: Callable[..., Json]
) -> None:
    user = person()
    signed = (await graph.get(f"/auditLogs/signIns?$filter=userId eq '{user['id']}'")).json()["value"]
    path = f"/reports/authenticationMethods/userRegistrationDetails/{user['id']}"
    detail = (await graph.get(path)).json()
    assert [one["createdDateTime"] for one in signed] == [user["signInActivity"]["lastSignInDateTime"]]
    assert (detail["isMfaRegistered"], detail["isAdmin"]) == (True, False)
