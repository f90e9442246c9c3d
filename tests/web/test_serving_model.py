"""A promotion reaches the running service with its next ticket, and a broken one does not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import cast

import httpx
import pytest

from models.manifest import MATRIX
from models.registry import Registry
from tests.models.versions import registry_of
from tests.training.small import NOW
from tests.web.conftest import NOBODY, ORIGIN, Tokens
from triage.app import build
from triage.settings import load_settings
from triage.web.app import web_app
from triage.web.bearer import BearerCheck
from triage.web.callers import Role

ROWS = [{"number": "1", "short_description": "BitLocker asks for the recovery key"}]


@pytest.fixture
def registry(environment: dict[str, str]) -> Registry:
    """Return the registry of the service's data directory, as another process sees it; `a` serves."""
    registry = registry_of(Path(environment["TRIAGE_DATA_DIR"]), *"abc")
    registry.promote("a", NOW)
    return registry


@pytest.fixture
async def client(registry: Registry) -> AsyncIterator[httpx.AsyncClient]:
    """Return a client of the running service, built as `triage serve` builds it."""
    async with build(load_settings()) as services:
        app = web_app(services)
        app.state.front = replace(app.state.front, bearer=cast("BearerCheck", Tokens()))
        headers = {"Authorization": f"Bearer {NOBODY}.{Role.VIEWER}"}
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url=ORIGIN, headers=headers) as client:
            yield client


async def serving(client: httpx.AsyncClient) -> str:
    """Return the version that answered."""
    answer = await client.post("/api/v1/classify", json=ROWS)
    assert answer.status_code == httpx.codes.OK, answer.text
    return str(answer.json()["predictions"][0]["model"])


async def test_the_running_service_takes_up_promotions_and_refuses_broken_ones(
    client: httpx.AsyncClient, registry: Registry
) -> None:
    assert await serving(client) == "a"
    registry.promote("b", NOW)
    assert await serving(client) == "b"
    registry.promote("c", NOW)
    (registry.folder("c") / MATRIX).write_bytes(b"cut")
    assert await serving(client) == "b"
    assert registry.rollback(NOW) == "b"
    registry.rollback(NOW)
    assert await serving(client) == "a"
