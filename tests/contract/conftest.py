"""One sandbox for all vendors' clients, over real HTTPS, in a thread of its own: most of them block."""

from __future__ import annotations

import asyncio
import json
import ssl
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from azure.identity import ClientSecretCredential
from kiota_authentication_azure.azure_identity_authentication_provider import (
    AzureIdentityAuthenticationProvider,
)
from kiota_http.middleware.options import RetryHandlerOption
from msgraph import GraphRequestAdapter, GraphServiceClient
from msgraph_core import GraphClientFactory

from triage.sandbox.graph.operations import OPERATIONS
from triage.sandbox.records import AppRegistration, Json
from triage.sandbox.registrations import GRAPH, credentials
from triage.sandbox.server import Sandbox, running
from triage.sandbox.tenant import groups_of, roles_of

HARBORLINE = Path(__file__).parents[2] / "training/data/companies/harborline.json"
Made = Callable[[Any], Any]


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """The running company, with every permission granted."""
    started: list[Sandbox] = []
    up, loops, end = threading.Event(), list[asyncio.AbstractEventLoop](), asyncio.Event()

    async def serve() -> None:
        loops.append(asyncio.get_running_loop())
        world = json.loads(HARBORLINE.read_text())
        async with running(world, tmp_path_factory.mktemp("contract")) as made:
            started.append(made)
            up.set()
            await end.wait()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert up.wait(20)
    service = started[0].apps.tenant.apps[credentials(started[0].apps.tenant, "service").client_id]
    service.granted[GRAPH] = {need for operation in OPERATIONS for need in operation.needs} | {
        *("User-PasswordProfile.ReadWrite.All", "User.EnableDisableAccount.All", "BitlockerKey.Read.All"),
    }
    yield started[0]
    loops[0].call_soon_threadsafe(end.set)
    thread.join(20)


@pytest.fixture(autouse=True)
def _own_authority(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):  # they would beat the authority a client is given
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def service(sandbox: Sandbox) -> AppRegistration:
    """Our own app registration."""
    tenant = sandbox.apps.tenant
    return tenant.apps[credentials(tenant, "service").client_id]


@pytest.fixture
def credential_of(sandbox: Sandbox) -> Iterator[Made]:
    """Make a credential of `service` or `script` by its secret, as azure-identity documents it."""
    made: list[ClientSecretCredential] = []

    def make(app: str) -> ClientSecretCredential:
        known = credentials(sandbox.apps.tenant, app)
        made.append(
            ClientSecretCredential(
                sandbox.apps.tenant.id,
                known.client_id,
                known.secret,
                authority=sandbox.endpoints.authority,
                disable_instance_discovery=True,
                connection_verify=str(sandbox.endpoints.ca_file),
            )
        )
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
async def graph_of(sandbox: Sandbox, credential_of: Made) -> AsyncIterator[Made]:
    """Make Microsoft's client of Graph for `service` or `script`; it repeats nothing by itself here."""
    trust = ssl.create_default_context(cafile=str(sandbox.endpoints.ca_file))
    base, transports = sandbox.endpoints.graph, list[httpx.AsyncHTTPTransport]()

    def make(app: str) -> GraphServiceClient:
        hosts = [httpx.URL(base).host, httpx.URL(base).netloc.decode()]
        auth = AzureIdentityAuthenticationProvider(
            credential_of(app), scopes=[f"{GRAPH}/.default"], allowed_hosts=hosts
        )
        # The factory puts its own transport over this one and forgets to close it.
        transports.append(httpx.AsyncHTTPTransport(verify=trust))
        http = httpx.AsyncClient(transport=transports[-1], base_url=base, trust_env=False)
        once = {RetryHandlerOption.get_key(): RetryHandlerOption(should_retry=False)}
        made = GraphClientFactory.create_with_default_middleware(client=http, options=once)
        adapter = GraphRequestAdapter(auth, client=made)
        adapter.base_url = base
        return GraphServiceClient(request_adapter=adapter)

    yield make
    for one in transports:
        await one.aclose()


@pytest.fixture
def graph(graph_of: Made) -> Any:
    """Microsoft's client of Graph, signed in as our service."""
    return graph_of("service")


_taken: set[str] = set()


@pytest.fixture
def fresh(sandbox: Sandbox) -> Callable[[], Json]:
    """Find an ordinary cloud person no other test has used."""

    def find() -> Json:
        tenant = sandbox.apps.tenant
        for user in tenant.users.values():
            ordinary = user["accountEnabled"] and user["givenName"] and user["assignedLicenses"]
            cloud = user["userType"] == "Member" and not user["onPremisesSyncEnabled"]
            held = any(group.properties["isAssignableToRole"] for group in groups_of(tenant, user["id"]))
            special = held or roles_of(tenant, user["id"]) or user["id"] in _taken
            if ordinary and cloud and not special:
                _taken.add(user["id"])
                return user
        raise AssertionError("the company has too few people for these tests")

    return find
