"""The make-believe Entra: OIDC discovery, keys and the token endpoint, with the errors MSAL knows."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from triage.sandbox import tokens
from triage.sandbox.clients import TokenError, authenticated
from triage.sandbox.records import AppRegistration, Json
from triage.sandbox.registrations import ARM, GRAPH, VAULT, VERIFIED_ID, api_audience
from triage.sandbox.tenant import new_id
from triage.sandbox.tokens import Issuer

_DEFAULT = "/.default"


def app_for(issuer: Issuer, authorize_url: str) -> Starlette:
    """Return the ASGI app of the authority; `authorize_url` is the page a browser is sent to."""

    def discovery(request: Request) -> Response:
        _check_tenant(issuer, request)
        return JSONResponse(_discovery(issuer, authorize_url))

    def keys(request: Request) -> Response:
        _check_tenant(issuer, request)
        return JSONResponse(tokens.jwks(issuer))

    async def token(request: Request) -> Response:
        form = {name: str(value) for name, value in (await request.form()).items()}
        _check_tenant(issuer, request)
        return JSONResponse(_granted(issuer, form), headers={"Cache-Control": "no-store"})

    def instance(_request: Request) -> Response:
        url = f"{tokens.authority(issuer)}/.well-known/openid-configuration"
        return JSONResponse({"tenant_discovery_endpoint": url, "api-version": "1.1", "metadata": []})

    def on_error(request: Request, error: Exception) -> Response:
        return _error(issuer, request, error)

    return Starlette(
        routes=[
            Route("/common/discovery/instance", instance),
            Route("/{tenant}/v2.0/.well-known/openid-configuration", discovery),
            Route("/{tenant}/discovery/v2.0/keys", keys),
            Route("/{tenant}/oauth2/v2.0/token", token, methods=["POST"]),
        ],
        exception_handlers={TokenError: on_error},
    )


def _check_tenant(issuer: Issuer, request: Request) -> None:
    named = request.path_params["tenant"].lower()
    if named in {"common", "consumers", "organizations"}:
        raise TokenError(400, "invalid_request", 9001023, f"The grant type is not supported over /{named}.")
    if named not in {issuer.tenant.id, issuer.tenant.domain}:
        raise TokenError(400, "invalid_request", 90002, f"Tenant '{named}' not found.")


def _discovery(issuer: Issuer, authorize_url: str) -> Json:
    base = f"{issuer.url}/{issuer.tenant.id}"
    return {
        "issuer": tokens.authority(issuer),
        "authorization_endpoint": authorize_url,
        "token_endpoint": f"{base}/oauth2/v2.0/token",
        "jwks_uri": f"{base}/discovery/v2.0/keys",
        "response_types_supported": ["code"],
        "response_modes_supported": ["query", "form_post"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt"],
        "claims_supported": [
            "sub",
            "iss",
            "aud",
            "exp",
            "iat",
            "nonce",
            "oid",
            "preferred_username",
            "roles",
        ],
        "tenant_region_scope": None,
    }


def _granted(issuer: Issuer, form: Mapping[str, str]) -> Json:
    app = authenticated(issuer, form)
    if form.get("grant_type", "") == "client_credentials":
        return _client_credentials(issuer, app, form)
    if form.get("grant_type", "") == "authorization_code":
        return _authorization_code(issuer, app, form)
    raise TokenError(400, "unsupported_grant_type", 70003, "The app requested an unsupported grant type.")


def _client_credentials(issuer: Issuer, app: AppRegistration, form: Mapping[str, str]) -> Json:
    scope = form.get("scope", "").strip()
    if not scope.endswith(_DEFAULT) or " " in scope:
        message = (
            f"The provided value for scope {scope} is not valid. Client credential flows must have a scope "
        )
        raise TokenError(400, "invalid_scope", 1002012, message + "value with /.default suffixed.")
    own = api_audience(issuer.tenant)
    audiences = {name: name for name in (GRAPH, ARM, VAULT, VERIFIED_ID, own)} | {
        own.removeprefix("api://"): own
    }
    audience = audiences.get(scope.removesuffix(_DEFAULT).rstrip("/"))
    if audience is None:
        message = f"The resource principal named {scope.removesuffix(_DEFAULT)} was not found in the tenant."
        raise TokenError(400, "invalid_resource", 500011, message)
    return _lifetime(issuer) | {"access_token": tokens.app_token(issuer, app, audience)}


def _authorization_code(issuer: Issuer, app: AppRegistration, form: Mapping[str, str]) -> Json:
    # Taken out before any check: a code is good for one attempt only (RFC 6749 section 4.1.2).
    sign_in = issuer.codes.pop(form.get("code", ""), None)
    if sign_in is None or sign_in.client_id != app.client_id:
        raise TokenError(400, "invalid_grant", 70000, "The provided authorization code is invalid.")
    if issuer.tenant.clock().timestamp() >= sign_in.expires_at:
        raise TokenError(400, "invalid_grant", 70008, "The provided authorization code has expired.")
    if sign_in.redirect_uri != form.get("redirect_uri", ""):
        raise TokenError(400, "invalid_grant", 50011, "The redirect URI differs from the one of the request.")
    if sign_in.challenge is not None and sign_in.challenge != _s256(form.get("code_verifier", "")):
        raise TokenError(400, "invalid_grant", 501481, "The code verifier does not match the code challenge.")
    account = {"uid": sign_in.user_id, "utid": issuer.tenant.id}
    return _lifetime(issuer) | {
        "scope": sign_in.scope,
        "access_token": tokens.user_token(issuer, sign_in),
        "id_token": tokens.id_token(issuer, sign_in),
        "client_info": base64.urlsafe_b64encode(json.dumps(account).encode()).decode().rstrip("="),
    }


def _lifetime(issuer: Issuer) -> Json:
    seconds = int(issuer.lifetime.total_seconds())
    return {"token_type": "Bearer", "expires_in": seconds, "ext_expires_in": seconds}


def _s256(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _error(issuer: Issuer, request: Request, error: Exception) -> Response:
    assert isinstance(error, TokenError)
    trace = new_id(issuer.tenant, "trace")
    correlation = request.headers.get("client-request-id", new_id(issuer.tenant, "correlation"))
    at = issuer.tenant.clock().strftime("%Y-%m-%d %H:%M:%SZ")
    text = f"AADSTS{error.number}: {error} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {at}"
    body = {
        "error": error.error,
        "error_description": text,
        "error_codes": [error.number],
        "timestamp": at,
        "trace_id": trace,
        "correlation_id": correlation,
        "error_uri": f"{issuer.url}/error?code={error.number}",
    }
    return JSONResponse(body, error.status)
