"""The Batch API: several requests in one, bodies in base64, each with its own status."""

import base64
import binascii
from http import HTTPStatus
from typing import Any

import httpx
from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from triage.sandbox.records import Json
from triage.sandbox.servicenow.failures import ApiFailure


class _Header(BaseModel):
    name: str
    value: str


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore")

    id: str
    method: str
    url: str
    headers: list[_Header] = []
    body: str = ""
    exclude_response_headers: bool = False


class _Batch(BaseModel):
    # ServiceNow's own Python client sends the id as a number and expects text back.
    model_config = ConfigDict(coerce_numbers_to_str=True)

    batch_request_id: str
    rest_requests: list[_Part]


async def answer(request: Request) -> Response:
    """Answer `POST /v1/batch`; a part that cannot be read at all stands under `unserviced_requests`."""
    try:
        asked = _Batch.model_validate_json(await request.body())
    except ValidationError:
        raise ApiFailure(400, "Exception while reading request", "The payload is no batch") from None
    serviced, unserviced = list[Json](), list[str]()
    transport = httpx.ASGITransport(request.app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=str(request.base_url)) as client:
        for part in asked.rest_requests:
            content = _decoded(part.body)
            if content is None or not part.url.startswith("/api/") or "/batch" in part.url:
                unserviced.append(part.id)
            else:
                serviced.append(await _serviced(client, request, part, content))
    body: dict[str, Any] = {"batch_request_id": asked.batch_request_id}
    return JSONResponse(body | {"serviced_requests": serviced, "unserviced_requests": unserviced})


async def _serviced(client: httpx.AsyncClient, request: Request, part: _Part, content: bytes) -> Json:
    credentials = {n: v for n, v in request.headers.items() if n in {"authorization", "x-sn-apikey"}}
    headers = credentials | {header.name.lower(): header.value for header in part.headers}
    response = await client.request(part.method, part.url, headers=headers, content=content)
    told = [{"name": name, "value": value} for name, value in response.headers.items()]
    return {
        "id": part.id,
        "body": base64.b64encode(response.content).decode(),
        "status_code": response.status_code,
        "status_text": HTTPStatus(response.status_code).phrase,
        "headers": [] if part.exclude_response_headers else told,
    }


def _decoded(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        return None
