"""Entra tokens through MSAL: one request in flight per scope, errors in our words (entra-auth.md)."""

from __future__ import annotations

import asyncio
import re
import threading
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

import httpx
import msal
from pydantic import SecretStr

from actions.errors import Forbidden, OutsideError, Unreachable

_BREATH = timedelta(seconds=30)
_AADSTS = re.compile(r"AADSTS(\d{4,7})")

HINTS: Mapping[int, str] = {
    7000215: "The client secret is wrong or not known everywhere yet: is its value set, not its id?",
    7000222: "The client secret has expired: add a new one (`triage secrets rotate`).",
    700016: "The tenant does not know the client id: check both.",
    90002: "There is no such tenant: check the tenant id and the authority.",
    700027: "The certificate is not registered for our app: upload its public part.",
    7000112: "Our app registration is disabled: an administrator must enable it.",
    53003: "Conditional access for workload identities blocks us: ask who made that policy.",
    9001023: "The authority must name the tenant, not `common`.",
}
"""What to do, by AADSTS number; numbers choose a hint only, decisions rest on the OAuth error."""

Credential = str | dict[str, Any]
"""What MSAL takes: a secret, or a dict for a certificate or a federated assertion (entra-auth.md 4)."""


class MsalApp(Protocol):
    """What is used of `msal.ConfidentialClientApplication`."""

    def acquire_token_for_client(
        self, scopes: list[str], claims_challenge: str | None = None
    ) -> dict[str, Any]:
        """Return a token, kept or new, or a dict with `error`."""

    def remove_tokens_for_client(self) -> None:
        """Drop all kept tokens."""


def secret(value: SecretStr) -> Callable[[], Credential]:
    """Return a client secret as a credential that is unwrapped only when it is used."""
    return value.get_secret_value


def confidential_app(
    *,
    authority: str,
    client_id: str,
    credential: Callable[[], Credential],
    http: httpx.Client,
    instance_discovery: bool = True,
) -> Callable[[], MsalApp]:
    """Return how to build the MSAL application; building already asks the authority (OIDC discovery).

    Args:
        authority: login host and tenant, for instance `https://login.microsoftonline.com/TENANT`.
        client_id: application id of our registration.
        credential: gives the secret, certificate or assertion.
        http: brings time-outs and the certificate authority; MSAL needs only its `get` and `post`.
        instance_discovery: off for an authority Microsoft does not know.
    """

    def build() -> MsalApp:
        app: MsalApp = msal.ConfidentialClientApplication(
            client_id,
            client_credential=credential(),
            authority=authority,
            instance_discovery=instance_discovery,
            http_client=http,
        )
        return app

    return build


@dataclass
class MsalTokens:
    """Tokens of our app registration (a `TokenSource`).

    MSAL keeps tokens, but lets eight threads make eight requests and does not remember a wrong secret
    (entra-auth.md section 5): so one request a scope is in flight, and a refusal stands for 30 seconds. After
    one the application is built anew, so that a renewed secret is taken up without a restart.
    """

    build: Callable[[], MsalApp]
    clock: Callable[[], datetime]
    _app: MsalApp | None = field(default=None, repr=False)
    _locks: defaultdict[str, asyncio.Lock] = field(
        default_factory=lambda: defaultdict(asyncio.Lock), repr=False
    )
    _building: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _refused: dict[str, tuple[datetime, Forbidden]] = field(default_factory=dict, repr=False)
    _forgotten: datetime | None = field(default=None, repr=False)

    async def token(self, scope: str, *, claims: str = "") -> str:
        """Return a token, a kept one unless `claims` are asked for (see `TokenSource.token`)."""
        async with self._locks[scope]:
            if scope in self._refused and self._refused[scope][0] > self.clock():
                raise self._refused[scope][1]
            try:
                return await asyncio.to_thread(self._acquire, scope, claims)
            except Forbidden as error:
                self._refused[scope], self._app = (self.clock() + _BREATH, error), None
                raise

    async def forget(self, scope: str) -> None:
        """Drop the kept tokens, at most once in 30 seconds, so that a storm of 403s costs one request."""
        async with self._locks[scope]:
            recently = self._forgotten is not None and self.clock() - self._forgotten < _BREATH
            if self._app is not None and not recently:
                self._forgotten = self.clock()
                await asyncio.to_thread(self._app.remove_tokens_for_client)

    def _built(self) -> MsalApp:
        with self._building:  # scopes are asked for in threads of their own
            app = self._app = self._app or self.build()
        return app

    def _acquire(self, scope: str, claims: str) -> str:
        try:
            result = self._built().acquire_token_for_client([scope], claims_challenge=claims or None)
        except ValueError as error:  # how MSAL tells that discovery failed
            raise _refusal("invalid_authority", str(error)) from None
        except (httpx.TransportError, msal.exceptions.MsalServiceError) as error:
            raise _unreachable(type(error).__name__) from None
        if "access_token" not in result:
            raise _translated(result)
        return str(result["access_token"])


def _translated(result: Mapping[str, Any]) -> OutsideError:
    error = str(result.get("error", "unknown_error"))
    if error in {"temporarily_unavailable", "server_error"}:
        return _unreachable(error)
    return _refusal(error, str(result.get("error_description", "")))


def _refusal(error: str, description: str) -> Forbidden:
    number = int(found[1]) if (found := _AADSTS.search(description)) else 0
    code = f"AADSTS{number}" if number else error
    return Forbidden(
        f"Entra gave our app registration no token ({error}, {code}).",
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
