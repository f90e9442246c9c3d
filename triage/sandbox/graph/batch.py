"""Graph's `$batch`: up to 20 requests in one, in order where they depend on each other."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp

from triage.sandbox import tokens
from triage.sandbox.graph.errors import GraphError, error_body
from triage.sandbox.records import Json
from triage.sandbox.registrations import GRAPH
from triage.sandbox.tenant import new_id
from triage.sandbox.tokens import InvalidTokenError, Issuer

LIMIT = 20


def with_batch(issuer: Issuer, core: ASGIApp, items: ASGIApp) -> Starlette:
    """Return Graph with `$batch`: single requests go to `core`, each part of a batch to `items`."""

    async def batch(request: Request) -> Response:
        try:
            tokens.checked(issuer, request.headers.get("authorization"), GRAPH)
            parts = _parts(json.loads(await request.body()))
        except (InvalidTokenError, GraphError, ValueError) as error:
            return _refusal(issuer, request, error)
        return JSONResponse({"responses": await _all_answers(request, parts, items)})

    return Starlette(routes=[Route("/v1.0/$batch", batch, methods=["POST"]), Mount("/", core)])


async def _all_answers(request: Request, parts: list[Json], items: ASGIApp) -> list[Json]:
    transport = httpx.ASGITransport(items, raise_app_exceptions=False)
    answers: dict[str, Json] = {}
    async with httpx.AsyncClient(transport=transport, base_url=str(request.base_url)) as client:
        for part in parts:
            failed = [p for p in part.get("dependsOn", []) if answers[p.lower()]["status"] >= 400]
            answer = _failed_dependency() if failed else await _answer(client, request, part)
            answers[part["id"].lower()] = {"id": part["id"]} | answer
    return list(answers.values())


async def _answer(client: httpx.AsyncClient, request: Request, part: Json) -> Json:
    headers = {"authorization": request.headers["authorization"]} | _lower(part.get("headers") or {})
    content = json.dumps(part["body"]).encode() if part.get("body") is not None else None
    # Relative by the book; Microsoft's own Python library writes the whole address.
    relative = part["url"].removeprefix(f"{request.base_url}v1.0")
    url = f"/v1.0/{relative.lstrip('/')}"
    response = await client.request(part["method"], url, headers=headers, content=content)
    kept = {name.title(): value for name, value in response.headers.items() if name != "content-length"}
    answer: Json = {"status": response.status_code, "headers": kept}
    if response.content:
        is_json = response.headers.get("content-type", "").startswith("application/json")
        answer["body"] = response.json() if is_json else response.text
    return answer


def _failed_dependency() -> Json:
    error = {"code": "FailedDependency", "message": "A request this one depends on has failed."}
    return {"status": 424, "headers": {"Content-Type": "application/json"}, "body": {"error": error}}


def _parts(body: Any) -> list[Json]:
    parts = body.get("requests") if isinstance(body, dict) else None
    if not isinstance(parts, list) or not parts:
        raise GraphError(400, "BadRequest", "Invalid batch payload format.")
    if len(parts) > LIMIT:
        raise GraphError(
            400, "BadRequest", f"Number of batch request steps exceeds the maximum value of {LIMIT}."
        )
    seen: set[str] = set()
    for part in parts:
        _check_part(part, seen)
        seen.add(part["id"].lower())
    return parts


def _check_part(part: Any, seen: set[str]) -> None:
    needed = ("id", "method", "url")
    if not isinstance(part, dict) or not all(
        isinstance(part.get(name), str) and part[name] for name in needed
    ):
        raise GraphError(400, "BadRequest", "Each batch request needs an id, a method and a url.")
    if part["id"].lower() in seen:
        raise GraphError(400, "BadRequest", f"Request Id {part['id']} has to be unique in a batch.")
    if not {str(name).lower() for name in part.get("dependsOn") or []} <= seen:
        message = f"Batch request {part['id']} depends on a request that does not stand before it."
        raise GraphError(400, "BadRequest", message)
    if part.get("body") is not None and "content-type" not in _lower(part.get("headers") or {}):
        message = f"Write request id : {part['id']} does not contain Content-Type header or body."
        raise GraphError(400, "BadRequest", message)


def _lower(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _refusal(issuer: Issuer, request: Request, error: Exception) -> Response:
    if isinstance(error, InvalidTokenError):
        error = GraphError(401, "InvalidAuthenticationToken", str(error))
    elif not isinstance(error, GraphError):
        error = GraphError(400, "BadRequest", "Invalid batch payload format.")
    request_id = new_id(issuer.tenant, "request")
    client_id = request.headers.get("client-request-id", request_id)
    date = issuer.tenant.clock().strftime("%Y-%m-%dT%H:%M:%S")
    body = error_body(error, date, request_id, client_id)
    return JSONResponse(body, error.status, headers={"request-id": request_id})
