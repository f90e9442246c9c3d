"""The clients over the real network: TLS with a local authority, HTTP/2 where offered, MSAL's tokens."""

from __future__ import annotations

import asyncio
import ssl
import uuid
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from actions.clients.credentials import secret
from actions.clients.gate import InMemoryGate
from actions.clients.oauth import OAuthTokens
from actions.clients.pacing import Pacing
from actions.clients.tokens import MsalTokens, confidential_app
from actions.connect import Outside, connect, network, tls
from actions.errors import NotFound, Unreachable, WriteInPlan
from tests.actions.stage import WORLD, Stage, places
from triage.clock import system_clock
from triage.sandbox import servicenow
from triage.sandbox.ca import new_authority
from triage.sandbox.registrations import credentials
from triage.sandbox.server import Sandbox, running

FREYA = "e8ff2d8e-736a-553f-9edf-2e19270add77"
VPN = "971ecb87-2c96-5d34-9f5c-16e4cc7f1ac8"


def connected(sandbox: Sandbox, entra_http: httpx.Client, ca_file: Path | None) -> Outside:
    at, tenant = sandbox.endpoints, sandbox.apps.tenant
    ours, theirs = credentials(tenant, "service"), servicenow.credentials(tenant)
    build = confidential_app(
        authority=f"{at.authority}/{at.tenant_id}",
        client_id=ours.client_id,
        credential=secret(SecretStr(ours.secret)),
        http=entra_http,
        instance_discovery=False,
    )
    transport = network(ca_file)
    return connect(
        places(
            sandbox.apps, graph_url=at.graph, arm_url=at.arm, vault_url=at.vault, servicenow_url=at.servicenow
        ),
        tokens=MsalTokens(build, system_clock),
        servicenow_tokens=OAuthTokens(
            "ServiceNow",
            f"{at.servicenow}/oauth_token.do",
            theirs.client_id,
            SecretStr(theirs.client_secret),
            httpx.AsyncClient(transport=transport),
            system_clock,
        ),
        gate=InMemoryGate(),
        pacing=Pacing(system_clock, chance=lambda: 0.0),
        transport=transport,
    )


async def test_every_client_reaches_its_service_over_tls(tmp_path: Path) -> None:
    async with running(WORLD, tmp_path) as sandbox:
        at = sandbox.endpoints
        with httpx.Client(verify=tls(at.ca_file)) as entra_http:
            outside = connected(sandbox, entra_http, at.ca_file)
            reading, writing = outside.reading, outside.writing(uuid.UUID(int=3))
            assert (await reading.graph.users.get(FREYA)).display_name == "Freya Ramos"
            await writing.graph.groups.add_member(VPN, FREYA)
            assert await reading.graph.groups.is_member(VPN, FREYA)
            with pytest.raises(WriteInPlan):
                await reading.graph.groups.remove_member(VPN, FREYA)
            with pytest.raises(NotFound):
                await reading.automation.job(uuid.UUID(int=3))
            await writing.vault.set("run-3", SecretStr("x"))
            with pytest.raises(NotFound):
                await outside.servicenow.record("incident", "0" * 32, ("number",))
            await outside.close()


async def test_a_server_whose_authority_is_unknown_is_not_spoken_to(tmp_path: Path) -> None:
    async with running(WORLD, tmp_path) as sandbox:
        with httpx.Client(verify=tls(sandbox.endpoints.ca_file)) as entra_http:
            outside = connected(sandbox, entra_http, None)
            with pytest.raises(Unreachable, match="certificate is not trusted"):
                await outside.reading.graph.users.get(FREYA)
            await outside.close()


@pytest.mark.parametrize(("offered", "spoken"), [(["h2", "http/1.1"], "h2"), (["http/1.1"], "http/1.1")])
async def test_http_2_is_spoken_where_it_is_offered(tmp_path: Path, offered: list[str], spoken: str) -> None:
    authority, chosen = new_authority(tmp_path), list[str | None]()
    authority.server.set_alpn_protocols(offered)

    async def hang_up(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        chosen.append(writer.get_extra_info("ssl_object").selected_alpn_protocol())
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0, ssl=authority.server)
    port = server.sockets[0].getsockname()[1]
    async with server, httpx.AsyncClient(transport=network(authority.ca_file)) as http:
        with pytest.raises(httpx.TransportError):
            await http.get(f"https://127.0.0.1:{port}")

    assert chosen == [spoken]


def test_certificates_and_host_names_are_checked() -> None:
    context = tls()
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname


async def test_a_run_is_named_to_every_service(stage: Stage) -> None:
    world = stage.outside.writing(uuid.UUID(int=3))
    await world.graph.users.get(FREYA)
    await world.vault.set("run-3", SecretStr("x"))
    with pytest.raises(NotFound):
        await world.automation.job(uuid.UUID(int=3))
    headers = [one.headers for one in stage.transport.sent if one.url.host != "entra.test"]
    ids = {one.get("client-request-id", one.get("x-ms-client-request-id")) for one in headers}
    assert ids == {str(uuid.UUID(int=3))}
