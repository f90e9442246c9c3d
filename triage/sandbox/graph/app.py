"""The ASGI app of Graph: token, permission table, handler, and the answer's headers and error shape."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from triage.sandbox import tokens
from triage.sandbox.bodies import MalformedError, json_object
from triage.sandbox.graph.calls import Call, allows
from triage.sandbox.graph.errors import GraphError, bad_request, denied, error_body
from triage.sandbox.graph.operations import OPERATIONS, Operation
from triage.sandbox.records import Json
from triage.sandbox.registrations import GRAPH
from triage.sandbox.tenant import as_read, new_id
from triage.sandbox.tokens import InvalidTokenError, Issuer

_VERSION = "/v1.0"
Endpoint = Callable[[Request], Awaitable[Response]]


def core_for(issuer: Issuer) -> Starlette:
    """Return Graph without `$batch`: every operation of the table under `/v1.0`."""
    routes = [
        Route(path, _endpoint(issuer, operation), methods=[operation.method])
        for operation in OPERATIONS
        for path in _spellings(_VERSION + operation.path)
    ]
    routes.append(
        Route("/{rest:path}", _endpoint(issuer, None), methods=["GET", "POST", "PATCH", "PUT", "DELETE"])
    )
    return Starlette(routes=routes)


def _spellings(path: str) -> list[str]:
    """Keys may also stand in parentheses (`/users('…')`), and casts with the namespace's alias `graph`."""
    keyed = path.replace("/users/{user}", "/users('{user}')")
    return sorted(
        {form for way in (path, keyed) for form in (way, way.replace("/microsoft.graph.", "/graph."))}
    )


def _endpoint(issuer: Issuer, operation: Operation | None) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        request_id = new_id(issuer.tenant, "request")
        client_id = request.headers.get("client-request-id", request_id)
        try:
            response = _answer(issuer, operation, request, await request.body(), client_id)
        except (GraphError, MalformedError) as problem:
            error = problem if isinstance(problem, GraphError) else bad_request(str(problem))
            date = issuer.tenant.clock().strftime("%Y-%m-%dT%H:%M:%S")
            response = JSONResponse(error_body(error, date, request_id, client_id), error.status)
            if error.status == 401:
                response.headers["WWW-Authenticate"] = 'Bearer realm="", error="invalid_token"'
        response.headers["request-id"] = request_id
        if request.headers.get("return-client-request-id", "").lower() == "true":
            response.headers["client-request-id"] = client_id
        return response

    return endpoint


def _answer(
    issuer: Issuer, operation: Operation | None, request: Request, raw: bytes, client_id: str
) -> Response:
    claims = _claims(issuer, request)
    if operation is None:
        segment = request.url.path.removeprefix(_VERSION).strip("/").partition("/")[0]
        raise GraphError(400, "BadRequest", f"Resource not found for the segment '{segment}'.")
    roles = frozenset(claims.get("roles", ()))
    if not roles or not allows(roles, operation.needs):
        raise denied()
    return operation.handler(
        Call(
            tenant=issuer.tenant,
            seen=as_read(issuer.tenant),
            root=f"{str(request.base_url).rstrip('/')}{_VERSION}",
            path=request.url.path.removeprefix(_VERSION),
            keys=request.path_params,
            query=dict(request.query_params),
            headers=request.headers,
            body=json_object(raw),
            roles=roles,
            app_id=claims["appid"],
            app_name=claims["app_displayname"],
            client_request_id=client_id,
        )
    )


def _claims(issuer: Issuer, request: Request) -> Json:
    try:
        return tokens.checked(issuer, request.headers.get("authorization"), GRAPH)
    except InvalidTokenError as error:
        raise GraphError(401, "InvalidAuthenticationToken", str(error)) from None
