"""Reading lists from Graph, page by page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

from actions.clients.call import Call, Json
from actions.clients.http import Api

NEXT = "@odata.nextLink"


async def pages(api: Api, call: Call) -> AsyncIterator[list[Json]]:
    """Yield each page's objects; a page may be empty though others follow.

    The next link is absolute and opaque: it is followed as it is, with the same headers (graph.md 2.3).
    """
    at: Call | None = call
    while at is not None:
        body = (await api.send(at)).object
        yield [item for item in body.get("value", []) if isinstance(item, dict)]
        link = body.get(NEXT)
        at = replace(call, path=link, params={}) if isinstance(link, str) else None


async def items(api: Api, call: Call) -> AsyncIterator[Json]:
    """Yield the objects of all pages."""
    async for page in pages(api, call):
        for item in page:
            yield item


async def everything(api: Api, call: Call) -> list[Json]:
    """Return the objects of all pages; for lists known to be short."""
    return [item async for item in items(api, call)]
