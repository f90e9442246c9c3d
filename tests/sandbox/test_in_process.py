"""In process the apps are reached by name, through the same settings as over a network."""

from __future__ import annotations

import httpx
import pytest

from triage.sandbox.apps import Apps
from triage.sandbox.endpoints import settings
from triage.sandbox.in_process import InProcess, endpoints_in_process


async def test_a_token_from_entra_opens_graph_by_the_settings_alone(company: Apps) -> None:
    found = settings(company.tenant, endpoints_in_process(company))
    form = {
        "grant_type": "client_credentials",
        "client_id": found["TRIAGE_ENTRA__CLIENT_ID"],
        "client_secret": found["TRIAGE_ENTRA__CLIENT_SECRET"],
        "scope": "https://graph.microsoft.com/.default",
    }
    endpoint = f"{found['TRIAGE_ENTRA__AUTHORITY']}/{company.tenant.id}/oauth2/v2.0/token"
    async with httpx.AsyncClient(transport=InProcess(company)) as client:
        token = (await client.post(endpoint, data=form)).json()["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        answer = await client.get(f"{found['TRIAGE_CLOUD__GRAPH_URL']}/users?$top=1", headers=headers)
    assert answer.status_code == 200
    assert "TRIAGE_CA_FILE" not in found


async def test_nothing_outside_the_sandbox_is_reached(company: Apps) -> None:
    async with httpx.AsyncClient(transport=InProcess(company)) as client:
        with pytest.raises(httpx.ConnectError):
            await client.get("https://graph.microsoft.com/v1.0/users")
