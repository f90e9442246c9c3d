"""Every answer of the sandbox tells the time by the sandbox's own clock, which a scenario may set wrong."""

from __future__ import annotations

from datetime import UTC
from email.utils import format_datetime

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from triage.sandbox.tenant import Tenant


def dated(app: ASGIApp, tenant: Tenant) -> ASGIApp:
    """Return the app with a Date header (RFC 9110 section 6.6.1) on whatever it answers."""

    async def middleware(scope: Scope, receive: Receive, send: Send) -> None:
        async def telling(message: Message) -> None:
            if message["type"] == "http.response.start":
                now = tenant.clock().astimezone(UTC)
                MutableHeaders(scope=message)["Date"] = format_datetime(now, usegmt=True)
            await send(message)

        await app(scope, receive, telling)

    return middleware
