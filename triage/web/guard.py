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
            await PlainTextResponse(refusal.phrase, refusal)(
                scope, receive, self._dressed(send, scope["path"])
            )
            return
        await self._app(scope, _limited(receive), self._dressed(send, scope["path"]))

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


def _limited(receive: Receive) -> Receive:
    """Stop a body that grows beyond the limit without having said so."""
    seen = 0

    async def limited() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > MOST_BYTES:
            return {"type": "http.disconnect"}
        return message

    return limited
