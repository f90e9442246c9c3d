"""What an application asks of the authorize endpoint, checked before anybody signs in (RFC 6749)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from triage.sandbox.records import AppRegistration
from triage.sandbox.tenant import Tenant

_LOOPBACK = {"127.0.0.1", "localhost"}


class BadRequestError(Exception):
    """The request names no known application or return address, so nothing may be sent back."""


class AskedWrongError(Exception):
    """The application is known but asks for what is not offered; it is told so at its return address."""

    def __init__(self, asked: Asked, error: str, message: str) -> None:
        super().__init__(message)
        self.asked, self.error = asked, error


@dataclass(frozen=True, slots=True)
class Asked:
    """An authorization request in a form that can be granted."""

    app: AppRegistration
    redirect_uri: str
    state: str | None
    nonce: str | None
    scope: str
    challenge: str | None
    login_hint: str

    def answer_url(self, answer: Mapping[str, str]) -> str:
        """Return the address the browser is sent to with this answer and the application's own state."""
        fields = dict(answer) if self.state is None else dict(answer) | {"state": self.state}
        joint = "&" if urlsplit(self.redirect_uri).query else "?"
        return f"{self.redirect_uri}{joint}{urlencode(fields)}"

    @property
    def origin(self) -> str:
        """Scheme, host and port of the return address."""
        parts = urlsplit(self.redirect_uri)
        return f"{parts.scheme}://{parts.netloc}"


def asked_by(tenant: Tenant, query: Mapping[str, str]) -> Asked:
    """Read an authorization request.

    Raises:
        BadRequestError: unknown application, or a return address that is not registered.
        AskedWrongError: another response type or mode, or a code challenge that is not S256.
    """
    app = tenant.apps.get(query.get("client_id", "").lower())
    if app is None:
        raise BadRequestError("AADSTS700016: this application is not known in the tenant.")
    redirect_uri = query.get("redirect_uri", "")
    if not _is_registered(app, redirect_uri):
        raise BadRequestError("AADSTS50011: the redirect URI is not one the application registered.")
    asked = Asked(
        app=app,
        redirect_uri=redirect_uri,
        state=query.get("state"),
        nonce=query.get("nonce"),
        scope=query.get("scope", "openid"),
        challenge=query.get("code_challenge"),
        login_hint=query.get("login_hint", ""),
    )
    if query.get("response_type") != "code":
        raise AskedWrongError(asked, "unsupported_response_type", "Only the response type 'code' is offered.")
    if query.get("response_mode", "query") != "query":
        raise AskedWrongError(asked, "invalid_request", "Only the response mode 'query' is offered.")
    if asked.challenge is not None and query.get("code_challenge_method") != "S256":
        raise AskedWrongError(asked, "invalid_request", "Only the code challenge method 'S256' is offered.")
    return asked


def _is_registered(app: AppRegistration, redirect_uri: str) -> bool:
    """Tell whether a registered address covers this one; on loopback any port does (RFC 8252 section 7.3)."""
    asked = urlsplit(redirect_uri)
    for registered in map(urlsplit, app.redirect_uris):
        same_place = asked.scheme == registered.scheme and asked.hostname == registered.hostname
        loopback = asked.hostname in _LOOPBACK and asked.path.startswith(registered.path)
        if same_place and (loopback or asked.geturl() == registered.geturl()):
            return True
    return False
