"""A read-only transport lets reads through and nothing else, whatever the path looks like."""

from __future__ import annotations

import httpx
import pytest

from actions.clients.readonly import ReadOnly
from actions.errors import WriteInPlan

BASE = "https://graph.test/v1.0"
GET = {"id": "1", "method": "GET", "url": "/users/1"}
WRITE = {"id": "2", "method": "PATCH", "url": "/users/1", "body": {}}


def reader() -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=ReadOnly(httpx.MockTransport(lambda _: httpx.Response(200))))


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/users", None),
        ("POST", "/users/1/checkMemberGroups", {"groupIds": []}),
        ("POST", "/$batch", {"requests": [GET, GET | {"id": "3"}]}),
        ("POST", "/$batch", {"requests": []}),
    ],
)
async def test_a_read_passes(method: str, path: str, body: object) -> None:
    assert (await reader().request(method, BASE + path, json=body)).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/users", {}),
        ("PUT", "/users/1", {}),
        ("PATCH", "/users/1", {}),
        ("DELETE", "/users/1", None),
        ("HEAD", "/users/1", None),
        ("POST", "/users/1/assignLicense", {}),
        ("POST", "/users/1/assignLicense?x=/v1.0/users/1/checkMemberGroups", {}),
        ("POST", "/users/1/assignLicense/users/1/checkMemberGroups", {}),
        ("POST", "/users/1/checkMemberGroups/2", {}),
        ("DELETE", "/users/1/checkMemberGroups", None),
        ("POST", "/$batch", {"requests": [GET, WRITE]}),
        ("POST", "/$batch", {"requests": [GET, {"id": "3", "url": "/users"}]}),
        ("POST", "/$batch", {"requests": "GET"}),
        ("POST", "/$batch", []),
        ("POST", "/$batch", None),
        ("PUT", "/$batch", {"requests": [GET]}),
    ],
)
async def test_anything_else_is_stopped_before_it_leaves(method: str, path: str, body: object) -> None:
    with pytest.raises(WriteInPlan):
        await reader().request(method, BASE + path, json=body)


async def test_a_streamed_batch_is_read_before_it_is_trusted() -> None:
    with pytest.raises(WriteInPlan):
        await reader().post(f"{BASE}/$batch", content=b'{"requests": [{"method": "DELETE"}]}')


async def test_closing_a_reader_leaves_the_shared_connections_open() -> None:
    class Inner(httpx.MockTransport):
        closed = False

        async def aclose(self) -> None:
            self.closed = True

    inner = Inner(lambda _: httpx.Response(200))
    async with httpx.AsyncClient(transport=ReadOnly(inner)):
        pass
    assert not inner.closed
