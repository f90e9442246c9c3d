"""The web application over the lab, and callers of every role: by token and by session."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import cast

import httpx
import itsdangerous
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from tests.lab import OWN_LICENCE, Lab
from triage.domain.run import TicketState
from triage.settings import ServiceNowSettings
from triage.store.reviews import Review
from triage.web.app import web_app
from triage.web.bearer import BearerCheck
from triage.web.callers import Caller, Role, caller_of
from triage.web.session import session_key

ORIGIN = "http://127.0.0.1:8080"
NOBODY = "00000000-0000-0000-0000-000000000000"
WEBHOOK_SECRET = "a shared secret of ours"


class Tokens:
    """Takes a token that names an object id and roles: `<id>.viewer.intake`."""

    async def caller(self, token: str) -> Caller:
        person, *roles = token.split(".")
        return caller_of({"oid": person, "roles": roles, "preferred_username": f"{person}@example"})


@dataclass
class Desk:
    """The application over the lab, with clients for it."""

    app: FastAPI
    lab: Lab
    stack: AsyncExitStack

    async def client(self) -> httpx.AsyncClient:
        """Return a client without a session or token."""
        transport = httpx.ASGITransport(self.app)
        return await self.stack.enter_async_context(httpx.AsyncClient(transport=transport, base_url=ORIGIN))

    async def token(self, *roles: Role, person: str = NOBODY) -> httpx.AsyncClient:
        """Return a client with a bearer token of these roles."""
        client = await self.client()
        client.headers["Authorization"] = f"Bearer {'.'.join((person, *roles))}"
        return client

    async def browser(
        self, *roles: Role, upn: str = "", ago: timedelta = timedelta(minutes=1)
    ) -> httpx.AsyncClient:
        """Return a browser in which a person of these roles signed in some time ago."""
        client = await self.client()
        client.cookies.set("triage", self._session(roles, upn, ago))
        client.headers["Sec-Fetch-Site"] = "same-origin"
        return client

    async def waiting(self, row: dict[str, str] | None = None) -> Review:
        """Return the review of a ticket that waits for people."""
        stored = await self.lab.decide(OWN_LICENCE if row is None else row)
        assert stored.state is TicketState.REVIEW
        return await self.lab.review(stored.id)

    def _session(self, roles: tuple[Role, ...], upn: str, ago: timedelta) -> str:
        caller = caller_of({"oid": self.lab.user(upn)["id"] if upn else NOBODY, "roles": roles})
        at = self.lab.services.clock() - ago
        kept = {
            "id": caller.id,
            "name": upn or "Nobody",
            "upn": upn,
            "roles": sorted(caller.roles),
            "at": at.timestamp(),
            "until": (at + timedelta(hours=8)).timestamp(),
        }
        text = base64.b64encode(json.dumps({"person": kept}).encode())
        signer = itsdangerous.TimestampSigner(session_key(self.lab.services.settings.data_dir))
        return signer.sign(text).decode()


@pytest.fixture
async def desk(lab: Lab) -> AsyncIterator[Desk]:
    """The application over the lab; tokens name their roles."""
    servicenow = ServiceNowSettings(webhook_secret=SecretStr(WEBHOOK_SECRET))
    settings = lab.services.settings.model_copy(update={"servicenow": servicenow})
    lab.services = replace(lab.services, settings=settings)
    app = web_app(lab.services)
    app.state.front = replace(app.state.front, bearer=cast("BearerCheck", Tokens()))
    async with AsyncExitStack() as stack:
        yield Desk(app, lab, stack)


def hidden(page: str, name: str) -> str:
    """Return the value of a hidden field of a page."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, f"no field {name}"
    return found.group(1)


def same_problem(answer: httpx.Response, status: int) -> None:
    """Hold an answer to the shape of a problem (RFC 9457) with a hint."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert set(body) == {"type", "title", "status", "detail", "hint", "subject"}
    assert body["status"] == status
    assert body["detail"]
