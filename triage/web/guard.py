"""What stands before every request: header rules for browsers, the same-origin rule, a body limit."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_SAFE = {"GET", "HEAD", "OPTIONS"}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
MOST_BYTES = 2 * 1024 * 1024
"""Largest request body: a thousand rows to classify fit in."""


class Guard:
    """ASGI middleware; `public_url` is the only origin whose pages may change something by a session."""

    def __init__(self, app: ASGIApp, public_url: str) -> None:
        self._app = app
        parts = urlsplit(public_url)
        self._origin = f"{parts.scheme}://{parts.netloc}"
        self._secure = parts.scheme == "https"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse what is foreign or too large, and put the headers on every answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refusal = self._refusal(scope["method"], headers)
        if refusal is not None:
            await self._refuse(refusal, scope, receive, send)
            return
        told = scope["method"] in _SAFE or "content-length" in headers  # then the server holds it to its word
        body = receive if told else await _gathered(receive)
        if body is None:
            await self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, scope, receive, send)
            return
        await self._app(scope, body, self._dressed(send, scope["path"]))

    async def _refuse(self, refusal: HTTPStatus, scope: Scope, receive: Receive, send: Send) -> None:
        answer = PlainTextResponse(refusal.phrase, refusal)
        await answer(scope, receive, self._dressed(send, scope["path"]))

    def _refusal(self, method: str, headers: Headers) -> HTTPStatus | None:
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > MOST_BYTES:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        if method in _SAFE or "cookie" not in headers or headers.get("authorization"):
            return None  # a request without a session has nobody's power to misuse
        if headers.get("sec-fetch-site") == "same-origin" or headers.get("origin") == self._origin:
            return None
        return HTTPStatus.FORBIDDEN

    def _dressed(self, send: Send, path: str) -> Send:
        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._dress(MutableHeaders(scope=message), path)
            await send(message)

        return dressed

    def _dress(self, headers: MutableHeaders, path: str) -> None:
        headers["Content-Security-Policy"] = _POLICY
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Referrer-Policy"] = "no-referrer"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers.setdefault("Cache-Control", "max-age=3600" if path.startswith("/static/") else "no-store")
        if self._secure:
            headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"


async def _gathered(receive: Receive) -> Receive | None:
    """Read a body that does not say its length; `None` when it grows beyond the limit."""
    parts: list[Message] = []
    size = 0
    while not parts or parts[-1].get("more_body", False):
        parts.append(await receive())
        size += len(parts[-1].get("body", b""))
        if size > MOST_BYTES:
            return None
    waiting = iter(parts)

    async def again() -> Message:
        return next(waiting, None) or await receive()

    return again
