"""The make-believe Request Service of Verified ID, and a wallet page on which anybody may present."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Final

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from triage.sandbox import tokens
from triage.sandbox.bodies import MalformedError, json_object
from triage.sandbox.records import Json
from triage.sandbox.registrations import VERIFIED_ID
from triage.sandbox.tenant import Tenant, new_id, user_by_key
from triage.sandbox.tokens import InvalidTokenError, Issuer

PERMISSION: Final = "VerifiableCredential.Create.PresentRequest"
PATH: Final = "/verifiedid"
WALLET: Final = "/wallet"
_SURE: Final = 92.5
_PAGE: Final = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Wallet</title>
<main><h1>A make-believe wallet</h1>{said}<form method="post">
<label>Present the credential of (user principal name) <input name="upn" required></label>
<label>How alike the faces are, in percent <input name="face" value="92.5"></label>
<button>Present</button></form></main></html>"""


@dataclass(slots=True)
class Wallet:
    """The presentations that were asked for, by request id."""

    requests: dict[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Post:
    """What the Request Service posts to whoever asked."""

    url: str
    headers: Mapping[str, str]
    body: Json


def authority(tenant: Tenant) -> str:
    """Return the tenant's decentralised identifier."""
    return f"did:web:verifiedid.{tenant.domain}"


def app_for(issuer: Issuer, wallet: Wallet, pages: str) -> Starlette:
    """Return the API; `pages` is where a browser finds the wallet."""

    async def create(request: Request) -> Response:
        tenant = issuer.tenant
        try:
            claims = tokens.checked(issuer, request.headers.get("authorization"), VERIFIED_ID)
            asked = json_object(await request.body())
        except InvalidTokenError as error:
            return _refused(401, "unauthorized", str(error))
        except MalformedError as error:
            return _refused(400, "badRequest", str(error))
        if PERMISSION not in claims.get("roles", ()):
            return _refused(403, "forbidden", "The app role is missing.")
        if asked.get("authority") != authority(tenant) or not _complete(asked):
            return _refused(400, "badRequest", "authority, callback or requestedCredentials is not right.")
        request_id = new_id(tenant, "presentation")
        wallet.requests[request_id] = asked
        expiry = int(tenant.clock().timestamp()) + 300
        body = {"requestId": request_id, "url": f"{pages}{WALLET}/{request_id}", "expiry": expiry}
        return JSONResponse(body, 201)

    path = "/v1.0/verifiableCredentials/createPresentationRequest"
    return Starlette(routes=[Route(path, create, methods=["POST"])])


def pages_for(tenant: Tenant, wallet: Wallet) -> Starlette:
    """Return the wallet, as a browser opens it."""

    async def page(request: Request) -> Response:
        request_id, said = request.path_params["request_id"], ""
        if request_id not in wallet.requests:
            return HTMLResponse(_PAGE.format(said="<p>Nothing is asked for.</p>"), 404)
        if request.method == "POST":
            form = await request.form()
            post = presented(tenant, wallet, request_id, str(form.get("upn")), _number(form.get("face")))
            async with httpx.AsyncClient(timeout=10.0) as client:
                answer = await client.post(post.url, headers=dict(post.headers), json=post.body)
            said = f"<p>{escape(f'Presented; the answer was {answer.status_code}.')}</p>"
        return HTMLResponse(_PAGE.format(said=said))

    return Starlette(routes=[Route("/{request_id}", page, methods=["GET", "POST"])])


def presented(
    tenant: Tenant,
    wallet: Wallet,
    request_id: str,
    upn: str,
    face: float = _SURE,
    changed: Json | None = None,
) -> Post:
    """Return what is posted when the person of this UPN presents; `changed` replaces parts of that."""
    asked, user = wallet.requests[request_id], user_by_key(tenant, upn) or {}
    callback = asked["callback"]
    credential = {
        "issuer": authority(tenant),
        "type": ["VerifiableCredential", asked["requestedCredentials"][0]["type"]],
        "claims": {
            "displayName": user.get("displayName", ""),
            "mail": user.get("mail", ""),
            "revocationId": user.get("userPrincipalName", upn),
        },
        "credentialState": {"revocationStatus": "VALID"},
        "faceCheck": {"matchConfidenceScore": face},
    }
    body = {
        "requestId": request_id,
        "requestStatus": "presentation_verified",
        "state": callback["state"],
        "verifiedCredentialsData": [credential | (changed or {})],
    }
    return Post(callback["url"], callback.get("headers", {}), body)


def _complete(asked: Json) -> bool:
    callback, wanted = asked.get("callback"), asked.get("requestedCredentials")
    return isinstance(callback, dict) and {"url", "state"} <= set(callback) and bool(wanted)


def _number(text: object) -> float:
    try:
        return float(str(text))
    except ValueError:
        return 0.0


def _refused(status: int, code: str, message: str) -> Response:
    return JSONResponse({"error": {"code": code, "message": message}}, status)
