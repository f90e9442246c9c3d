"""Tokens by plain OAuth client credentials (RFC 6749 section 4.4): ServiceNow, and Entra in process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import httpx
from pydantic import SecretStr

from actions.clients.call import Call
from actions.clients.translate import body_of, error_code, is_page, no_answer
from actions.errors import CredentialRefused, OutsideError

_EARLY = timedelta(seconds=60)
_SHORTEST = timedelta(seconds=5)
_BREATH = timedelta(seconds=30)


@dataclass(frozen=True)
class _Kept:
    token: str = field(repr=False)
    until: datetime


@dataclass
class OAuthTokens:
    """Tokens from one endpoint, kept in memory only; many callers at once cost one request.

    Attributes:
        name: whose endpoint it is, for errors.
        url: the token endpoint.
        clock: the present instant (aware, UTC).
    """

    name: str
    url: str
    client_id: str
    client_secret: SecretStr
    http: httpx.AsyncClient
    clock: Callable[[], datetime]
    _kept: dict[str, _Kept] = field(default_factory=dict, repr=False)
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)

    async def token(self, scope: str, *, claims: str = "") -> str:
        """Return a token, a kept one unless `claims` are asked for (see `TokenSource.token`)."""
        async with self._lock:
            kept = self._kept.get(scope)
            if kept is None or claims or kept.until <= self.clock():
                kept = self._kept[scope] = await self._fetch(scope, claims)
            return kept.token

    async def forget(self, scope: str) -> None:
        """Drop the kept token."""
        self._kept.pop(scope, None)

    async def _fetch(self, scope: str, claims: str) -> _Kept:
        form = {
            "grant_type": "client_credentials",
            "client_id": self.client_id,
            "client_secret": self.client_secret.get_secret_value(),
        }
        form |= {name: value for name, value in (("scope", scope), ("claims", claims)) if value}
        call = Call(method="POST", path=self.url)
        try:
            response = await self.http.post(self.url, data=form, headers={"Accept": "application/json"})
        except httpx.TransportError as error:
            raise no_answer(self.name, call, type(error).__name__) from None
        return self._read(call, response)

    def _read(self, call: Call, response: httpx.Response) -> _Kept:
        if is_page(response) or response.status_code >= 500 or response.status_code == 429:
            raise no_answer(self.name, call, f"HTTP {response.status_code}", response)
        if response.status_code >= 400:
            raise self._refusal(call, response)
        try:
            body = body_of(response)
            token, seconds = str(body["access_token"]), int(body["expires_in"])
        except (ValueError, KeyError, TypeError):
            raise no_answer(self.name, call, "no token in the answer", response) from None
        return _Kept(token, self.clock() + max(timedelta(seconds=seconds) - _EARLY, _SHORTEST))

    def _refusal(self, call: Call, response: httpx.Response) -> OutsideError:
        code = error_code(response)
        return CredentialRefused(
            f"{self.name} gave our client id no token ({response.status_code} {code}).",
            retry_at=self.clock() + _BREATH,
            hint="Check client id and secret, and that the client-credentials grant is allowed for it.",
            subject=call.subject,
            code=code,
        )
