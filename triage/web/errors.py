"""The one table from an error to a status, and its two shapes: problem+json (RFC 9457) and a page."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from http import HTTPStatus
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from pydantic import BaseModel
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from actions.errors import Conflict, Forbidden, NotFound, OutsideError, Throttled, Unreachable
from models.errors import ModelError
from triage.audit.anchors import NotDeposited
from triage.errors import (
    AlreadyDecided,
    BadInput,
    Halted,
    NotAllowed,
    NotConfigured,
    NotSignedIn,
    PlanChanged,
    TriageError,
    Unknown,
)
from triage.web.pages.render import render

_log = logging.getLogger(__name__)

_STATUS: tuple[tuple[type[Exception], HTTPStatus], ...] = (
    (NotSignedIn, HTTPStatus.UNAUTHORIZED),
    (NotAllowed, HTTPStatus.FORBIDDEN),
    (Unknown, HTTPStatus.NOT_FOUND),
    (AlreadyDecided, HTTPStatus.CONFLICT),
    (PlanChanged, HTTPStatus.CONFLICT),
    (BadInput, HTTPStatus.UNPROCESSABLE_ENTITY),
    (Halted, HTTPStatus.SERVICE_UNAVAILABLE),
    (NotConfigured, HTTPStatus.SERVICE_UNAVAILABLE),
    (ModelError, HTTPStatus.SERVICE_UNAVAILABLE),
    (NotFound, HTTPStatus.NOT_FOUND),
    (Conflict, HTTPStatus.CONFLICT),
    (Throttled, HTTPStatus.SERVICE_UNAVAILABLE),
    (NotDeposited, HTTPStatus.BAD_GATEWAY),
    (Forbidden, HTTPStatus.BAD_GATEWAY),
    (Unreachable, HTTPStatus.BAD_GATEWAY),
    (OutsideError, HTTPStatus.BAD_GATEWAY),
    (OperationalError, HTTPStatus.SERVICE_UNAVAILABLE),
)


class Problem(BaseModel):
    """An error as the API gives it (RFC 9457), with the next step as `hint`."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    hint: str = ""
    subject: str = ""


def install(app: FastAPI) -> None:
    """Answer every error that a route may raise in its shape; `Unexpected` sees to the others."""
    for kind in (TriageError, OutsideError, ModelError, OperationalError):
        app.add_exception_handler(kind, _answer)
    app.add_exception_handler(RequestValidationError, _answer)
    app.add_exception_handler(HTTPException, _answer)


class Unexpected:
    """ASGI middleware: what nobody foresaw is logged and answered as a 500 without details."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and answer in place of a route that fell over."""
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as error:
            if begun or scope["type"] != "http":
                raise
            response = await _answer(Request(scope), error)
            await response(scope, receive, send)


def problem_of(error: Exception) -> Problem:
    """Return the problem an error is; a value that was sent is never repeated."""
    if isinstance(error, RequestValidationError):
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        return _problem(HTTPStatus.UNPROCESSABLE_ENTITY, f"{place}: {first['msg']}", subject=place)
    if isinstance(error, HTTPException):
        return _problem(HTTPStatus(error.status_code), str(error.detail))
    status = next((status for kind, status in _STATUS if isinstance(error, kind)), None)
    if status is None:
        return _problem(HTTPStatus.INTERNAL_SERVER_ERROR, "something went wrong that should not have")
    if isinstance(error, OperationalError):
        return _problem(status, "the database does not answer", hint="It is tried again at the next request.")
    hint, subject = getattr(error, "hint", ""), getattr(error, "subject", "")
    return _problem(status, str(error), hint=hint, subject=subject)


def _problem(status: HTTPStatus, detail: str, *, hint: str = "", subject: str = "") -> Problem:
    return Problem(title=status.phrase, status=status.value, detail=detail, hint=hint, subject=subject)


async def _answer(request: Request, error: Exception) -> Response:
    problem = problem_of(error)
    if problem.status == HTTPStatus.INTERNAL_SERVER_ERROR:
        _log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    headers = _headers(error)
    if request.url.path.startswith("/api/"):
        body = problem.model_dump()
        return JSONResponse(body, problem.status, headers, media_type="application/problem+json")
    under_way = request.url.path.startswith("/sign-in")
    if isinstance(error, NotSignedIn) and request.method == "GET" and not under_way:
        asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"/sign-in?back={quote(asked, safe='/')}", HTTPStatus.SEE_OTHER)
    return render(request, "problem.html", {"problem": problem}, status=problem.status, headers=headers)


def _headers(error: Exception) -> dict[str, str]:
    if isinstance(error, NotSignedIn):
        return {"WWW-Authenticate": "Bearer"}
    if isinstance(error, Throttled):
        wait = (error.retry_at - datetime.now(UTC)).total_seconds()
        return {"Retry-After": str(max(1, round(wait)))}
    return {}
