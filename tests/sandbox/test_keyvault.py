"""Key Vault: the challenge, versions, what lists leave out, soft delete, roles."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from triage.sandbox.apps import Apps
from triage.sandbox.records import AppRegistration


async def test_the_first_request_without_a_token_is_challenged(
    company: Apps, vault: httpx.AsyncClient
) -> None:
    transport = httpx.ASGITransport(company.vault)
    async with httpx.AsyncClient(transport=transport, base_url="https://vault.sandbox.invalid") as bare:
        answer = await bare.get("/secrets/x/?api-version=2026-04-01")
    challenge = answer.headers["www-authenticate"]
    assert answer.status_code == 401
    assert f'authorization="https://entra.sandbox.invalid/{company.tenant.id}"' in challenge
    assert 'resource="https://vault.azure.net"' in challenge


async def test_every_put_is_a_new_version_and_the_newest_is_given(vault: httpx.AsyncClient) -> None:
    first = (await vault.put("/secrets/app", json={"value": "one"})).json()
    second = (await vault.put("/secrets/app", json={"value": "two", "tags": {"keyId": "k"}})).json()
    newest = (await vault.get("/secrets/app/")).json()
    older = (await vault.get(f"/secrets/app/{first['id'].rsplit('/', 1)[1]}")).json()
    assert first["id"] != second["id"]
    assert (newest["value"], newest["tags"], newest["id"]) == ("two", {"keyId": "k"}, second["id"])
    assert older["value"] == "one"


async def test_lists_and_updates_never_show_a_value(vault: httpx.AsyncClient) -> None:
    made = (await vault.put("/secrets/app", json={"value": "canary-value"})).json()
    versions = await vault.get("/secrets/app/versions")
    path = f"/secrets/app/{made['id'].rsplit('/', 1)[1]}"
    updated = await vault.patch(path, json={"attributes": {"exp": 1_800_000_000}, "contentType": "text"})
    assert "canary-value" not in versions.text + updated.text
    assert updated.json()["attributes"]["exp"] == 1_800_000_000
    assert (await vault.get("/secrets/app")).json()["contentType"] == "text"


async def test_an_expired_secret_is_still_given_and_a_disabled_one_is_not(vault: httpx.AsyncClient) -> None:
    await vault.put("/secrets/old", json={"value": "v", "attributes": {"exp": 1_000_000_000}})
    await vault.put("/secrets/off", json={"value": "v", "attributes": {"enabled": False}})
    assert (await vault.get("/secrets/old")).status_code == 200
    assert (await vault.get("/secrets/off")).status_code == 403


async def test_a_deleted_secret_is_gone_blocks_its_name_and_comes_back(vault: httpx.AsyncClient) -> None:
    await vault.put("/secrets/app", json={"value": "one"})
    deleted = await vault.delete("/secrets/app")
    assert deleted.json()["recoveryId"].endswith("/deletedsecrets/app")
    assert "value" not in deleted.json()
    assert (await vault.get("/secrets/app")).json()["error"]["code"] == "SecretNotFound"
    assert (await vault.put("/secrets/app", json={"value": "two"})).status_code == 409
    assert (await vault.post("/deletedsecrets/app/recover")).status_code == 200
    assert (await vault.get("/secrets/app")).json()["value"] == "one"


async def test_a_purged_secret_cannot_come_back(vault: httpx.AsyncClient) -> None:
    await vault.put("/secrets/app", json={"value": "one"})
    await vault.delete("/secrets/app")
    assert (await vault.delete("/deletedsecrets/app")).status_code == 204
    assert (await vault.post("/deletedsecrets/app/recover")).status_code == 404
    assert (await vault.put("/secrets/app", json={"value": "two"})).status_code == 200


@pytest.mark.parametrize(
    ("role", "may_write"), [("Key Vault Secrets User", False), ("Key Vault Secrets Officer", True)]
)
async def test_a_user_reads_and_an_officer_writes(
    vault: httpx.AsyncClient, service: AppRegistration, role: str, may_write: bool
) -> None:
    await vault.put("/secrets/app", json={"value": "one"})
    service.azure_roles = {role}
    assert (await vault.get("/secrets/app")).status_code == 200
    answer = await vault.put("/secrets/app", json={"value": "two"})
    assert (answer.status_code == 200) is may_write
    if not may_write:
        assert answer.json()["error"]["innererror"]["code"] == "ForbiddenByRbac"


async def test_the_change_log_knows_the_version_and_not_the_value(
    company: Apps, vault: httpx.AsyncClient
) -> None:
    await vault.put("/secrets/app", json={"value": "canary-value"})
    assert [change.what for change in company.tenant.changes] == ["Set secret"]
    assert "canary-value" not in repr(company.tenant.changes)


@pytest.mark.parametrize("body", [{}, {"value": 1}, [], "text"])
async def test_a_secret_without_a_text_value_is_refused(vault: httpx.AsyncClient, body: Any) -> None:
    assert (await vault.put("/secrets/app", json=body)).status_code == 400
