"""Signing people in by Entra's authorization-code flow with PKCE, through MSAL; the result is a `Caller`."""

from __future__ import annotations

import asyncio
import ssl
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import msal

from actions.clients.msal_http import MsalHttp
from actions.errors import Unreachable
from triage.access import identity
from triage.errors import NotConfigured, NotSignedIn, TriageError
from triage.settings import Settings
from triage.web.callers import Caller, caller_of

_TIMEOUT_SECONDS = 15
_OF_OURS = frozenset({"invalid_client", "unauthorized_client"})

_WITH_TIME = '{"id_token":{"auth_time":{"essential":true}}}'
"""Claims request (OpenID Connect Core 5.5.1): when did the person last show their credentials?"""

Flow = dict[str, Any]
"""MSAL's state of one sign-in (state, nonce, code verifier); it travels in the signed session cookie."""


@dataclass(frozen=True)
class SignedIn:
    """Who signed in, and when they last showed their credentials; `None` when Entra does not say.

    `prompt=login` alone proves nothing: it stands in an address that a browser can change.
    """

    caller: Caller
    at: datetime | None


@dataclass(frozen=True)
class SignIn:
    """Starts and finishes sign-ins of one tenant; each works with a fresh MSAL application."""

    settings: Settings

    @property
    def redirect_uri(self) -> str:
        """Where Entra sends the browser back to; it must be registered with the app."""
        return f"{self.settings.web.public_url.rstrip('/')}/sign-in/back"

    async def start(self) -> Flow:
        """Return a new flow; its `auth_uri` is where the browser goes.

        Raises:
            NotConfigured: the tenant or our secret is not set.
            Unreachable: Entra does not answer.
        """
        try:
            return await asyncio.to_thread(self._start)
        except httpx.TransportError as error:
            raise _silent() from error

    async def finish(self, flow: Flow, answer: Mapping[str, str]) -> SignedIn:
        """Redeem the code in `answer` and return who signed in.

        Raises:
            NotSignedIn: the answer does not belong to the flow, or Entra refused the code.
            NotConfigured: Entra does not accept our own credential; signing in again does not help.
            Unreachable: Entra does not answer.
        """
        try:
            return await asyncio.to_thread(self._finish, flow, answer)
        except httpx.TransportError as error:
            raise _silent() from error

    def _start(self) -> Flow:
        # always with the credentials: what a sign-in here allows should not follow from an open browser
        with _http(self.settings.ca_file) as http, warnings.catch_warnings():
            # MSAL recommends a form post, which a SameSite=Lax session would not survive; the code is bound
            # by PKCE, state and nonce, and good for one use
            warnings.filterwarnings("ignore", "response_mode='form_post'")
            flow: Flow = self._app(http).initiate_auth_code_flow(
                [], redirect_uri=self.redirect_uri, prompt="login", claims_challenge=_WITH_TIME
            )
        return flow

    def _finish(self, flow: Flow, answer: Mapping[str, str]) -> SignedIn:
        with _http(self.settings.ca_file) as http:
            try:
                result = self._app(http).acquire_token_by_auth_code_flow(flow, dict(answer))
            except ValueError as error:  # MSAL's word for a foreign or repeated state
                raise _refused("the answer belongs to another sign-in") from error
        if "id_token_claims" not in result:
            raise _told(str(result.get("error", "nothing")))
        claims = result["id_token_claims"]
        at = claims.get("auth_time")
        return SignedIn(caller_of(claims), datetime.fromtimestamp(at, UTC) if isinstance(at, int) else None)

    def _app(self, http: httpx.Client) -> msal.ConfidentialClientApplication:
        entra = self.settings.entra
        credential = identity(self.settings).credential()
        if not entra.tenant_id or credential is None:
            raise NotConfigured(
                "nobody can sign in: the tenant or a credential of ours is not set",
                hint="Set TRIAGE_ENTRA__TENANT_ID, __CLIENT_ID and __CLIENT_SECRET.",
                subject="entra",
            )
        return msal.ConfidentialClientApplication(
            entra.client_id,
            client_credential=credential(),
            authority=f"{entra.authority.rstrip('/')}/{entra.tenant_id}",
            instance_discovery=entra.instance_discovery,
            http_client=MsalHttp(http),
        )


def _told(error: str) -> TriageError:
    """Return what a refusal of Entra (OAuth `error`) is about: ourselves (RFC 6749, 5.2), or the sign-in."""
    if error in _OF_OURS:
        return NotConfigured(
            f"nobody can sign in: Entra does not accept the service's own credential ({error})",
            hint="Whoever runs the service puts a good one in its place (docs/how-to/renew-the-secret.md)."
            " No ticket is lost.",
            subject="entra",
        )
    return _refused(f"Entra answered {error}")


def _http(ca_file: Path | None) -> httpx.Client:
    """Return MSAL's way out; an explicit context beats whatever bundle the environment names."""
    context = ssl.create_default_context()
    if ca_file:
        context.load_verify_locations(ca_file)
    return httpx.Client(verify=context, timeout=_TIMEOUT_SECONDS)


def _silent() -> Unreachable:
    return Unreachable("Entra does not answer", hint="Try again in a minute.", subject="sign-in")


def _refused(cause: str) -> NotSignedIn:
    return NotSignedIn(f"the sign-in was not completed: {cause}", hint="Sign in again.", subject="sign-in")
