"""The make-believe company in process: its state, its clock and clients that carry a token of our service."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from triage.sandbox.apps import Apps, apps, service_token
from triage.sandbox.arm import ACCOUNT, RESOURCE_GROUP, subscription_id
from triage.sandbox.records import AppRegistration, Group, Json
from triage.sandbox.registrations import ARM, GRAPH, VAULT, credentials
from triage.sandbox.tenant import groups_of, roles_of

HARBORLINE = Path(__file__).parents[2] / "training/data/companies/harborline.json"


@dataclass
class Clock:
    """A clock that stands still until a test moves it."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture(scope="session")
def world() -> Json:
    loaded: Json = json.loads(HARBORLINE.read_text())
    return loaded


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2026, 11, 23, 9, 0, tzinfo=UTC))


@pytest.fixture
def company(world: Json, clock: Clock) -> Apps:
    return apps(world, clock)


@pytest.fixture
def service(company: Apps) -> AppRegistration:
    """Our own app registration, whose grants a test may change."""
    return company.tenant.apps[credentials(company.tenant, "service").client_id]


@pytest.fixture
async def graph(company: Apps) -> AsyncIterator[httpx.AsyncClient]:
    async with _client(company, company.graph, GRAPH, "https://graph.sandbox.invalid/v1.0") as client:
        yield client


@pytest.fixture
async def vault(company: Apps) -> AsyncIterator[httpx.AsyncClient]:
    async with _client(company, company.vault, VAULT, "https://vault.sandbox.invalid") as client:
        client.params = httpx.QueryParams({"api-version": "2026-04-01"})
        yield client


@pytest.fixture
async def automation(company: Apps) -> AsyncIterator[httpx.AsyncClient]:
    account = (
        f"/subscriptions/{subscription_id(company.tenant)}/resourceGroups/{RESOURCE_GROUP}"
        f"/providers/Microsoft.Automation/automationAccounts/{ACCOUNT}"
    )
    async with _client(company, company.arm, ARM, f"https://arm.sandbox.invalid{account}") as client:
        client.params = httpx.QueryParams({"api-version": "2024-10-23"})
        yield client


def _client(company: Apps, app: Any, audience: str, base: str) -> httpx.AsyncClient:
    def auth(request: httpx.Request) -> httpx.Request:
        request.headers["Authorization"] = f"Bearer {service_token(company, audience)}"
        return request

    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=base, auth=auth)


@pytest.fixture
def person(company: Apps) -> Callable[..., Json]:
    """Find an ordinary enabled person: synced or not, with an active role or none."""

    def find(*, synced: bool = False, role: bool = False, skip: int = 0) -> Json:
        found = (u for u in company.tenant.users.values() if _fits(company, u, synced, role))
        return _nth(found, skip)

    return find


def _fits(company: Apps, user: Json, synced: bool, role: bool) -> bool:
    groups = list(groups_of(company.tenant, user["id"]))
    return (
        user["accountEnabled"]
        and user["userType"] == "Member"
        and bool(user["givenName"])
        and bool(user["onPremisesSyncEnabled"]) is synced
        and bool(roles_of(company.tenant, user["id"])) is role
        and not any(group.properties["isAssignableToRole"] for group in groups)
    )


@pytest.fixture
def group(company: Apps) -> Callable[[str], Group]:
    """Find a group by its display name."""

    def find(name: str) -> Group:
        return next(g for g in company.tenant.groups.values() if g.properties["displayName"] == name)

    return find


@pytest.fixture
def locked(company: Apps) -> str:
    """The name of an ordinary account that is locked."""
    accounts = company.tenant.ad.values()
    return next(a.sam for a in accounts if a.locked and a.enabled and not a.protected)


def _nth(found: Iterator[Json], skip: int) -> Json:
    for _ in range(skip):
        next(found)
    return next(found)
