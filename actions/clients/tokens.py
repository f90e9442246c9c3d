"""Entra tokens through MSAL: one request in flight per scope, errors in our words (entra-auth.md)."""

from __future__ import annotations

import asyncio
import re
import threading
from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

import httpx
import msal

from actions.clients.credentials import Credential, UnusableCredentialError
from actions.clients.msal_http import MsalHttp
from actions.errors import CredentialRefused, OutsideError, Unreachable

_BREATH = timedelta(seconds=30)
_EARLY = timedelta(minutes=5)
"""MSAL takes a token with less than this left for expired."""
_AADSTS = re.compile(r"AADSTS(\d{4,7})")
_CAPABILITIES = ["CP1"]
"""We understand claims challenges, so that Entra may revoke a token before its end (entra-auth.md 6)."""

HINTS: Mapping[int, str] = {
    7000215: "The client secret is wrong or not known everywhere yet: is its value set, not its id?",
    7000222: "The client secret has expired: an owner adds a new one (docs/how-to/renew-the-secret.md).",
    700016: "The tenant does not know the client id: check both.",
    90002: "There is no such tenant: check the tenant id and the authority.",
    700027: "The certificate is not registered for our app: upload its public part.",
    7000112: "Our app registration is disabled: an administrator must enable it.",
    53003: "Conditional access for workload identities blocks us: ask who made that policy.",
    9001023: "The authority must name the tenant, not `common`.",
}
"""What to do, by AADSTS number; numbers choose a hint only, decisions rest on the OAuth error."""


class MsalApp(Protocol):
    """What is used of `msal.ConfidentialClientApplication`."""

    def acquire_token_for_client(
        self, scopes: list[str], claims_challenge: str | None = None
    ) -> dict[str, Any]:
        """Return a token, kept or new, or a dict with `error`."""

    def remove_tokens_for_client(self) -> None:
        """Drop all kept tokens."""


def confidential_app(
    *,
    authority: str,
    client_id: str,
    credential: Callable[[], Credential],
    http: httpx.Client,
    instance_discovery: bool = True,
    cache: msal.TokenCache | None = None,
) -> Callable[[], MsalApp]:
    """Return how to build the MSAL application; building already asks the authority (OIDC discovery).

    Args:
        authority: login host and tenant, for instance `https://login.microsoftonline.com/TENANT`.
        client_id: application id of our registration.
        credential: gives the secret, certificate or assertion.
        http: brings time-outs and the certificate authority.
        instance_discovery: off for an authority Microsoft does not know.
        cache: where MSAL keeps tokens; one of its own without.
    """

    def build() -> MsalApp:
        app: MsalApp = msal.ConfidentialClientApplication(
            client_id,
            client_credential=credential(),
            authority=authority,
            instance_discovery=instance_discovery,
            http_client=MsalHttp(http),
            token_cache=cache,
            client_capabilities=_CAPABILITIES,
        )
        return app

    return build


@dataclass(frozen=True)
class ManagedIdentity:
    """The identity Azure gives to where we run, in the shape of an MSAL application."""

    inner: msal.ManagedIdentityClient

    def acquire_token_for_client(
        self, scopes: list[str], claims_challenge: str | None = None
    ) -> dict[str, Any]:
        """Return a token for the one resource these scopes are of, or a dict with `error`."""
        resource = scopes[0].removesuffix("/.default")
        result: dict[str, Any] = self.inner.acquire_token_for_client(
            resource=resource, claims_challenge=claims_challenge
        )
        return result

    def remove_tokens_for_client(self) -> None:
        """Drop nothing: Azure keeps the token until its end, whatever we do."""


def managed_identity(
    client_id: str, http: httpx.Client, cache: msal.TokenCache | None = None
) -> Callable[[], MsalApp]:
    """Return how to build the client of a managed identity.

    Args:
        client_id: of a user-assigned identity; empty for the one of the machine.
        http: without a proxy, since the endpoint is on the machine itself.
        cache: where MSAL keeps tokens.
    """
    assigned = (
        msal.UserAssignedManagedIdentity(client_id=client_id)
        if client_id
        else msal.SystemAssignedManagedIdentity()
    )
    wire = MsalHttp(http)
    return lambda: ManagedIdentity(msal.ManagedIdentityClient(assigned, http_client=wire, token_cache=cache))


@dataclass(frozen=True)
class _Kept:
    token: str = field(repr=False)
    until: datetime
    claims: str
    got: datetime


@dataclass
class MsalTokens:
    """Tokens of our app registration (a `TokenSource`).

    MSAL keeps tokens, but lets eight threads make eight requests and does not remember a wrong secret
    (entra-auth.md section 5): so one request a scope is in flight, and a refusal stands for 30 seconds. After
    one the application is built anew, so that a renewed secret is taken up without a restart.

    Attributes:
        build: makes the application.
        clock: the present instant (aware, UTC).
        hold: held around every use of the application; what processes share stands behind it.
    """

    build: Callable[[], MsalApp]
    clock: Callable[[], datetime]
    hold: Callable[[], AbstractContextManager[None]] = nullcontext
    _app: MsalApp | None = field(default=None, repr=False)
    _locks: defaultdict[str, asyncio.Lock] = field(
        default_factory=lambda: defaultdict(asyncio.Lock), repr=False
    )
    _building: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _kept: dict[str, _Kept] = field(default_factory=dict, repr=False)
    _refused: dict[str, CredentialRefused] = field(default_factory=dict, repr=False)
    _forgotten: datetime | None = field(default=None, repr=False)

    async def token(self, scope: str, *, claims: str = "") -> str:
        """Return a token, a kept one unless new `claims` are asked for (see `TokenSource.token`)."""
        async with self._locks[scope]:
            if (kept := self._kept.get(scope)) is not None and self._serves(kept, claims):
                return kept.token
            if scope in self._refused and self._refused[scope].retry_at > self.clock():
                raise self._refused[scope]
            try:
                kept = self._kept[scope] = await asyncio.to_thread(self._acquire, scope, claims)
            except CredentialRefused as error:
                self._refused[scope] = error
                raise
            return kept.token

    async def forget(self, scope: str) -> None:
        """Drop the kept tokens, at most once in 30 seconds, so that a storm of 403s costs one request."""
        async with self._locks[scope]:
            recently = self._forgotten is not None and self.clock() - self._forgotten < _BREATH
            if self._app is not None and not recently:
                self._forgotten = self.clock()
                self._kept.clear()
                await asyncio.to_thread(self._remove, self._app)

    def _serves(self, kept: _Kept, claims: str) -> bool:
        """Whether it is good still; asked for with the same claims a moment ago, it answers them already."""
        if claims and (claims != kept.claims or self.clock() - kept.got >= _BREATH):
            return False
        return kept.until > self.clock()

    def _remove(self, app: MsalApp) -> None:
        with self.hold():
            app.remove_tokens_for_client()

    def _built(self) -> MsalApp:
        with self._building:  # scopes are asked for in threads of their own
            app = self._app = self._app or self.build()
        return app

    def _acquire(self, scope: str, claims: str) -> _Kept:
        """Ask once, and once more with the credential as it is now if an older one was refused."""
        fresh = self._app is None
        try:
            return self._ask(scope, claims)
        except CredentialRefused:
            self._app = None
            if fresh:
                raise
        return self._ask(scope, claims)

    def _ask(self, scope: str, claims: str) -> _Kept:
        try:
            with self.hold():
                result = self._built().acquire_token_for_client([scope], claims_challenge=claims or None)
        except UnusableCredentialError as error:
            raise CredentialRefused(
                f"The credential of our app registration is not there: {error}.",
                retry_at=self.clock() + _BREATH,
                hint="Put it there, readable by the service; it is read again by itself.",
                subject="app registration",
            ) from None
        except msal.ManagedIdentityError as error:
            raise _refusal(type(error).__name__, str(error), self.clock()) from None
        except ValueError as error:  # how MSAL tells that discovery failed
            raise _refusal("invalid_authority", str(error), self.clock()) from None
        except (httpx.TransportError, msal.exceptions.MsalServiceError) as error:
            raise _unreachable(type(error).__name__) from None
        if "access_token" not in result:
            raise _translated(result, self.clock())
        now = self.clock()
        left = timedelta(seconds=_seconds(result.get("expires_in")))
        return _Kept(str(result["access_token"]), now + left - min(_EARLY, left / 2), claims, now)


def _seconds(told: object) -> int:
    """Return the life of a token; one that is not told is not kept here."""
    return int(told) if isinstance(told, int | str) and str(told).isdecimal() else 0


def _translated(result: Mapping[str, Any], now: datetime) -> OutsideError:
    error = str(result.get("error", "unknown_error"))
    if error in {"temporarily_unavailable", "server_error"}:
        return _unreachable(error)
    return _refusal(error, str(result.get("error_description", "")), now)


def _refusal(error: str, description: str, now: datetime) -> CredentialRefused:
    number = int(found[1]) if (found := _AADSTS.search(description)) else 0
    code = f"AADSTS{number}" if number else error
    return CredentialRefused(
        f"Entra gave our app registration no token ({error}, {code}).",
        retry_at=now + _BREATH,
        hint=HINTS.get(number, "Check tenant id, client id and credential; `triage doctor` tests them."),
        subject="app registration",
        code=code,
    )


def _unreachable(cause: str) -> Unreachable:
    return Unreachable(
        f"Entra gave no usable answer when asked for a token: {cause}.",
        hint="It is tried again; if that lasts, check the network path to the authority.",
        subject="app registration",
    )
