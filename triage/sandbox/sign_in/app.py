"""Serves the sign-in page and, when a person is chosen, sends the browser back with an authorization code."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from unicodedata import combining, normalize

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from triage.sandbox.records import Json
from triage.sandbox.sign_in.asked import Asked, AskedWrongError, BadRequestError, asked_by
from triage.sandbox.tokens import Issuer, SignIn

PATH = "/oauth2/v2.0/authorize"
_CODE_LIFE = timedelta(minutes=10)
_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Person:
    """A person as the page lists one."""

    id: str
    name: str
    upn: str
    post: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Desk:
    """What the pages need: who hands out codes, and the templates."""

    issuer: Issuer
    pages: Environment


_Answer = Callable[[_Desk, Request, Asked], Awaitable[Response]]


def app_for(issuer: Issuer) -> Starlette:
    """Return the ASGI app; a code it gives out can be redeemed once at the issuer's token endpoint."""
    loader = PackageLoader("triage.sandbox.sign_in")
    desk = _Desk(issuer, Environment(loader=loader, autoescape=True, undefined=StrictUndefined))
    return Starlette(
        routes=[
            Route("/{tenant}" + PATH, _checked(desk, _show)),
            Route("/{tenant}" + PATH, _checked(desk, _choose), methods=["POST"]),
            Mount("/static", StaticFiles(directory=_HERE / "static"), name="static"),
        ],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])],
    )


def _checked(desk: _Desk, answer: _Answer) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        try:
            return await answer(desk, request, asked_by(desk.issuer.tenant, request.query_params))
        except BadRequestError as error:
            return _page(desk, "refused.html", {"reason": str(error)}, 400, "")
        except AskedWrongError as error:
            fields = {"error": error.error, "error_description": str(error)}
            return RedirectResponse(error.asked.answer_url(fields), 303)

    return endpoint


async def _show(desk: _Desk, request: Request, asked: Asked) -> Response:
    words = request.query_params.get("who", asked.login_hint)
    facts = {
        "app": asked.app.display_name,
        "people": [person for person in _people(desk.issuer) if _fits(person, words)],
        "words": words,
        "kept": [(name, value) for name, value in request.query_params.multi_items() if name != "who"],
        "action": str(request.url),
    }
    return _page(desk, "choose.html", facts, 200, asked.origin)


async def _choose(desk: _Desk, request: Request, asked: Asked) -> Response:
    user_id = str((await request.form()).get("person", ""))
    if user_id not in {person.id for person in _people(desk.issuer)}:
        raise AskedWrongError(asked, "access_denied", "AADSTS50057: the account is disabled or unknown.")
    return RedirectResponse(asked.answer_url({"code": _new_code(desk.issuer, asked, user_id)}), 303)


def _page(desk: _Desk, name: str, facts: Json, status: int, origin: str) -> Response:
    text = desk.pages.get_template(name).render(company=desk.issuer.tenant.display_name, **facts)
    return HTMLResponse(text, status, headers=_headers(origin))


def _people(issuer: Issuer) -> list[Person]:
    """List who can sign in (staff and guests, no machines): those with a role first, then by name."""
    staff = (u for u in issuer.tenant.users.values() if u["employeeId"] or u["userType"] == "Guest")
    people = [
        Person(
            u["id"],
            u["displayName"],
            u["userPrincipalName"],
            ", ".join(filter(None, (u["jobTitle"], u["department"]))),
            tuple(issuer.tenant.api_roles.get(u["id"], ())),
        )
        for u in staff
        if u["accountEnabled"]
    ]
    return sorted(people, key=lambda p: (not p.roles, "admin" not in p.roles, _plain(p.name)))


def _fits(person: Person, words: str) -> bool:
    text = _plain(f"{person.name} {person.upn} {person.post} {' '.join(person.roles)}")
    return all(word in text for word in _plain(words).split())


def _plain(text: str) -> str:
    """Compare without accents and letter case, so that `jose` finds José."""
    return "".join(c for c in normalize("NFKD", text) if not combining(c)).casefold()


def _new_code(issuer: Issuer, asked: Asked, user_id: str) -> str:
    code = secrets.token_urlsafe(32)
    expires = (issuer.tenant.clock() + _CODE_LIFE).timestamp()
    issuer.codes[code] = SignIn(
        client_id=asked.app.client_id,
        redirect_uri=asked.redirect_uri,
        user_id=user_id,
        scope=asked.scope,
        nonce=asked.nonce,
        challenge=asked.challenge,
        expires_at=expires,
    )
    return code


def _headers(origin: str) -> dict[str, str]:
    # Browsers apply form-action to the redirect after a form too, so the return address must be named.
    policy = f"default-src 'none'; style-src 'self'; form-action 'self' {origin}; base-uri 'none'"
    return {
        "Content-Security-Policy": f"{policy}; frame-ancestors 'none'",
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
