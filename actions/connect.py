"""Builds the outside from plain parts: a world that reads, worlds that write for one run, ServiceNow."""

from __future__ import annotations

import asyncio
import ssl
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import httpx

from actions.clients.automation import AutomationClient, account_path
from actions.clients.bearer import TokenSource
from actions.clients.gate import Gate
from actions.clients.graph import GraphClient
from actions.clients.graph.recent import RecentPeople
from actions.clients.http import Api, Load
from actions.clients.keyvault import KeyVaultClient
from actions.clients.pacing import Pacing
from actions.clients.readonly import ReadOnly
from actions.clients.service import Service
from actions.clients.servicenow import ServiceNowClient
from actions.clients.verified_id import VerifiedIdClient
from actions.contract import World

_TIMEOUT = httpx.Timeout(30.0, connect=5.0, pool=10.0)
_USER_AGENT = "ticket-triage"


@dataclass(frozen=True, kw_only=True)
class Places:
    """Where everything is; each national cloud differs in all of it."""

    graph_url: str
    graph_scope: str
    arm_url: str
    arm_scope: str
    vault_url: str
    vault_scope: str
    servicenow_url: str
    subscription_id: str
    resource_group: str
    automation_account: str
    worker_group: str
    verified_id_url: str = ""
    verified_id_scope: str = ""


@dataclass(frozen=True)
class Outside:
    """Everything outside, as the service may use it.

    Attributes:
        reading: a world that cannot write, for check, plan, verify and enrichment.
        servicenow: reads tickets and writes back.
        verified_id: asks people for their credential.
    """

    reading: World
    servicenow: ServiceNowClient
    verified_id: VerifiedIdClient
    close: Callable[[], Awaitable[None]]
    _writing: World

    def writing(self, run_id: uuid.UUID) -> World:
        """Return a world that can write on behalf of one run, whose id goes out with each request."""
        world = self._writing
        return World(
            graph=world.graph.on_behalf_of(run_id),
            automation=world.automation.on_behalf_of(run_id),
            vault=world.vault.on_behalf_of(run_id),
        )


def network(ca_file: Path | None = None) -> httpx.AsyncHTTPTransport:
    """Return the transport to the real network: TLS checked, HTTP/2 where offered.

    Args:
        ca_file: certificate authorities (PEM) to trust besides the system's.
    """
    return httpx.AsyncHTTPTransport(verify=tls(ca_file), http2=True, retries=0)


def tls(ca_file: Path | None = None) -> ssl.SSLContext:
    """Return the system's TLS context, trusting the authorities in `ca_file` too."""
    context = ssl.create_default_context()
    if ca_file is not None:
        context.load_verify_locations(cafile=ca_file)
    return context


def connect(
    places: Places,
    *,
    tokens: TokenSource,
    servicenow_tokens: TokenSource,
    gate: Gate,
    pacing: Pacing,
    transport: httpx.AsyncBaseTransport,
    remember: timedelta = timedelta(),
) -> Outside:
    """Build all clients over one transport; nothing is called yet.

    Args:
        places: addresses and names.
        tokens: tokens of our app registration for Graph, ARM and Key Vault.
        servicenow_tokens: tokens of the ServiceNow integration.
        gate: what all workers share about services that ask to wait.
        pacing: time, sleep and chance.
        transport: the network, or the sandbox's apps in process.
        remember: how long people who were read are known without a look, until one of our writes.
    """
    writer = _client(transport)
    reader = _client(ReadOnly(transport))
    recent = RecentPeople(remember, pacing.clock)

    def api(service: Service, source: TokenSource) -> Api:
        load = Load(asyncio.Semaphore(service.concurrency))
        return Api(service, writer, source, gate, pacing, load, wrote=recent.forget)

    graph, arm, vault = (api(service, tokens) for service in (_graph(places), _arm(places), _vault(places)))
    return Outside(
        reading=_world(places, recent, *(replace(one, http=reader) for one in (graph, arm, vault))),
        servicenow=ServiceNowClient(api(_servicenow(places), servicenow_tokens)),
        verified_id=VerifiedIdClient(api(_verified_id(places), tokens)),
        close=transport.aclose,
        _writing=_world(places, None, graph, arm, vault),
    )


def _client(transport: httpx.AsyncBaseTransport) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=transport, timeout=_TIMEOUT, headers={"User-Agent": _USER_AGENT}, follow_redirects=False
    )


def _world(places: Places, recent: RecentPeople | None, graph: Api, arm: Api, vault: Api) -> World:
    account = account_path(places.subscription_id, places.resource_group, places.automation_account)
    return World(
        graph=GraphClient(graph, recent),
        automation=AutomationClient(arm, account, places.worker_group),
        vault=KeyVaultClient(vault, httpx.URL(places.vault_url).host.partition(".")[0]),
    )


def _graph(places: Places) -> Service:
    return Service(
        key="graph",
        name="Microsoft Graph",
        base_url=places.graph_url.rstrip("/"),
        scope=places.graph_scope,
        consent=True,
        grant=(
            "A Privileged Role Administrator must grant the application permission {permission}: Entra admin"
            " centre > App registrations > our app > API permissions > Add > Microsoft Graph > Application"
            " permissions, then `Grant admin consent`."
        ),
    )


def _arm(places: Places) -> Service:
    return Service(
        key="arm",
        name="Azure Automation",
        base_url=places.arm_url.rstrip("/"),
        scope=places.arm_scope,
        request_id_header="x-ms-client-request-id",
        concurrency=4,
        grant=(
            "An owner of the Automation account must give our app the role {permission}: Azure portal >"
            " the account > Access control (IAM) > Add role assignment."
        ),
    )


def _vault(places: Places) -> Service:
    return Service(
        key="vault",
        name="Key Vault",
        base_url=places.vault_url.rstrip("/"),
        scope=places.vault_scope,
        request_id_header="x-ms-client-request-id",
        concurrency=4,
        grant=(
            "An owner of the vault must give our app the role {permission}: Azure portal > the vault >"
            " Access control (IAM) > Add role assignment; check the vault's firewall too."
        ),
    )


def _verified_id(places: Places) -> Service:
    return Service(
        key="verified_id",
        name="Verified ID",
        base_url=places.verified_id_url.rstrip("/"),
        scope=places.verified_id_scope,
        concurrency=2,
        grant=(
            "A Privileged Role Administrator must grant the application permission {permission} of the API"
            " `Verifiable Credentials Service Request` to our app, then `Grant admin consent`."
        ),
    )


def _servicenow(places: Places) -> Service:
    return Service(
        key="servicenow",
        name="ServiceNow",
        base_url=places.servicenow_url.rstrip("/"),
        scope="",
        concurrency=4,
        grant=(
            "A ServiceNow administrator must allow our integration user the {permission}: roles `itil` and"
            " `snc_platform_rest_api_access`, and the table's access rules."
        ),
    )
