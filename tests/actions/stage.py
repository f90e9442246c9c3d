"""The make-believe company in process, with clients on it and a clock that moves when somebody waits."""

from __future__ import annotations

import copy
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr

from actions.catalogue import load
from actions.clients.gate import Gate, InMemoryGate
from actions.clients.oauth import OAuthTokens
from actions.clients.pacing import Pacing
from actions.connect import Outside, Places, connect, network
from actions.contract import RunContext, World
from triage.sandbox import servicenow
from triage.sandbox.apps import Apps, apps
from triage.sandbox.arm import ACCOUNT, RESOURCE_GROUP, subscription_id
from triage.sandbox.registrations import GRAPH, credentials
from triage.sandbox.server import HOST, Sandbox
from triage.sandbox.worker import ENDED, advance

WORLD = json.loads(Path("training/data/companies/harborline.json").read_text(encoding="utf-8"))
_CHANGED = ("users", "managers", "groups", "ad", "servers", "mailboxes", "exchange")
_READS = frozenset({"LicenseAssignment.Read.All", "AuditLog.Read.All", "Mail.Send"})
PASSWORD = SecretStr("Anchor-Winch-Harbour-27")


@dataclass
class Time:
    """A clock that stands still but for those who wait; `slept` holds each wait in seconds."""

    now: datetime = datetime(2026, 11, 24, 9, 30, 15, 250_000, tzinfo=UTC)
    slept: list[float] = field(default_factory=list)

    def clock(self) -> datetime:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)


class ByHost(httpx.AsyncBaseTransport):
    """Each host name is one app, or a way to one; every request sent is kept.

    `instead` holds JSON texts that are answered, with 200, in place of the app, by method and start of the
    path.
    """

    def __init__(self, apps_by_host: Mapping[str, Any]) -> None:
        self.inner = {
            host: app if isinstance(app, httpx.AsyncBaseTransport) else httpx.ASGITransport(app)
            for host, app in apps_by_host.items()
        }
        self.sent: list[httpx.Request] = []
        self.instead: dict[tuple[str, str], str] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(request)
        for (method, path), text in self.instead.items():
            if request.method == method and request.url.path.startswith(path):
                return httpx.Response(200, text=text, headers={"Content-Type": "application/json"})
        return await self.inner[request.url.host].handle_async_request(request)

    async def aclose(self) -> None:
        for inner in self.inner.values():
            await inner.aclose()


@dataclass
class Stage:
    """Everything a test of an action needs."""

    apps: Apps
    outside: Outside
    time: Time
    transport: ByHost
    run: RunContext

    @property
    def reading(self) -> World:
        return self.outside.reading

    @property
    def writing(self) -> World:
        return self.outside.writing(self.run.run_id)

    def grant(self, permissions: frozenset[str]) -> None:
        """Let our app have just these Graph permissions."""
        app = self.apps.tenant.apps[credentials(self.apps.tenant, "service").client_id]
        app.granted[GRAPH] = set(permissions)

    def calm(self) -> None:
        """End all faults and let every wait they caused pass."""
        self.apps.faults.armed.clear()
        self.time.now += timedelta(days=1)

    def end_jobs(self) -> None:
        """Let the workers finish every job that was started."""
        while any(job.status not in ENDED for job in self.apps.tenant.jobs.values()):
            advance(self.apps.tenant, self.apps.workers)

    def directory(self) -> dict[str, Any]:
        """Return a copy of what writes can change; members and licences in no order, without their times."""
        tenant = self.apps.tenant
        kept = copy.deepcopy({name: getattr(tenant, name) for name in _CHANGED})
        for user in kept["users"].values():
            for name in ("assignedLicenses", "licenseAssignmentStates"):
                user[name].sort(key=lambda entry: entry["skuId"])
                user[name] = [entry | {"lastUpdatedDateTime": None} for entry in user[name]]
        for group in kept["groups"].values():
            group.members.sort()
        return kept


def staged() -> Stage:
    """Found the company and connect to it."""
    time = Time()
    made = apps(WORLD, time.clock)
    names = ("entra", "graph", "arm", "vault", "servicenow")
    transport = ByHost({f"{name}.test": getattr(made, name) for name in names})
    outside = connect(
        places(made),
        tokens=entra_tokens(made, transport, time),
        servicenow_tokens=servicenow_tokens(made, transport, time),
        gate=InMemoryGate(),
        pacing=Pacing(time.clock, time.sleep, lambda: 0.5),
        transport=transport,
    )
    return _set(made, outside, time, transport)


def staged_over_https(served: Sandbox, time: Time, gate: Gate) -> Stage:
    """Connect to a sandbox that listens on loopback and lives by `time`."""
    made, at = served.apps, served.endpoints
    transport = ByHost({HOST: network(at.ca_file)})
    outside = connect(
        places(made, graph_url=at.graph, arm_url=at.arm, vault_url=at.vault, servicenow_url=at.servicenow),
        tokens=entra_tokens(made, transport, time, at.authority),
        servicenow_tokens=servicenow_tokens(made, transport, time, at.servicenow),
        gate=gate,
        pacing=Pacing(time.clock, time.sleep, lambda: 0.5),
        transport=transport,
    )
    return _set(made, outside, time, transport)


def _set(made: Apps, outside: Outside, time: Time, transport: ByHost) -> Stage:
    run = RunContext(uuid.UUID(int=7), time.now, secret=PASSWORD, secret_name="run-7")
    stage = Stage(made, outside, time, transport, run)
    stage.grant(frozenset[str]().union(*(action.permissions for action in load().values()), _READS))
    return stage


def places(
    made: Apps,
    *,
    graph_url: str = "https://graph.test/v1.0",
    arm_url: str = "https://arm.test",
    vault_url: str = "https://vault.test",
    servicenow_url: str = "https://servicenow.test",
) -> Places:
    """Where the apps are."""
    return Places(
        graph_url=graph_url,
        graph_scope="https://graph.microsoft.com/.default",
        arm_url=arm_url,
        arm_scope="https://management.azure.com/.default",
        vault_url=vault_url,
        vault_scope="https://vault.azure.net/.default",
        servicenow_url=servicenow_url,
        subscription_id=subscription_id(made.tenant),
        resource_group=RESOURCE_GROUP,
        automation_account=ACCOUNT,
        worker_group="hamburg",
        verified_id_url="https://entra.test/verifiedid/v1.0",
        verified_id_scope="3db474b9-6a0c-4840-96ac-1fceb342124f/.default",
    )


def entra_tokens(
    made: Apps, transport: ByHost, time: Time, authority: str = "https://entra.test"
) -> OAuthTokens:
    """Tokens of our app from the sandbox's Entra."""
    ours = credentials(made.tenant, "service")
    url = f"{authority}/{made.tenant.id}/oauth2/v2.0/token"
    http = httpx.AsyncClient(transport=transport)
    return OAuthTokens("Entra", url, ours.client_id, SecretStr(ours.secret), http, time.clock)


def servicenow_tokens(
    made: Apps, transport: ByHost, time: Time, instance: str = "https://servicenow.test"
) -> OAuthTokens:
    """Tokens of our integration user from the sandbox's ServiceNow."""
    ours = servicenow.credentials(made.tenant)
    http = httpx.AsyncClient(transport=transport)
    url = f"{instance}/oauth_token.do"
    return OAuthTokens("ServiceNow", url, ours.client_id, SecretStr(ours.client_secret), http, time.clock)
