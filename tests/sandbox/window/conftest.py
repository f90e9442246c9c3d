"""The window on a fresh company, called in process."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.sandbox.servicenow.company import Harborline, over
from triage.sandbox import window


@pytest.fixture
def company() -> Harborline:
    return Harborline()


@pytest.fixture
async def client(company: Harborline) -> AsyncIterator[httpx.AsyncClient]:
    async with over(window.app_for(company.tenant, company.instance), "http://127.0.0.1:8090") as made:
        yield made
