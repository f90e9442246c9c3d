"""What the checks look at: the settings, and connections to everything outside that cannot write."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx

from actions.clients.bearer import TokenSource
from actions.clients.gate import InMemoryGate
from actions.clients.pacing import Pacing
from actions.clients.readonly import ReadOnly
from actions.clients.servicenow import ServiceNowClient
from actions.connect import Places, connect, network, tls
from actions.contract import World
from triage.access import entra_tokens, places, servicenow_tokens
from triage.clock import Clock
from triage.errors import NotConfigured
from triage.settings import Settings

_SECONDS = 8.0


@dataclass(frozen=True)
class Ground:
    """What every check is given.

    Attributes:
        settings: as the service would use them.
        clock: this machine's.
        tokens: of our app registration.
        servicenow_tokens: of the ServiceNow integration.
        world: Graph, Automation and Key Vault.
        servicenow: the instance.
        http: asks an address without a token.
    """

    settings: Settings
    clock: Clock
    tokens: TokenSource
    servicenow_tokens: TokenSource
    world: World
    servicenow: ServiceNowClient
    http: httpx.AsyncClient


@dataclass(frozen=True)
class NotSet:
    """The token source of a service without a credential: asking for a token tells what is missing."""

    error: NotConfigured

    async def token(self, scope: str, *, claims: str = "") -> str:  # noqa: ARG002 - there is none for any
        """Return nothing.

        Raises:
            NotConfigured: always.
        """
        raise self.error

    async def forget(self, scope: str) -> None:
        """Forget nothing, as nothing is kept."""


@asynccontextmanager
async def standing(settings: Settings, clock: Clock) -> AsyncIterator[Ground]:
    """Build the connections, which calls nothing yet, and close them at the end.

    Waits that a service asks for are not shared with the workers here, since the database may be down.
    """
    trusted = usable(settings.ca_file)
    wire = network(trusted)
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(httpx.AsyncClient(transport=wire, timeout=_SECONDS))
        msal_http = stack.enter_context(httpx.Client(verify=tls(trusted), timeout=_SECONDS))
        tokens = _built(lambda: entra_tokens(settings, msal_http, clock))
        servicenow = _built(lambda: servicenow_tokens(settings, http, clock))
        outside = connect(
            _where(settings),
            tokens=tokens,
            servicenow_tokens=servicenow,
            gate=InMemoryGate(),
            pacing=Pacing(clock),
            transport=ReadOnly(wire),
        )
        yield Ground(settings, clock, tokens, servicenow, outside.reading, outside.servicenow, http)


def usable(ca_file: Path | None) -> Path | None:
    """Return the file of authorities, or `None` when it cannot be used: the rest is looked at without."""
    try:
        tls(ca_file)
    except (OSError, ssl.SSLError):
        return None
    return ca_file


def _where(settings: Settings) -> Places:
    """Return where everything is; a vault whose address is none has none, as its own check says."""
    found = places(settings)
    try:
        httpx.URL(found.vault_url)
    except httpx.InvalidURL:
        return replace(found, vault_url="")
    return found


def _built(build: Callable[[], TokenSource]) -> TokenSource:
    try:
        return build()
    except NotConfigured as error:
        return NotSet(error)
