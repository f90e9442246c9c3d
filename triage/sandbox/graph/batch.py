"""Graph's `$batch`: up to 20 requests in one, in order where they depend on each other."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal

import httpx
from pydantic import Field
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp

from triage.sandbox import tokens
from triage.sandbox.bodies import Body, MalformedError, json_object, parsed
from triage.sandbox.graph.errors import GraphError, error_body
from triage.sandbox.records import Json
from triage.sandbox.registrations import GRAPH
from triage.sandbox.tenant import new_id
from triage.sandbox.tokens import InvalidTokenError, Issuer

LIMIT = 20

_Token = Annotated[str, Field(pattern=r"^[ -~]*$")]


class _Part(Body):
    id: str = Field(min_length=1)
    method: Literal["GET", "POST", "PATCH", "PUT", "DELETE"]
    url: str = Field(pattern=r"^[^\x00-\x1f\x7f]+$")
    headers: dict[_Token, _Token] = Field(default_factory=dict)
    body: Any = None
    depends_on: list[str] = Field(default_factory=list)


class _Batch(Body):
    requests: list[_Part] = Field(min_length=1, max_length=LIMIT)


def with_batch(issuer: Issuer, core: ASGIApp, items: ASGIApp) -> Starlette:
    """Return Graph with `$batch`: single requests go to `core`, each part of a batch to `items`."""

    async def batch(request: Request) -> Response:
        try:
            tokens.checked(issuer, request.headers.get("authorization"), GRAPH)
            parts = _checked(parsed(_Batch, json_object(await request.body())))
        except (InvalidTokenError, MalformedError) as error:
            return _refusal(issuer, request, error)
        return JSONResponse({"responses": await _all_answers(request, parts, items)})

    return Starlette(routes=[Route("/v1.0/$batch", batch, methods=["POST"]), Mount("/", core)])


async def _all_answers(request: Request, parts: list[_Part], items: ASGIApp) -> list[Json]:
    transport = httpx.ASGITransport(items, raise_app_exceptions=False)
    answers: dict[str, Json] = {}
    async with httpx.AsyncClient(transport=transport, base_url=str(request.base_url)) as client:
        for part in parts:
            failed = [p for p in part.depends_on if answers[p.lower()]["status"] >= 400]
            answer = _failed_dependency() if failed else await _answer(client, request, part)
            answers[part.id.lower()] = {"id": part.id} | answer
    return list(answers.values())


async def _answer(client: httpx.AsyncClient, request: Request, part: _Part) -> Json:
    headers = {"authorization": request.headers["authorization"]} | _lower(part.headers)
    content = json.dumps(part.body).encode() if part.body is not None else None
    # Relative by the book; Microsoft's own Python library writes the whole address.
    relative = part.url.removeprefix(f"{request.base_url}v1.0")
    url = f"/v1.0/{relative.lstrip('/')}"
    response = await client.request(part.method, url, headers=headers, content=content)
    kept = {name.title(): value for name, value in response.headers.items() if name != "content-length"}
    answer: Json = {"status": response.status_code, "headers": kept}
    if response.content:
        is_json = response.headers.get("content-type", "").startswith("application/json")
        answer["body"] = response.json() if is_json else response.text
    return answer


def _failed_dependency() -> Json:
    error = {"code": "FailedDependency", "message": "A request this one depends on has failed."}
    return {"status": 424, "headers": {"Content-Type": "application/json"}, "body": {"error": error}}


def _checked(asked: _Batch) -> list[_Part]:
    seen: set[str] = set()
    for part in asked.requests:
        if part.id.lower() in seen:
            raise MalformedError(f"Request Id {part.id} has to be unique in a batch.")
        if not {name.lower() for name in part.depends_on} <= seen:
            raise MalformedError(f"Request {part.id} depends on a request that does not stand before it.")
        if part.body is not None and "content-type" not in _lower(part.headers):
            raise MalformedError(
                f"Write request id : {part.id} does not contain Content-Type header or body."
            )
        seen.add(part.id.lower())
    return asked.requests


def _lower(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _refusal(issuer: Issuer, request: Request, error: Exception) -> Response:
    unknown = isinstance(error, InvalidTokenError)
    status, code = (401, "InvalidAuthenticationToken") if unknown else (400, "BadRequest")
    refusal = GraphError(status, code, str(error))
    request_id = new_id(issuer.tenant, "request")
    client_id = request.headers.get("client-request-id", request_id)
    date = issuer.tenant.clock().strftime("%Y-%m-%dT%H:%M:%S")
    body = error_body(refusal, date, request_id, client_id)
    return JSONResponse(body, status, headers={"request-id": request_id})
