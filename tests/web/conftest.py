"""The web application over the running house, and callers of every role: by token and by sign-in."""

from __future__ import annotations

import re
import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from typing import cast

import httpx
import pytest
from fastapi import FastAPI

from tests.house import House
from triage.sandbox.tenant import user_by_key
from triage.web.app import web_app
from triage.web.bearer import BearerCheck
from triage.web.callers import Caller, Role, caller_of

ORIGIN = "http://127.0.0.1:8080"
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


class Tokens:
    """Takes a token whose text names an object id and its roles: `<id> viewer intake`."""

    async def caller(self, token: str) -> Caller:
        person, *roles = token.split(".")
        return caller_of({"oid": person, "roles": roles, "preferred_username": f"{person}@example"})


@dataclass
class Desk:
    """The application over the house, with clients for it."""

    app: FastAPI
    house: House
    stack: AsyncExitStack

    async def client(self, *, base: str = ORIGIN) -> httpx.AsyncClient:
        """Return a client without a session or token."""
        transport = httpx.ASGITransport(self.app)
        return await self.stack.enter_async_context(httpx.AsyncClient(transport=transport, base_url=base))

    async def token(self, *roles: Role, person: str = "") -> httpx.AsyncClient:
        """Return a client whose token has these roles; `person` is a UPN."""
        client = await self.client()
        client.headers["Authorization"] = f"Bearer {'.'.join((self.id_of(person), *roles))}"
        return client

    async def signed_in(self, upn: str, back: str = "/") -> httpx.AsyncClient:
        """Sign a person in through Entra's page, as a browser does, and return their client."""
        client = await self.client()
        started = await client.get("/sign-in/start", params={"back": back})
        answer = await self._entra(started.headers["location"], self.id_of(upn))
        landed = await client.get(answer)
        assert landed.status_code == 303, landed.text
        client.headers.update(SAME_ORIGIN)
        return client

    def id_of(self, upn: str) -> str:
        """Return the object id of a person."""
        user = user_by_key(self.house.sandbox.apps.tenant, upn)
        return user["id"] if user else "00000000-0000-0000-0000-000000000000"

    def holder(self, role: str) -> str:
        """Return the UPN of somebody with this app role."""
        tenant = self.house.sandbox.apps.tenant
        found = next(user_id for user_id, roles in sorted(tenant.api_roles.items()) if role in roles)
        return cast("str", tenant.users[found]["userPrincipalName"])

    async def _entra(self, page: str, person: str) -> str:
        context = ssl.create_default_context(cafile=str(self.house.sandbox.endpoints.ca_file))
        async with httpx.AsyncClient(verify=context) as browser:
            chosen = await browser.post(page, data={"person": person})
        return chosen.headers["location"]


@pytest.fixture
async def desk(house: House) -> AsyncIterator[Desk]:
    """The application over the house at work; tokens name their roles."""
    app = web_app(house.services)
    app.state.front = replace(app.state.front, bearer=cast("BearerCheck", Tokens()))
    async with AsyncExitStack() as stack:
        yield Desk(app, house, stack)


def hidden(page: str, name: str) -> str:
    """Return the value of a hidden field of a page."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, f"no field {name}"
    return found.group(1)
