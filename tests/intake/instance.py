"""A make-believe ServiceNow in process: tests write, our client reads, and the clock is moved by hand."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr
from starlette.types import ASGIApp

from actions.clients.gate import InMemoryGate
from actions.clients.oauth import OAuthTokens
from actions.clients.pacing import Pacing
from actions.clients.servicenow import ServiceNowClient
from actions.connect import Places, connect
from triage.sandbox import servicenow
from triage.sandbox.founding import found
from triage.sandbox.servicenow.history import Author
from triage.sandbox.servicenow.play import Played, put_in
from triage.sandbox.servicenow.writing import update
from triage.sandbox.throttle import Throttle

WORLD = json.loads(Path("training/data/companies/harborline.json").read_text(encoding="utf-8"))
URL = "https://servicenow.test"
KARIN, ELENA = "karin.wright@harborline.example", "elena.bianchi@harborline.example"


@dataclass
class Time:
    """A clock that stands until it is moved."""

    now: datetime = field(default=datetime(2026, 11, 24, 9, 0, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.now

    def move(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass
class Desk:
    """What people do in ServiceNow."""

    instance: servicenow.Instance
    client: ServiceNowClient
    time: Time
    _counting: Counting

    @property
    def requests(self) -> int:
        """How many requests our client has sent."""
        return self._counting.requests

    def meanwhile(self, do: Callable[[], None]) -> None:
        """Let `do` happen before each request of our client."""
        self._counting.before = do

    def open(self, **row: object) -> Played:
        """Put a ticket in; without words it is about a licence, by Karin, through the portal."""
        usual = {"short_description": "A licence", "caller_id": KARIN, "contact_type": "self-service"}
        return put_in(self.instance, {**usual, **row})

    def change(self, played: Played, user: str, **values: str) -> None:
        """Let somebody change a ticket; `comments` and `work_notes` are added to it."""
        update(self.instance, played.table, self.row(played), values, Author(user))

    def row(self, played: Played) -> dict[str, str]:
        """Return the record as it is now."""
        return self.instance.tables[played.table][played.sys_id]


class Counting(httpx.AsyncBaseTransport):
    """Counts the requests to the app behind it; `before` happens first at each, as if others were at work."""

    def __init__(self, app: ASGIApp) -> None:
        self._inner = httpx.ASGITransport(app)
        self.requests = 0
        self.before: Callable[[], None] = lambda: None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Count and pass on."""
        self.requests += 1
        self.before()
        return await self._inner.handle_async_request(request)


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    """A freshly founded instance and our client on it."""
    time = Time()
    tenant = found(WORLD, time)
    instance = servicenow.found(tenant)
    transport = Counting(servicenow.app_for(instance, Throttle()))
    credentials = servicenow.credentials(tenant)
    async with httpx.AsyncClient(transport=transport) as http:
        tokens = OAuthTokens(
            name="ServiceNow",
            url=f"{URL}/oauth_token.do",
            client_id=credentials.client_id,
            client_secret=SecretStr(credentials.client_secret),
            http=http,
            clock=time,
        )
        outside = connect(
            _places(),
            tokens=tokens,
            servicenow_tokens=tokens,
            gate=InMemoryGate(),
            pacing=Pacing(time),
            transport=transport,
        )
        yield Desk(instance, outside.servicenow, time, transport)


def _places() -> Places:
    nowhere = "https://nowhere.test"
    return Places(
        graph_url=nowhere,
        graph_scope="",
        arm_url=nowhere,
        arm_scope="",
        vault_url=nowhere,
        vault_scope="",
        servicenow_url=URL,
        subscription_id="",
        resource_group="",
        automation_account="",
        worker_group="",
    )
