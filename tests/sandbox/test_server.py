"""Over real HTTPS on loopback: MSAL gets tokens and signs people in, clients reach every API."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import msal
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from triage.errors import NotConfigured
from triage.sandbox.endpoints import script_settings, settings
from triage.sandbox.faults import Rule, arm
from triage.sandbox.records import Json
from triage.sandbox.registrations import GRAPH, credentials
from triage.sandbox.server import Sandbox, running

SCOPE = [f"{GRAPH}/.default"]


@pytest.fixture(autouse=True)
def no_other_authority(monkeypatch: pytest.MonkeyPatch) -> None:
    """These beat what MSAL is told to trust (contracts, Entra section 7)."""
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.delenv("CURL_CA_BUNDLE", raising=False)


@pytest.fixture
async def sandbox(world: Json, tmp_path: Path) -> AsyncIterator[Sandbox]:
    async with running(world, tmp_path, pace=timedelta(0)) as started:
        yield started


@pytest.fixture
async def http(sandbox: Sandbox) -> AsyncIterator[httpx.AsyncClient]:
    trust = ssl.create_default_context(cafile=str(sandbox.endpoints.ca_file))
    async with httpx.AsyncClient(verify=trust) as client:
        yield client


def application(sandbox: Sandbox, credential: Any = None) -> msal.ConfidentialClientApplication:
    made = credentials(sandbox.apps.tenant, "service")
    return msal.ConfidentialClientApplication(
        made.client_id,
        client_credential=credential or made.secret,
        authority=f"{sandbox.endpoints.authority}/{sandbox.endpoints.tenant_id}",
        instance_discovery=False,
        verify=str(sandbox.endpoints.ca_file),
    )


async def test_msal_gets_a_token_that_graph_accepts(sandbox: Sandbox, http: httpx.AsyncClient) -> None:
    app = await asyncio.to_thread(application, sandbox)
    token = await asyncio.to_thread(app.acquire_token_for_client, SCOPE)
    headers = {"Authorization": f"Bearer {token['access_token']}"}
    answer = await http.get(f"{sandbox.endpoints.graph}/users?$top=1", headers=headers)
    assert answer.status_code == 200
    link = answer.json()["@odata.nextLink"]
    assert link.startswith(sandbox.endpoints.graph)
    assert (await http.get(link, headers=headers)).status_code == 200


async def test_msal_is_told_what_is_wrong_with_a_secret(sandbox: Sandbox) -> None:
    app = await asyncio.to_thread(application, sandbox, "wrong")
    answer = await asyncio.to_thread(app.acquire_token_for_client, SCOPE)
    assert (answer["error"], answer["error_codes"]) == ("invalid_client", [7000215])


async def test_msal_signs_in_with_a_certificate(sandbox: Sandbox) -> None:
    key, certificate = _certificate()
    service = sandbox.apps.tenant.apps[credentials(sandbox.apps.tenant, "service").client_id]
    credential = {"private_key": key, "public_certificate": certificate}
    unknown = await asyncio.to_thread(application, sandbox, credential)
    refused = await asyncio.to_thread(unknown.acquire_token_for_client, SCOPE)
    service.certificates.append(certificate.encode())
    known = await asyncio.to_thread(application, sandbox, credential)
    granted = await asyncio.to_thread(known.acquire_token_for_client, SCOPE)
    assert refused["error_codes"] == [700027]
    assert "access_token" in granted


@pytest.mark.filterwarnings("ignore:response_mode")  # a form from another site would lose the Lax cookie
async def test_a_person_signs_in_through_the_page_by_msals_code_flow(
    sandbox: Sandbox, http: httpx.AsyncClient
) -> None:
    app = await asyncio.to_thread(application, sandbox)
    flow = app.initiate_auth_code_flow([], redirect_uri="http://127.0.0.1:8080/auth/callback")
    assert flow["auth_uri"].startswith("http://127.0.0.1"), "a browser would warn about our authority"
    page = await http.get(flow["auth_uri"] + "&who=head+it+operations")
    chosen = re.search(r'name="person" value="([^"]+)"', page.text)
    assert chosen
    back = await http.post(flow["auth_uri"], data={"person": chosen[1]})
    answer = dict(httpx.URL(back.headers["location"]).params)
    result = await asyncio.to_thread(app.acquire_token_by_auth_code_flow, flow, answer)
    assert result["id_token_claims"]["oid"] == chosen[1]
    assert result["id_token_claims"]["roles"] == ["admin", "approver"]


async def test_the_settings_name_places_that_answer(sandbox: Sandbox, http: httpx.AsyncClient) -> None:
    found = settings(sandbox.apps.tenant, sandbox.endpoints)
    statuses = {
        "TRIAGE_CLOUD__GRAPH_URL": ("/users", 401),
        "TRIAGE_CLOUD__ARM_URL": ("/subscriptions", 404),
        "TRIAGE_CLOUD__VAULT_URL": ("/secrets/x?api-version=7.6", 401),
        "TRIAGE_SERVICENOW__URL": ("/api/now/table/incident", 401),
    }
    for name, (path, status) in statuses.items():
        assert (await http.get(found[name] + path)).status_code == status, name
    assert found["TRIAGE_CA_FILE"] == str(sandbox.endpoints.ca_file)
    assert (await http.get(sandbox.endpoints.window)).status_code == 200


async def test_a_script_gets_into_our_api(sandbox: Sandbox, http: httpx.AsyncClient) -> None:
    made = script_settings(sandbox.apps.tenant, sandbox.endpoints)
    form = {name: made[name] for name in ("client_id", "client_secret", "scope")}
    answer = await http.post(
        f"{made['authority']}/oauth2/v2.0/token", data=form | {"grant_type": "client_credentials"}
    )
    assert answer.status_code == 200


async def test_a_client_that_does_not_know_the_authority_refuses(sandbox: Sandbox) -> None:
    async with httpx.AsyncClient(verify=ssl.create_default_context()) as stranger:
        with pytest.raises(httpx.ConnectError):
            await stranger.get(sandbox.endpoints.graph)


@pytest.mark.parametrize("effect", ["drop_before", "drop_after"])
async def test_a_cut_connection_reaches_the_client_as_one(
    sandbox: Sandbox, http: httpx.AsyncClient, effect: Any
) -> None:
    arm(sandbox.apps.faults, [Rule(app="graph", effect=effect)])
    with pytest.raises(httpx.TransportError):
        await http.get(f"{sandbox.endpoints.graph}/users")
    assert (await http.get(f"{sandbox.endpoints.graph}/users")).status_code == 401


async def test_only_the_public_certificate_is_written(world: Json, tmp_path: Path) -> None:
    async with running(world, tmp_path):
        pass
    _assert_only_public(tmp_path)


def _assert_only_public(folder: Path) -> None:
    assert [path.name for path in folder.iterdir()] == ["sandbox-ca.pem"]
    assert "PRIVATE" not in (folder / "sandbox-ca.pem").read_text()


async def test_a_taken_port_is_named_and_the_running_sandbox_stays_trusted(
    world: Json, tmp_path: Path, sandbox: Sandbox
) -> None:
    taken = int(httpx.URL(sandbox.endpoints.authority).port or 0)
    with pytest.raises(NotConfigured) as refusal:
        async with running(world, tmp_path, base_port=taken):
            pass
    assert str(taken) in refusal.value.message
    trust = ssl.create_default_context(cafile=str(sandbox.endpoints.ca_file))
    async with httpx.AsyncClient(verify=trust) as client:
        assert (await client.get(sandbox.endpoints.authority)).status_code < 500


async def test_a_fixed_first_port_gives_the_same_addresses_again(world: Json, tmp_path: Path) -> None:
    async with running(world, tmp_path) as first:
        base = int(httpx.URL(first.endpoints.authority).port or 0)
    for _ in range(2):
        try:
            async with running(world, tmp_path, base_port=base) as again:
                assert again.endpoints.authority == first.endpoints.authority
        except NotConfigured:
            pytest.skip("another program took a neighbouring port meanwhile")


def _certificate() -> tuple[str, str]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "triage")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private.decode(), certificate.public_bytes(serialization.Encoding.PEM).decode()
