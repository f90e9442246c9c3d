"""One service over a router of canned answers, with a clock that moves when somebody waits."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import httpx
import respx

from actions.clients.bearer import TokenSource
from actions.clients.gate import InMemoryGate
from actions.clients.http import Api, Load
from actions.clients.pacing import Pacing
from actions.clients.service import Service
from tests.actions.stage import Time

BASE = "https://graph.test/v1.0"
SERVICE = Service(
    key="graph",
    name="Microsoft Graph",
    base_url=BASE,
    scope="https://graph.microsoft.com/.default",
    consent=True,
    grant="Grant {permission}.",
)


@dataclass
class Tokens:
    """Hands out `given` one after the other, the last one for ever; `asked` holds scope and claims."""

    given: list[str] = field(default_factory=lambda: ["token"])
    asked: list[tuple[str, str]] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)

    async def token(self, scope: str, *, claims: str = "") -> str:
        self.asked.append((scope, claims))
        if claims:
            self.given = self.given[1:] or self.given
        return self.given[0]

    async def forget(self, scope: str) -> None:
        self.forgotten.append(scope)
        self.given = self.given[1:] or self.given


@dataclass
class Bench:
    """An `Api` and what it stands on."""

    router: respx.MockRouter
    time: Time = field(default_factory=Time)
    gate: InMemoryGate = field(default_factory=InMemoryGate)
    chance: float = 0.5

    def api(self, tokens: TokenSource | None = None, service: Service = SERVICE) -> Api:
        transport = httpx.MockTransport(self.router.async_handler)
        return Api(
            service,
            httpx.AsyncClient(transport=transport),
            tokens or Tokens(),
            self.gate,
            Pacing(self.time.clock, self.time.sleep, lambda: self.chance),
            Load(asyncio.Semaphore(service.concurrency)),
        )


def bench() -> Bench:
    """Return a bench whose router refuses what a test did not foresee."""
    return Bench(respx.MockRouter(assert_all_called=False))
