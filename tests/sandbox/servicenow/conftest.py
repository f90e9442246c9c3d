"""A fresh company for each test, and a client that is signed in as the integration user."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.sandbox.servicenow.company import Harborline, over
from triage.sandbox import servicenow
from triage.sandbox.throttle import Throttle


@pytest.fixture
def company() -> Harborline:
    return Harborline()


@pytest.fixture
async def stranger(company: Harborline) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who has not signed in."""
    async with over(servicenow.app_for(company.instance, Throttle()), "https://servicenow.test") as client:
        yield client


@pytest.fixture
async def client(company: Harborline, stranger: httpx.AsyncClient) -> httpx.AsyncClient:
    """The integration user."""
    known = servicenow.credentials(company.tenant)
    stranger.auth = (known.user_name, known.password)
    return stranger
