"""The make-believe Key Vault: the challenge, RBAC, and secrets with versions, soft delete and recovery."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from triage.sandbox import tokens, vault
from triage.sandbox.bodies import MalformedError, json_object, parsed
from triage.sandbox.keyvault_wire import (
    NewSecret,
    SecretUpdate,
    VaultError,
    bundle,
    deleted_bundle,
    moment,
    refused,
    without_value,
)
from triage.sandbox.records import AppRegistration, Json, SecretVersion
from triage.sandbox.registrations import VAULT
from triage.sandbox.tenant import Tenant
from triage.sandbox.throttle import Bucket, Throttle, draw
from triage.sandbox.tokens import InvalidTokenError, Issuer

_READERS = {"Key Vault Secrets User", "Key Vault Secrets Officer"}
_WRITERS = {"Key Vault Secrets Officer"}
_TRANSACTIONS = Bucket("vault", 4_000, 10)
Handler = Callable[[Tenant, Request, Json, str], Json]
Endpoint = Callable[[Request], Awaitable[Response]]


def app_for(issuer: Issuer, throttle: Throttle) -> Starlette:
    """Return the ASGI app of the tenant's one vault."""

    def route(path: str, handler: Handler, method: str, roles: set[str]) -> Route:
        return Route(path, _endpoint(issuer, throttle, handler, roles), methods=[method])

    return Starlette(
        routes=[
            route("/secrets/{name}/versions", _list_versions, "GET", _WRITERS),
            route("/secrets/{name}", _get, "GET", _READERS),
            # The SDK names the newest version by a trailing slash.
            route("/secrets/{name}/", _get, "GET", _READERS),
            route("/secrets/{name}/", _update, "PATCH", _WRITERS),
            route("/secrets/{name}/{version}", _get, "GET", _READERS),
            route("/secrets/{name}", _set, "PUT", _WRITERS),
            route("/secrets/{name}/{version}", _update, "PATCH", _WRITERS),
            route("/secrets/{name}", _delete, "DELETE", _WRITERS),
            route("/deletedsecrets/{name}", _get_deleted, "GET", _WRITERS),
            route("/deletedsecrets/{name}/recover", _recover, "POST", _WRITERS),
            route("/deletedsecrets/{name}", _purge, "DELETE", _WRITERS),
        ]
    )


def _endpoint(issuer: Issuer, throttle: Throttle, handler: Handler, roles: set[str]) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        try:
            app = _caller(issuer, request, roles)
            _count(throttle, issuer.tenant)
            body = handler(issuer.tenant, request, json_object(await request.body()), app.display_name)
        except InvalidTokenError as error:
            refusal = VaultError(401, "Unauthorized", f"AKV10000: {error}")
            challenge = f'Bearer authorization="{issuer.url}/{issuer.tenant.id}", resource="{VAULT}"'
            return refused(refusal, {"WWW-Authenticate": challenge})
        except MalformedError as error:
            return refused(VaultError(400, "BadParameter", str(error)), {})
        except VaultError as error:
            return refused(error, error.headers)
        return JSONResponse(body) if body else Response(status_code=204)

    return endpoint


def _caller(issuer: Issuer, request: Request, roles: set[str]) -> AppRegistration:
    claims = tokens.checked(issuer, request.headers.get("authorization"), VAULT)
    app = issuer.tenant.apps[claims["appid"]]
    if not app.azure_roles & roles:
        raise VaultError(403, "Forbidden", "Caller is not authorized to perform action.", "ForbiddenByRbac")
    if not request.query_params.get("api-version"):
        raise VaultError(400, "BadParameter", "api-version must be specified")
    return app


def _count(throttle: Throttle, tenant: Tenant) -> None:
    told = draw(throttle, [(_TRANSACTIONS, 1.0)], tenant.clock())
    if told is not None and told.wait is not None:
        headers = {"Retry-After": str(told.wait)}
        raise VaultError(
            429,
            "Throttled",
            "Request was not processed because too many requests were received.",
            headers=headers,
        )


def _get(tenant: Tenant, request: Request, _body: Json, _actor: str) -> Json:
    found = _existing(tenant, request)
    if not found.enabled:
        raise VaultError(
            403, "Forbidden", "Operation get is not allowed on a disabled secret.", "SecretDisabled"
        )
    return bundle(request, found)


def _set(tenant: Tenant, request: Request, body: Json, actor: str) -> Json:
    asked = parsed(NewSecret, body)
    name = request.path_params["name"]
    try:
        made = vault.put_secret(
            tenant,
            name,
            asked.value,
            content_type=asked.content_type,
            tags=asked.tags,
            enabled=asked.attributes.enabled is not False,
            not_before=moment(asked.attributes.nbf),
            expires=moment(asked.attributes.exp),
            actor=actor,
        )
    except vault.DeletedSecretError:
        message = f"Secret {name} is currently in a deleted but recoverable state."
        raise VaultError(409, "Conflict", message, "ObjectIsDeletedButRecoverable") from None
    return bundle(request, made)


def _update(tenant: Tenant, request: Request, body: Json, _actor: str) -> Json:
    found, asked = _existing(tenant, request), parsed(SecretUpdate, body)
    found.enabled = found.enabled if asked.attributes.enabled is None else asked.attributes.enabled
    found.expires = moment(asked.attributes.exp) or found.expires
    found.not_before = moment(asked.attributes.nbf) or found.not_before
    found.content_type = found.content_type if asked.content_type is None else asked.content_type
    found.tags = found.tags if asked.tags is None else asked.tags
    found.updated = tenant.clock()
    return without_value(bundle(request, found))


def _list_versions(tenant: Tenant, request: Request, _body: Json, _actor: str) -> Json:
    versions = tenant.vault.secrets.get(request.path_params["name"].lower(), [])
    return {"value": [without_value(bundle(request, v)) for v in versions], "nextLink": None}


def _delete(tenant: Tenant, request: Request, _body: Json, actor: str) -> Json:
    gone = vault.delete_secret(tenant, request.path_params["name"], actor)
    if gone is None:
        raise _missing(request)
    return deleted_bundle(tenant, request, gone)


def _get_deleted(tenant: Tenant, request: Request, _body: Json, _actor: str) -> Json:
    versions = tenant.vault.deleted.get(request.path_params["name"].lower())
    if not versions:
        raise _missing(request)
    return deleted_bundle(tenant, request, versions[-1])


def _recover(tenant: Tenant, request: Request, _body: Json, actor: str) -> Json:
    found = vault.recover_secret(tenant, request.path_params["name"], actor)
    if found is None:
        raise _missing(request)
    return without_value(bundle(request, found))


def _purge(tenant: Tenant, request: Request, _body: Json, actor: str) -> Json:
    if not vault.purge_secret(tenant, request.path_params["name"], actor):
        raise _missing(request)
    return {}


def _existing(tenant: Tenant, request: Request) -> SecretVersion:
    found = vault.find_secret(tenant, request.path_params["name"], request.path_params.get("version", ""))
    if found is None:
        raise _missing(request)
    return found


def _missing(request: Request) -> VaultError:
    name = request.path_params["name"]
    return VaultError(
        404, "SecretNotFound", f"A secret with (name/id) {name} was not found in this key vault."
    )
