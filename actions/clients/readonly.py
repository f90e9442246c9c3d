"""A transport that cannot write, whoever wrote the code above it."""

from __future__ import annotations

import json
import re

import httpx

from actions.errors import WriteInPlan

_READING_POSTS = re.compile(rb"/v1\.0/users/[^/?]+/checkMemberGroups")
_BATCH = re.compile(rb"/v1\.0/(\$|%24)batch")


class ReadOnly(httpx.AsyncBaseTransport):
    """Lets GETs and a short list of reading POSTs through; anything else raises `WriteInPlan`."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Pass a read on.

        Raises:
            WriteInPlan: the request could change something.
        """
        if not await _only_reads(request):
            raise WriteInPlan(
                f"A read-only world was asked to write: {request.method} {request.url.path}.",
                hint="`check` and `plan` of an action must only read; this is a bug of the action.",
                subject=f"{request.method} {request.url.path}",
            )
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        """Leave the inner transport open: it belongs to whoever made it."""


async def _only_reads(request: httpx.Request) -> bool:
    if request.method == "GET":
        return True
    if request.method != "POST":
        return False
    if _READING_POSTS.fullmatch(request.url.raw_path):
        return True
    return bool(_BATCH.fullmatch(request.url.raw_path)) and _all_parts_get(await request.aread())


def _all_parts_get(body: bytes) -> bool:
    try:
        parts = json.loads(body)["requests"]
        return isinstance(parts, list) and all(part["method"] == "GET" for part in parts)
    except (ValueError, KeyError, TypeError):
        return False
