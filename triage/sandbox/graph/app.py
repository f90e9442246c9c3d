"""The ASGI app of Graph: token, permission table, handler, and the answer's headers and error shape."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from triage.sandbox import tokens
from triage.sandbox.bodies import MalformedError, json_object
from triage.sandbox.graph.calls import Call, allows
from triage.sandbox.graph.errors import GraphError, bad_request, denied, error_body
from triage.sandbox.graph.limits import Visit, admitted
from triage.sandbox.graph.operation import Operation
from triage.sandbox.graph.operations import OPERATIONS
from triage.sandbox.records import Json
from triage.sandbox.registrations import GRAPH
from triage.sandbox.tenant import Tenant, as_read, new_id
from triage.sandbox.throttle import Throttle
from triage.sandbox.tokens import InvalidTokenError, Issuer

_VERSION = "/v1.0"
Endpoint = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request whose token and body were read."""

    request: Request
    claims: Json
    body: Json
    client_id: str


def core_for(issuer: Issuer, throttle: Throttle) -> Starlette:
    """Return Graph without `$batch`: every operation of the table under `/v1.0`, each at its cost."""
    routes = [
        Route(path, _endpoint(issuer, throttle, operation), methods=[operation.method])
        for operation in OPERATIONS
        for path in _spellings(_VERSION + operation.path)
    ]
    routes.append(
        Route(
            "/{rest:path}",
            _endpoint(issuer, throttle, None),
            methods=["GET", "POST", "PATCH", "PUT", "DELETE"],
        )
    )
    return Starlette(routes=routes)


def _spellings(path: str) -> list[str]:
    """Keys and functions may have parentheses (`/users('…')`, `/delta()`), casts the namespace's alias."""
    if path.endswith("/delta"):
        return [path, f"{path}()"]
    keyed = path.replace("/users/{user}", "/users('{user}')")
    return sorted(
        {form for way in (path, keyed) for form in (way, way.replace("/microsoft.graph.", "/graph."))}
    )


def _endpoint(issuer: Issuer, throttle: Throttle, operation: Operation | None) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        request_id = new_id(issuer.tenant, "request")
        client_id = request.headers.get("client-request-id", request_id)
        try:
            claims, body = _claims(issuer, request), json_object(await request.body())
            visit = _visit(operation, request, claims)
            async with admitted(throttle, issuer.tenant, visit) as headers:
                response = _answer(issuer.tenant, operation, _Asked(request, claims, body, client_id))
                response.headers.update(headers)
        except (GraphError, MalformedError) as problem:
            error = problem if isinstance(problem, GraphError) else bad_request(str(problem))
            date = issuer.tenant.clock().strftime("%Y-%m-%dT%H:%M:%S")
            response = JSONResponse(
                error_body(error, date, request_id, client_id), error.status, headers=error.headers
            )
        response.headers["request-id"] = request_id
        if request.headers.get("return-client-request-id", "").lower() == "true":
            response.headers["client-request-id"] = client_id
        return response

    return endpoint


def _visit(operation: Operation | None, request: Request, claims: Json) -> Visit:
    path = "" if operation is None else operation.path
    return Visit(
        request.method, path, request.path_params, dict(request.query_params), app_id=claims["appid"]
    )


def _answer(tenant: Tenant, operation: Operation | None, asked: _Asked) -> Response:
    request, claims = asked.request, asked.claims
    if operation is None:
        segment = request.url.path.removeprefix(_VERSION).strip("/").partition("/")[0]
        raise GraphError(400, "BadRequest", f"Resource not found for the segment '{segment}'.")
    roles = frozenset(claims.get("roles", ()))
    if not roles or not allows(roles, operation.needs):
        raise denied()
    return operation.handler(
        Call(
            tenant=tenant,
            seen=as_read(tenant),
            root=f"{str(request.base_url).rstrip('/')}{_VERSION}",
            path=request.url.path.removeprefix(_VERSION),
            keys=request.path_params,
            query=dict(request.query_params),
            headers=request.headers,
            body=asked.body,
            roles=roles,
            app_id=claims["appid"],
            app_name=claims["app_displayname"],
            client_request_id=asked.client_id,
        )
    )


def _claims(issuer: Issuer, request: Request) -> Json:
    try:
        return tokens.checked(issuer, request.headers.get("authorization"), GRAPH)
    except InvalidTokenError as error:
        headers = {"WWW-Authenticate": 'Bearer realm="", error="invalid_token"'}
        raise GraphError(401, "InvalidAuthenticationToken", str(error), headers=headers) from None
